// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: none
#include "turns.h"
#include <mutex>
#include <thread>
#include <unistd.h>

std::mutex m;

int main() {
  alarm(5);
  std::thread gone([] {
    m.lock();
    m.unlock();
  });
  gone.join();
  m.lock();
  m.unlock();
}
