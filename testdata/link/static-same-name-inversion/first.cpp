// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "shared.h"

std::mutex a;
std::mutex b;
int counter;

static void step() {
  std::lock_guard<std::mutex> lock(a); // expect-any(statics): raddle-lock-order-inversion
  ++counter;
}

void first() {
  std::lock_guard<std::mutex> lock(b);
  step();
}
