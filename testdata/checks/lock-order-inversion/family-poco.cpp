// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// POCO's mutexes and scoped locks.
#include <Poco/Mutex.h>
#include <Poco/RWLock.h>

namespace bad_scoped {
Poco::FastMutex a, b;
int counter;

void forward() {
  Poco::FastMutex::ScopedLock x(a);
  Poco::ScopedLock<Poco::FastMutex> y(b); // expect-any(scoped): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  Poco::ScopedLockWithUnlock<Poco::FastMutex> y(b);
  a.lock(); // expect-any(scoped): raddle-lock-order-inversion
  ++counter;
  a.unlock();
}
} // namespace bad_scoped

namespace bad_read_write {
Poco::RWLock table;
Poco::Mutex log;
int counter;

int look() {
  Poco::RWLock::ScopedReadLock x(table);
  Poco::Mutex::ScopedLock y(log); // expect-any(readWrite): raddle-lock-order-inversion
  return counter;
}
void update() {
  Poco::Mutex::ScopedLock y(log);
  Poco::ScopedWriteRWLock x(table); // expect-any(readWrite): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_read_write

namespace good_unlocked {
Poco::FastMutex a, b;
int counter;

void forward() {
  Poco::ScopedLockWithUnlock<Poco::FastMutex> x(a);
  ++counter;
  x.unlock();
  Poco::FastMutex::ScopedLock y(b);
  ++counter;
}
void backward() {
  Poco::FastMutex::ScopedLock y(b);
  Poco::FastMutex::ScopedLock x(a);
  ++counter;
}
} // namespace good_unlocked

namespace good_scoped_unlock {
// The inverse guard gives the lock back for its scope.
Poco::FastMutex a, b;
int counter;

void forward() {
  Poco::FastMutex::ScopedLock x(a);
  ++counter;
  {
    Poco::ScopedUnlock<Poco::FastMutex> open(a);
    Poco::FastMutex::ScopedLock y(b);
    ++counter;
  }
}
void backward() {
  Poco::FastMutex::ScopedLock y(b);
  Poco::FastMutex::ScopedLock x(a);
  ++counter;
}
} // namespace good_scoped_unlock
