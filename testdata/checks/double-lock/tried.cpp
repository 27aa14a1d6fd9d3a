// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tries do not wait; after a failed try the lock is not held.
#include <chrono>
#include <mutex>

namespace good_try_then_lock {
std::mutex mutex;
int waited;
int counter;

void contended() {
  if (!mutex.try_lock()) {
    ++waited;
    mutex.lock();
  }
  ++counter;
  mutex.unlock();
}
void guarded() {
  std::unique_lock<std::mutex> lock(mutex, std::try_to_lock);
  if (!lock.owns_lock())
    lock.lock();
  ++counter;
}
void guardedByValue() {
  std::unique_lock<std::mutex> lock(mutex, std::try_to_lock);
  if (lock)
    ++counter;
  else
    lock.lock();
  ++counter;
}
void keptResult() {
  const bool locked = mutex.try_lock();
  if (!locked)
    mutex.lock();
  ++counter;
  mutex.unlock();
}
} // namespace good_try_then_lock

namespace good_timed {
std::timed_mutex mutex;
int counter;

void patient() {
  while (!mutex.try_lock_for(std::chrono::milliseconds(10)))
    ++counter;
  ++counter;
  mutex.unlock();
}
} // namespace good_timed

namespace bad_after_success {
std::mutex mutex;
int counter;

static void add() {
  std::lock_guard<std::mutex> lock(mutex); // expect-any(success): raddle-double-lock
  ++counter;
}
void attempt() {
  if (mutex.try_lock()) {
    add(); // expect-any(success): raddle-double-lock
    mutex.unlock();
  }
}
} // namespace bad_after_success

namespace bad_after_owns {
std::mutex mutex;
int counter;

void attempt() {
  std::unique_lock<std::mutex> lock(mutex, std::try_to_lock);
  if (lock.owns_lock()) {
    std::lock_guard<std::mutex> again(mutex); // expect: raddle-double-lock
    ++counter;
  }
}
} // namespace bad_after_owns
