// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-thread "sleeps"
// EXPECT: raddle-leaked-thread "proven" "leaked itself"
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

std::mutex m;
std::atomic<bool> taken{false};

int main() {
  std::thread([] {
    std::lock_guard<std::mutex> guard(m);
    taken = true;
    std::this_thread::sleep_for(std::chrono::hours(1));
  }).detach();
  while (!taken)
    std::this_thread::yield();
  std::thread([] { std::lock_guard<std::mutex> guard(m); }).detach();
}
