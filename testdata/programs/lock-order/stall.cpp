// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: none
#include "turns.h"
#include <chrono>
#include <mutex>
#include <thread>
#include <unistd.h>

// A long wait, but it ends.
std::mutex m;

int main() {
  alarm(9);
  std::thread slow([] {
    std::lock_guard<std::mutex> guard(m);
    nextTurn();
    std::this_thread::sleep_for(std::chrono::milliseconds(2500));
  });
  std::thread other([] {
    waitForTurn(1);
    std::lock_guard<std::mutex> guard(m);
  });
  slow.join();
  other.join();
}
