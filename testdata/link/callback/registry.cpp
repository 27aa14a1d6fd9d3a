// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "registry.h"

void Registry::forEach(const std::function<void(int)> &visit) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (int item : items_)
    visit(item); // expect-any(callback): raddle-double-lock
}

void Registry::remove(int item) {
  std::lock_guard<std::mutex> lock(mutex_); // expect-any(callback): raddle-double-lock "Registry::mutex_"
  std::erase(items_, item);
}
