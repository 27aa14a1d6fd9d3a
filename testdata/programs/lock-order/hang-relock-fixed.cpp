// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: none
#include "turns.h"
#include <mutex>
#include <thread>
#include <unistd.h>

std::recursive_mutex m;

void inner() { m.lock(); }

int main() {
  alarm(5);
  m.lock();
  inner();
  m.unlock();
  m.unlock();
}
