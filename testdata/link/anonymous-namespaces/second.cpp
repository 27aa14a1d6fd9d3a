// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// This one's comes after it.
#include "log.h"

namespace {
class State {
public:
  void change() {
    std::lock_guard<std::mutex> print(logMutex);
    std::lock_guard<std::mutex> lock(mutex_);
    ++lines;
  }

private:
  std::mutex mutex_;
};
State state;
} // namespace

void changeSecond() { state.change(); }
