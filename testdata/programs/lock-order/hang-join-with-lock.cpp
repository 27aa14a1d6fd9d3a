// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: raddle-deadlock "'m'"
#include "turns.h"
#include <mutex>
#include <thread>
#include <unistd.h>

std::mutex m;

void work() { std::lock_guard<std::mutex> guard(m); }

int main() {
  alarm(5);
  std::lock_guard<std::mutex> guard(m);
  std::thread worker(work);
  worker.join(); // It needs what is held here.
}
