// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Built with each sanitizer by each compiler: an inversion, a leaked thread,
// and work whose result must not change.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

// What sanitizers find themselves is not what is tried here.
extern "C" const char *__tsan_default_options() {
  return "detect_deadlocks=0:report_thread_leaks=0:atexit_sleep_ms=0";
}
extern "C" const char *__asan_default_options() { return "detect_leaks=0"; }

std::mutex first, second;
std::atomic<int> turn{0};

void forth() {
  std::lock_guard<std::mutex> one(first);
  std::lock_guard<std::mutex> two(second);
}

void back() {
  std::lock_guard<std::mutex> one(second);
  std::lock_guard<std::mutex> two(first);
}

int main() {
  std::thread a([] {
    forth();
    turn = 1;
  });
  std::thread b([] {
    while (turn != 1)
      std::this_thread::yield();
    back();
  });
  a.join();
  b.join();
  long sum = 0;
  std::mutex guard;
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i)
    workers.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) {
        std::lock_guard<std::mutex> lock(guard);
        sum += n;
      }
    });
  for (std::thread &worker : workers)
    worker.join();
  std::thread([] {
    std::this_thread::sleep_for(std::chrono::hours(1));
  }).detach();
  std::printf("sum %ld\n", sum);
  return 3;
}
