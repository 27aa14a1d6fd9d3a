// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-thread "50 threads alike"
#include <chrono>
#include <thread>

int main() {
  for (int i = 0; i < 50; ++i)
    std::thread([] {
      std::this_thread::sleep_for(std::chrono::hours(1));
    }).detach();
}
