// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: raddle-deadlock "'a'" "'b'"
#include "turns.h"
#include <mutex>
#include <thread>
#include <unistd.h>

std::mutex a, b;

void take(std::mutex &first, std::mutex &second) {
  first.lock();
  nextTurn();
  waitForTurn(2); // Each has its first.
  second.lock();
  second.unlock();
  first.unlock();
}

int main() {
  alarm(5);
  std::thread one([] { take(a, b); });
  std::thread two([] { take(b, a); });
  one.join();
  two.join();
}
