// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: raddle-deadlock "all 2 threads"
#include "turns.h"
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unistd.h>

std::mutex m;
std::condition_variable changed;
bool over = false;

// The destructor of `changed` waits for the worker, which nobody wakes: the
// program hangs after main.
int main() {
  alarm(5);
  std::thread([] {
    std::unique_lock<std::mutex> guard(m);
    nextTurn();
    changed.wait(guard, [] { return over; });
  }).detach();
  waitForTurn(1);
  // Once it can be locked, the worker waits.
  std::lock_guard<std::mutex> guard(m);
}
