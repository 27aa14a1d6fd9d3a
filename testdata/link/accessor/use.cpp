// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "registry.h"

void add() {
  std::lock_guard<std::mutex> x(Registry::instance().mutex());
  std::lock_guard<std::mutex> y(logMutex()); // expect-any(accessor): raddle-lock-order-inversion "Registry::mutex_"
  ++Registry::instance().size;
}
void print() {
  std::lock_guard<std::mutex> y(logMutex());
  std::lock_guard<std::mutex> x(Registry::instance().mutex()); // expect-any(accessor): raddle-lock-order-inversion "Registry::mutex_"
  --Registry::instance().size;
}
