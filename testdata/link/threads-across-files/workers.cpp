// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workers.h"
#include <mutex>

static std::mutex a, b;
static int counter;

void forward() {
  std::lock_guard<std::mutex> x(a);
  std::lock_guard<std::mutex> y(b); // expect-any(cycle): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  std::lock_guard<std::mutex> y(b);
  std::lock_guard<std::mutex> x(a); // expect-any(cycle): raddle-lock-order-inversion
  ++counter;
}
