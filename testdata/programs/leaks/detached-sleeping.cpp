// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-thread "sleeps"
#include <chrono>
#include <thread>

int main() {
  std::thread([] {
    std::this_thread::sleep_for(std::chrono::hours(1));
  }).detach();
}
