// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the C++ library has for threads to meet at, each in a few lines. What
// is printed depends on no schedule.
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <future>
#include <latch>
#include <mutex>
#include <random>
#include <semaphore>
#include <shared_mutex>
#include <stop_token>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

void async() {
  std::vector<std::future<int>> All;
  for (int I = 0; I != 4; ++I)
    All.push_back(std::async(std::launch::async, [I] { return I * I; }));
  int Sum = 0;
  for (auto &F : All)
    Sum += F.get();
  std::printf("async %d\n", Sum);
  std::promise<int> Kept;
  auto Later = Kept.get_future();
  std::jthread Keeps([&] {
    std::this_thread::sleep_for(20ms);
    Kept.set_value(7);
  });
  std::printf("ready at once: %d\n",
              Later.wait_for(1ms) == std::future_status::ready);
  std::printf("promise %d\n", Later.get());
}

void timed() {
  std::mutex M;
  std::condition_variable C;
  std::unique_lock G(M);
  auto Begin = std::chrono::steady_clock::now();
  bool Came = C.wait_for(G, 250ms, [] { return false; });
  auto Took = std::chrono::steady_clock::now() - Begin;
  std::printf("wait_for %d, long enough: %d\n", Came, Took >= 250ms);
  std::timed_mutex T;
  std::scoped_lock Has(T);
  std::jthread([&] {
    std::printf("try_lock_for %d\n", T.try_lock_for(30ms));
  }).join();
  auto Until = std::chrono::system_clock::now() + 40ms;
  std::this_thread::sleep_until(Until);
  std::printf("sleep_until %d\n", std::chrono::system_clock::now() >= Until);
  auto Spin = std::chrono::steady_clock::now() + 5ms;
  while (std::chrono::steady_clock::now() < Spin) {
  }
  std::puts("spun on the clock");
}

void shared() {
  std::shared_mutex M;
  int Value = 0;
  std::vector<std::jthread> All;
  for (int I = 0; I != 3; ++I) {
    All.emplace_back([&] {
      std::unique_lock G(M);
      ++Value;
    });
    All.emplace_back([&] {
      std::shared_lock G(M);
      if (Value < 0 || Value > 3)
        std::puts("not so");
    });
  }
  All.clear();
  std::printf("shared %d\n", Value);
}

void meeting() {
  std::latch Ready(3), Go(1);
  std::barrier Round(3);
  std::counting_semaphore<4> Permits(2);
  std::atomic<int> Inside{0}, Most{0}, Rounds{0};
  std::vector<std::jthread> All;
  for (int I = 0; I != 3; ++I)
    All.emplace_back([&] {
      Ready.count_down();
      Go.wait();
      Permits.acquire();
      int Now = ++Inside;
      for (int Seen = Most;
           Now > Seen && !Most.compare_exchange_weak(Seen, Now);)
        ;
      --Inside;
      Permits.release();
      for (int R = 0; R != 3; ++R) {
        ++Rounds;
        Round.arrive_and_wait();
      }
    });
  Ready.wait();
  Go.count_down();
  All.clear();
  std::printf("rounds %d, at most two: %d\n", Rounds.load(), Most.load() <= 2);
}

void stopping() {
  std::mutex M;
  std::condition_variable_any C;
  std::atomic<int> Woken{0};
  {
    std::jthread Waits([&](std::stop_token Token) {
      std::unique_lock G(M);
      C.wait(G, Token, [] { return false; });
      Woken = 1;
    });
    std::jthread Polls([&](std::stop_token Token) {
      while (!Token.stop_requested())
        std::this_thread::sleep_for(100us);
    });
  }
  std::printf("stopped %d\n", Woken.load());
}

void notified() {
  std::atomic<int> Value{0};
  std::jthread Waits([&] {
    Value.wait(0);
    Value = 2;
    Value.notify_all();
  });
  Value = 1;
  Value.notify_one();
  for (int Seen; (Seen = Value) != 2;)
    Value.wait(Seen);
  std::puts("notified");
}

int &guarded() {
  static int Value = [] {
    std::this_thread::sleep_for(1ms);
    return 5;
  }();
  return Value;
}

void once() {
  std::once_flag Flag, Throws;
  std::atomic<int> Calls{0}, Failed{0};
  std::vector<std::jthread> All;
  for (int I = 0; I != 3; ++I)
    All.emplace_back([&] {
      std::call_once(Flag, [&] {
        std::this_thread::sleep_for(1ms);
        ++Calls;
      });
      try {
        std::call_once(Throws, [&] {
          if (++Failed == 1)
            throw 1;
        });
      } catch (int) {
        ++Calls;
      }
      guarded();
    });
  All.clear();
  std::printf("once %d, tried %d, guarded %d\n", Calls.load(), Failed.load(),
              guarded());
}

void recursive() {
  std::recursive_mutex M;
  int Value = 0;
  auto Add = [&] {
    std::scoped_lock A(M);
    std::scoped_lock B(M);
    ++Value;
  };
  std::jthread One(Add), Other(Add);
  One.join();
  Other.join();
  std::mutex X, Y;
  auto Both = [&] {
    std::scoped_lock G(X, Y);
    ++Value;
  };
  auto Swapped = [&] {
    std::scoped_lock G(Y, X);
    ++Value;
  };
  std::jthread First(Both), Second(Swapped);
  First.join();
  Second.join();
  std::printf("recursive %d\n", Value);
}

void detached() {
  static std::atomic<int> Done{0};
  std::thread([] { Done = 1; }).detach();
  while (!Done)
    std::this_thread::yield();
  std::random_device Device;
  std::printf("detached; random %d\n", (Device(), 1));
}

} // namespace

int main() {
  async();
  timed();
  shared();
  meeting();
  stopping();
  notified();
  once();
  recursive();
  detached();
  std::puts("everything: done");
}
