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
      std::scoped_lock both(a, b);
    }
    nextTurn();
  });
  std::thread two([] {
    waitForTurn(1);
    {
      std::scoped_lock both(b, a);
    }
  });
  one.join();
  two.join();
}
