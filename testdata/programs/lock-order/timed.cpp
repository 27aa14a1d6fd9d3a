// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include "turns.h"
#include <chrono>
#include <mutex>
#include <thread>

std::timed_mutex a, b;

void take(std::timed_mutex &first, std::timed_mutex &second) {
  using namespace std::chrono_literals;
  std::lock_guard<std::timed_mutex> outer(first);
  // Gives up, so nobody waits for ever.
  if (second.try_lock_for(50ms))
    second.unlock();
  if (second.try_lock_until(std::chrono::system_clock::now() + 50ms))
    second.unlock();
}

int main() {
  std::thread one([] {
    take(a, b);
    nextTurn();
  });
  std::thread two([] {
    waitForTurn(1);
    take(b, a);
  });
  one.join();
  two.join();
}
