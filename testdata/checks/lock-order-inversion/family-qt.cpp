// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Qt's mutexes, read-write locks and lockers.
#include <QMutex>
#include <QMutexLocker>
#include <QReadWriteLock>

namespace bad_lockers {
class Model {
public:
  void refresh() {
    QMutexLocker lockRows(&rows_);
    QMutexLocker<QMutex> lockColumns(&columns_); // expect-any(lockers): raddle-lock-order-inversion
    ++counter_;
  }
  void resize() {
    QMutexLocker lockColumns(&columns_);
    rows_.lock(); // expect-any(lockers): raddle-lock-order-inversion
    ++counter_;
    rows_.unlock();
  }

private:
  QMutex rows_;
  QMutex columns_;
  int counter_ = 0;
};

void use(Model &model) {
  model.refresh();
  model.resize();
}
} // namespace bad_lockers

namespace bad_read_write {
QReadWriteLock table;
QMutex log;
int counter;

int look() {
  QReadLocker x(&table);
  QMutexLocker y(&log); // expect-any(readWrite): raddle-lock-order-inversion
  return counter;
}
void update() {
  QMutexLocker y(&log);
  QWriteLocker x(&table); // expect-any(readWrite): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_read_write

namespace good_unlocked {
QMutex a, b;
int counter;

void forward() {
  QMutexLocker x(&a);
  ++counter;
  x.unlock();
  {
    QMutexLocker y(&b);
    ++counter;
  }
  x.relock();
  ++counter;
}
void backward() {
  QMutexLocker y(&b);
  QMutexLocker x(&a);
  ++counter;
}
} // namespace good_unlocked

namespace bad_relocked {
QMutex a, b;
int counter;

void forward() {
  QMutexLocker x(&a);
  x.unlock();
  ++counter;
  x.relock();
  QMutexLocker y(&b); // expect-any(relocked): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  QMutexLocker y(&b);
  QMutexLocker x(&a); // expect-any(relocked): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_relocked

namespace good_tried {
QMutex a, b;
int counter;

void forward() {
  QMutexLocker x(&a);
  QMutexLocker y(&b);
  ++counter;
}
void backward() {
  QMutexLocker y(&b);
  if (a.tryLock(10)) {
    ++counter;
    a.unlock();
  }
}
} // namespace good_tried
