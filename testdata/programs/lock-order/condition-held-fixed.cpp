// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include "turns.h"
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

std::mutex config, queue;
std::condition_variable filled;
int items = 0;

void take() {
  {
    std::lock_guard<std::mutex> outer(config);
  }
  std::unique_lock<std::mutex> guard(queue);
  nextTurn();
  // The limit lets this run end; without it, it does not.
  filled.wait_for(guard, std::chrono::milliseconds(300),
                  [] { return items > 0; });
}

void put() {
  std::lock_guard<std::mutex> outer(config);
  std::lock_guard<std::mutex> guard(queue);
  ++items;
  filled.notify_one();
}

int main() {
  std::thread taker(take);
  std::thread putter([] {
    waitForTurn(1);
    put();
  });
  taker.join();
  putter.join();
}
