// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate.h"

void Gate::wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  opened_.wait(lock, [this] { return isOpen_; });
  isOpen_ = false;
}
void Gate::open() {
  std::lock_guard<std::mutex> lock(mutex_);
  isOpen_ = true;
  opened_.notify_one();
}
