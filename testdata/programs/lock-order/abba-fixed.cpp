// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include "turns.h"
#include <mutex>
#include <thread>

std::mutex a, b;

void both() {
  std::lock_guard<std::mutex> first(a);
  std::lock_guard<std::mutex> second(b);
}

int main() {
  std::thread one([] {
    both();
    nextTurn();
  });
  std::thread two([] {
    waitForTurn(1);
    both();
  });
  one.join();
  two.join();
}
