// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Guards of a project's own: a plain class, a template, one for any callable pair, one that may be switched off.
#include <mutex>

class Monitor {
public:
  void acquire() { mutex_.lock(); }
  void release() { mutex_.unlock(); }

private:
  std::mutex mutex_;
};

class MonitorHold {
public:
  explicit MonitorHold(Monitor &monitor) : monitor_(monitor) { monitor_.acquire(); }
  ~MonitorHold() { monitor_.release(); }
  MonitorHold(const MonitorHold &) = delete;

private:
  Monitor &monitor_;
};

template <typename L> class Hold {
public:
  explicit Hold(L *lock) : lock_(lock) { lock_->acquire(); }
  ~Hold() {
    if (lock_)
      lock_->release();
  }
  Hold(const Hold &) = delete;
  void drop() {
    lock_->release();
    lock_ = nullptr;
  }

private:
  L *lock_;
};

namespace bad_plain {
Monitor a, b;
int counter;

void forward() {
  MonitorHold x(a);
  MonitorHold y(b); // expect-any(plain): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  MonitorHold y(b);
  MonitorHold x(a); // expect-any(plain): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_plain

namespace bad_template {
struct Table {
  Monitor rows;
  Monitor columns;
  int counter = 0;
};

void forward(Table &table) {
  Hold<Monitor> x(&table.rows);
  Hold<Monitor> y(&table.columns); // expect-any(template): raddle-lock-order-inversion "Table::rows" "Table::columns"
  ++table.counter;
}
void backward(Table &table) {
  Hold y(&table.columns);
  Hold x(&table.rows); // expect-any(template): raddle-lock-order-inversion "Table::rows" "Table::columns"
  ++table.counter;
}
} // namespace bad_template

namespace good_dropped {
Monitor a, b;
int counter;

void forward() {
  Hold<Monitor> x(&a);
  ++counter;
  x.drop();
  Hold<Monitor> y(&b);
  ++counter;
}
void backward() {
  Hold<Monitor> y(&b);
  Hold<Monitor> x(&a);
  ++counter;
}
} // namespace good_dropped

namespace good_scope {
Monitor a, b;
int counter;

void forward() {
  {
    MonitorHold x(a);
    ++counter;
  }
  MonitorHold y(b);
  ++counter;
}
void backward() {
  MonitorHold y(b);
  MonitorHold x(a);
  ++counter;
}
} // namespace good_scope
