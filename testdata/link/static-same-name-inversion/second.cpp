// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "shared.h"

static void step() {
  std::lock_guard<std::mutex> lock(b); // expect-any(statics): raddle-lock-order-inversion
  ++counter;
}

void second() {
  std::lock_guard<std::mutex> lock(a);
  step();
}
