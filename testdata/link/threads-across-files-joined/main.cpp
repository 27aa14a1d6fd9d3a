// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workers.h"
#include <thread>

int main() {
  std::thread one(forward);
  one.join();
  std::thread two(backward);
  two.join();
}
