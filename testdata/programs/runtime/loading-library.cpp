// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loaded and unloaded by loading.cpp: locks, a thread of its own, thread-local
// and static objects.
#include <condition_variable>
#include <mutex>
#include <thread>

namespace {

std::mutex First, Second;
int Counted = 0;

struct Worker {
  std::mutex M;
  std::condition_variable Changed;
  bool Stop = false;
  std::thread T;
  Worker() {
    T = std::thread([this] {
      std::unique_lock<std::mutex> L(M);
      Changed.wait(L, [this] { return Stop; });
    });
  }
  ~Worker() {
    {
      std::lock_guard<std::mutex> G(M);
      Stop = true;
    }
    Changed.notify_one();
    T.join();
  }
} TheWorker;

} // namespace

extern "C" int work() {
  std::lock_guard<std::mutex> G(First);
  std::lock_guard<std::mutex> H(Second);
  return ++Counted;
}
