// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include "turns.h"
#include <mutex>
#include <new>
#include <thread>

// std::mutex has no destructor to speak of: the next object at the address is
// another lock all the same.
struct Pair {
  std::mutex lower, upper;
};

void forth(Pair &p) {
  std::lock_guard<std::mutex> first(p.lower);
  std::lock_guard<std::mutex> second(p.upper);
}

void back(Pair &p) {
  std::lock_guard<std::mutex> first(p.upper);
  std::lock_guard<std::mutex> second(p.lower);
}

int main() {
  for (int i = 0; i < 50; ++i) {
    int at = 2 * i;
    Pair *one = new Pair;
    std::thread first([=] {
      waitForTurn(at);
      forth(*one);
      nextTurn();
    });
    std::thread second([=] {
      waitForTurn(at + 1);
      delete one;
      Pair *two = new Pair; // Most often where the other was.
      back(*two);
      delete two;
      nextTurn();
    });
    first.join();
    second.join();
  }
}
