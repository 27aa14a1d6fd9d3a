// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TICKER_H
#define TICKER_H

#include <condition_variable>
#include <mutex>
#include <thread>

/// Waits in a thread of its own until it is told to stop.
class Ticker {
public:
  Ticker() : State(new Shared) {
    Shared *S = State;
    Worker = std::thread([S] {
      std::unique_lock<std::mutex> Lock(S->Mutex);
      S->Changed.wait(Lock, [S] { return S->Stopped; });
    });
  }
  /// Whoever forgets to stop it leaves the thread behind.
  ~Ticker() {
    if (Worker.joinable())
      Worker.detach();
  }
  Ticker(const Ticker &) = delete;

  void stop() {
    {
      std::lock_guard<std::mutex> Lock(State->Mutex);
      State->Stopped = true;
    }
    State->Changed.notify_one();
    Worker.join();
    delete State;
  }

private:
  struct Shared {
    std::mutex Mutex;
    std::condition_variable Changed;
    bool Stopped = false;
  };
  Shared *State;
  std::thread Worker;
};

#endif
