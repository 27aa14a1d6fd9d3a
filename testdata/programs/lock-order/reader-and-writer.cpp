// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: raddle-lock-order-inversion "between 'a' and 'b'"
#include "turns.h"
#include <mutex>
#include <shared_mutex>
#include <thread>

std::shared_mutex a, b;
std::mutex m;

int main() {
  std::thread one([] {
    std::shared_lock<std::shared_mutex> first(a), second(b);
    second.unlock();
    first.unlock();
    nextTurn();
  });
  std::thread two([] {
    waitForTurn(1);
    std::unique_lock<std::shared_mutex> first(b), second(a);
    second.unlock();
    first.unlock();
    nextTurn();
  });
  one.join();
  two.join();
}
