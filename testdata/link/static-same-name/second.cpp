// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Here 'shared' comes before 'own', which is another lock than the one in first.cpp.
#include "shared.h"

static std::mutex own;

static void step() {
  std::lock_guard<std::mutex> lock(own);
  ++counter;
}

void second() {
  std::lock_guard<std::mutex> lock(shared);
  step();
}
