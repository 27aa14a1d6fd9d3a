// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include "turns.h"
#include <mutex>
#include <thread>

std::mutex a, b;

int main() {
  std::thread one([] {
    {
      std::unique_lock<std::mutex> first(a), second(b, std::try_to_lock);
    }
    nextTurn();
  });
  std::thread two([] {
    waitForTurn(1);
    {
      std::unique_lock<std::mutex> first(b), second(a, std::try_to_lock);
    }
  });
  one.join();
  two.join();
}
