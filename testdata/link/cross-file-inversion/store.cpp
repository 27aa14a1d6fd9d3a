// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "store.h"
#include "journal.h"

void Store::put(int value) {
  std::lock_guard<std::mutex> lock(mutex_);
  ++size_;
  journal_.append(value);
}

int Store::size() {
  std::lock_guard<std::mutex> lock(mutex_); // expect-any(files): raddle-lock-order-inversion "Store::mutex_" "Journal::mutex_"
  return size_;
}
