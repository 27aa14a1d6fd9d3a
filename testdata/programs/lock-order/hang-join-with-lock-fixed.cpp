// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: none
#include "turns.h"
#include <mutex>
#include <thread>
#include <unistd.h>

std::mutex m;

void work() { std::lock_guard<std::mutex> guard(m); }

int main() {
  alarm(5);
  std::thread worker;
  {
    std::lock_guard<std::mutex> guard(m);
    worker = std::thread(work);
  }
  worker.join();
}
