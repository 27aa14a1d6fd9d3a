// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: raddle-lock-order-inversion "between 'a' and 'b'"
#include "turns.h"
#include <mutex>
#include <thread>

std::mutex a, b;

int main() {
  std::thread one([] {
    {
      std::unique_lock<std::mutex> first(a, std::try_to_lock), second(b);
    }
    nextTurn();
  });
  std::thread two([] {
    waitForTurn(1);
    {
      std::unique_lock<std::mutex> first(b, std::try_to_lock), second(a);
    }
  });
  one.join();
  two.join();
}
