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
      std::scoped_lock first(a);
      std::scoped_lock second(b);
    }
    nextTurn();
  });
  std::thread two([] {
    waitForTurn(1);
    {
      std::scoped_lock first(b);
      std::scoped_lock second(a);
    }
  });
  one.join();
  two.join();
}
