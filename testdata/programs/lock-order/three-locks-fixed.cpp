// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include "turns.h"
#include <mutex>
#include <thread>

std::mutex a, b, c;

void take(std::mutex &first, std::mutex &second) {
  first.lock();
  second.lock();
  second.unlock();
  first.unlock();
}

int main() {
  std::thread one([] {
    take(a, b);
    nextTurn();
  });
  std::thread two([] {
    waitForTurn(1);
    take(b, c);
    nextTurn();
  });
  std::thread three([] {
    waitForTurn(2);
    take(a, c);
  });
  one.join();
  two.join();
  three.join();
}
