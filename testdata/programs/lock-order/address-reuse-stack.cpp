// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include "turns.h"
#include <mutex>
#include <thread>

// Both functions have their locks at the same places of the same stack, and
// lend them to another thread.
std::mutex *lentLower, *lentUpper;

__attribute__((noinline)) void take(std::mutex &first, std::mutex &second) {
  std::lock_guard<std::mutex> outer(first);
  std::lock_guard<std::mutex> inner(second);
}

__attribute__((noinline)) void forth() {
  std::mutex lower, upper;
  take(lower, upper);
}

__attribute__((noinline)) void lend(int turn) {
  std::mutex lower, upper;
  lentLower = &lower;
  lentUpper = &upper;
  nextTurn();
  waitForTurn(turn); // The other takes them the other way round.
}

int main() {
  std::thread other([] {
    for (int i = 0; i < 20; ++i) {
      waitForTurn(2 * i + 1);
      take(*lentUpper, *lentLower);
      nextTurn();
    }
  });
  for (int i = 0; i < 20; ++i) {
    forth();
    lend(2 * i + 2);
  }
  other.join();
}
