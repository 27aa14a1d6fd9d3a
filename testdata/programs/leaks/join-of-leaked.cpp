// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-thread "sleeps"
// EXPECT: raddle-leaked-thread "the end of thread"
#include <chrono>
#include <thread>

int main() {
  std::thread([] {
    std::thread inner(
        [] { std::this_thread::sleep_for(std::chrono::hours(1)); });
    inner.join();
  }).detach();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
}
