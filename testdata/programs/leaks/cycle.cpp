// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-thread "proven" "wait for each other"
// EXPECT: raddle-leaked-thread "proven" "wait for each other"
#include <atomic>
#include <mutex>
#include <thread>

std::mutex a, b;
std::atomic<int> ready{0};

void both(std::mutex &first, std::mutex &second) {
  std::lock_guard<std::mutex> one(first);
  ++ready;
  while (ready < 2)
    std::this_thread::yield();
  std::lock_guard<std::mutex> two(second);
}

int main() {
  std::thread([] { both(a, b); }).detach();
  std::thread([] { both(b, a); }).detach();
  while (ready < 2)
    std::this_thread::yield();
}
