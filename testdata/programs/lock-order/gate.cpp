// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include "turns.h"
#include <mutex>
#include <thread>

std::mutex gate, other, a, b;

void forth() {
  std::lock_guard<std::mutex> around(gate);
  std::lock_guard<std::mutex> first(a);
  std::lock_guard<std::mutex> second(b);
}

void back() {
  std::lock_guard<std::mutex> around(gate);
  std::lock_guard<std::mutex> first(b);
  std::lock_guard<std::mutex> second(a);
}

int main() {
  std::thread one([] {
    forth();
    nextTurn();
  });
  std::thread two([] {
    waitForTurn(1);
    back();
  });
  one.join();
  two.join();
}
