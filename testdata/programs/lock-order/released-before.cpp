// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include "turns.h"
#include <mutex>
#include <thread>

std::mutex a, b, c;

void handOver() {
  a.lock();
  b.lock();
  a.unlock();
  c.lock();
  c.unlock();
  b.unlock();
}

void back() {
  std::lock_guard<std::mutex> first(c);
  std::lock_guard<std::mutex> second(a);
}

int main() {
  std::thread one([] {
    handOver();
    nextTurn();
  });
  std::thread two([] {
    waitForTurn(1);
    back();
  });
  one.join();
  two.join();
}
