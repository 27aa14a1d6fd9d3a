// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "port.h"

class Table {
public:
  Table() : filled_(&rows_) {}

  void grow() {
    MutexLock x(&rows_);
    MutexLock y(&index_); // expect-any(table): raddle-lock-order-inversion "Table::rows_" "Table::index_"
    ++size_;
    filled_.Signal();
  }
  void rebuild() {
    index_.Lock();
    rows_.Lock(); // expect-any(table): raddle-lock-order-inversion "Table::rows_" "Table::index_"
    ++size_;
    rows_.Unlock();
    index_.Unlock();
  }
  int size() {
    MutexLock x(&rows_); // expect-any(size): raddle-double-lock "Table::rows_"
    return size_;
  }
  bool empty() {
    MutexLock x(&rows_);
    return size() == 0; // expect-any(size): raddle-double-lock "Table::rows_"
  }
  void waitUntilFilled() {
    // Waits on its own lock: no edge.
    MutexLock x(&rows_);
    while (size_ == 0)
      filled_.Wait();
  }

private:
  port::Mutex rows_;
  port::Mutex index_;
  port::CondVar filled_;
  int size_ = 0;
};

void use(Table &table) {
  table.grow();
  table.rebuild();
  table.waitUntilFilled();
  if (table.empty())
    table.grow();
}
