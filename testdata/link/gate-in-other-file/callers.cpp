// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate.h"
#include <thread>

static void forward() {
  std::lock_guard<std::mutex> g(gate);
  takeBoth();
}
static void backward() {
  std::lock_guard<std::mutex> g(gate);
  takeBothReversed();
}

int main() {
  std::thread one(forward);
  std::thread two(backward);
  one.join();
  two.join();
}
