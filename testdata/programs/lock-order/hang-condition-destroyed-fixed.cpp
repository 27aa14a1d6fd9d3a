// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: none
#include "turns.h"
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unistd.h>

std::mutex m;
std::condition_variable changed;
bool over = false;

// The worker may still be on its way out when `changed` is destroyed; it is
// waited for.
int main() {
  alarm(50);
  std::thread([] {
    std::unique_lock<std::mutex> guard(m);
    nextTurn();
    changed.wait(guard, [] { return over; });
  }).detach();
  waitForTurn(1);
  std::lock_guard<std::mutex> guard(m);
  over = true;
  changed.notify_all();
}
