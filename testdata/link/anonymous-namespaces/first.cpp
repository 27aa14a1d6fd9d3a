// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two classes 'State' in anonymous namespaces: this one's lock comes before the log's.
#include "log.h"

std::mutex logMutex;
int lines;

namespace {
class State {
public:
  void change() {
    std::lock_guard<std::mutex> lock(mutex_);
    std::lock_guard<std::mutex> print(logMutex);
    ++lines;
  }

private:
  std::mutex mutex_;
};
State state;
} // namespace

void changeFirst() { state.change(); }
