// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: raddle-lock-order-inversion "'inner'" "'outer'"
#include "turns.h"
#include <mutex>
#include <thread>

std::recursive_mutex outer;
std::mutex inner;

int main() {
  std::thread one([] {
    std::lock_guard<std::recursive_mutex> first(outer);
    std::lock_guard<std::mutex> second(inner);
    std::lock_guard<std::recursive_mutex> again(outer); // Never waits.
    nextTurn();
  });
  std::thread two([] {
    waitForTurn(1);
    std::lock_guard<std::mutex> first(inner);
    std::lock_guard<std::recursive_mutex> second(outer);
  });
  one.join();
  two.join();
}
