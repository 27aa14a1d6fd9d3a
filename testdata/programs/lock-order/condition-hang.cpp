// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: raddle-deadlock "all"
#include "turns.h"
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unistd.h>

// The taker waits with 'config' held, which the putter needs before it can
// signal. Who would signal cannot be known, but nobody can go on.
std::mutex config, queue;
std::condition_variable filled;
int items = 0;

void take() {
  std::lock_guard<std::mutex> outer(config);
  std::unique_lock<std::mutex> guard(queue);
  nextTurn();
  filled.wait(guard, [] { return items > 0; });
}

void put() {
  std::lock_guard<std::mutex> outer(config);
  std::lock_guard<std::mutex> guard(queue);
  ++items;
  filled.notify_one();
}

int main() {
  alarm(5);
  std::thread taker(take);
  std::thread putter([] {
    waitForTurn(1);
    put();
  });
  taker.join();
  putter.join();
}
