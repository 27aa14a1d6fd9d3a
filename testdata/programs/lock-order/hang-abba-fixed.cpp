// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: none
#include "turns.h"
#include <mutex>
#include <thread>
#include <unistd.h>

std::mutex a, b;

void take(std::mutex &first, std::mutex &second) {
  nextTurn();
  waitForTurn(2); // Both begin.
  std::scoped_lock both(first, second);
}

int main() {
  alarm(5);
  std::thread one([] { take(a, b); });
  std::thread two([] { take(b, a); });
  one.join();
  two.join();
}
