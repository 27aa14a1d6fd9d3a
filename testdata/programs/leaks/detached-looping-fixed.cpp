// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: none
#include <atomic>
#include <thread>

std::atomic<bool> stop{false};

int main() {
  std::thread looper([] {
    while (!stop)
      std::this_thread::yield();
  });
  stop = true;
  looper.join();
}
