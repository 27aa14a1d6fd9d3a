// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every caller, in callers.cpp, holds the gate.
#include "gate.h"

std::mutex gate, a, b;
int counter;

void takeBoth() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b);
  ++counter;
}
void takeBothReversed() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a);
  ++counter;
}
