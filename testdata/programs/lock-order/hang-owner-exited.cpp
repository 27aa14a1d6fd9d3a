// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: raddle-deadlock "'m'"
#include "turns.h"
#include <mutex>
#include <thread>
#include <unistd.h>

std::mutex m;

int main() {
  alarm(5);
  std::thread gone([] { m.lock(); }); // Ends with it.
  gone.join();
  m.lock();
}
