// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-thread "still running"
#include <atomic>
#include <thread>

std::atomic<bool> started{false}, stop{false};

int main() {
  std::thread([] {
    started = true;
    while (!stop)
      ;
  }).detach();
  while (!started)
    std::this_thread::yield();
}
