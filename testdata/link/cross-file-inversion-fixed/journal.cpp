// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "journal.h"
#include "store.h"

void Journal::append(int value) {
  std::lock_guard<std::mutex> lock(mutex_);
  length_ += value;
}

void Journal::compact(Store &store) {
  std::lock_guard<std::mutex> lock(mutex_);
  length_ = store.size();
}
