// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: none
#include <chrono>
#include <thread>

// Over within the grace period.
int main() {
  std::thread([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }).detach();
}
