// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Another class with locks of the same type, in one order: port::Mutex::mu_ is not one lock for all.
#include "port.h"

class Journal {
public:
  void append() {
    MutexLock x(&tail_);
    MutexLock y(&head_);
    ++length_;
  }
  void trim() {
    MutexLock x(&tail_);
    head_.Lock();
    --length_;
    head_.Unlock();
  }

private:
  port::Mutex head_;
  port::Mutex tail_;
  int length_ = 0;
};

void use(Journal &journal) {
  journal.append();
  journal.trim();
}
