// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loop reads an atomic; what it calls blocks, in another file.
#include "gate.h"

int passes;

void loop(Gate &gate, const std::atomic<bool> &stop) {
  while (!stop.load()) {
    gate.wait();
    ++passes;
  }
}
