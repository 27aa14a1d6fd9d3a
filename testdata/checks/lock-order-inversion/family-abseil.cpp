// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Abseil's Mutex and its guards.
#include <absl/synchronization/mutex.h>

namespace bad_guards {
absl::Mutex a, b;
int counter;

void forward() {
  absl::MutexLock x(&a);
  absl::MutexLock y(&b); // expect-any(guards): raddle-lock-order-inversion
  ++counter;
}
void backward() {
  absl::MutexLock y(b);
  absl::WriterMutexLock x(&a); // expect-any(guards): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_guards

namespace bad_by_hand {
absl::Mutex a, b;
int counter;

void forward() {
  a.Lock();
  b.Lock(); // expect-any(hand): raddle-lock-order-inversion
  ++counter;
  b.Unlock();
  a.Unlock();
}
void backward() {
  b.WriterLock();
  a.WriterLock(); // expect-any(hand): raddle-lock-order-inversion
  ++counter;
  a.WriterUnlock();
  b.WriterUnlock();
}
} // namespace bad_by_hand

namespace bad_reader {
absl::Mutex table, log;
int counter;

int look() {
  absl::ReaderMutexLock x(&table);
  absl::MutexLock y(&log); // expect-any(reader): raddle-lock-order-inversion
  return counter;
}
void update() {
  absl::MutexLock y(&log);
  absl::MutexLock x(&table); // expect-any(reader): raddle-lock-order-inversion
  ++counter;
}
} // namespace bad_reader

namespace good_released {
absl::Mutex a, b;
int counter;

void forward() {
  absl::ReleasableMutexLock x(&a);
  ++counter;
  x.Release();
  absl::MutexLock y(&b);
  ++counter;
}
void backward() {
  absl::MutexLock y(&b);
  absl::MutexLock x(&a);
  ++counter;
}
} // namespace good_released

namespace good_tried {
absl::Mutex a, b;
int counter;

void forward() {
  absl::MutexLock x(&a);
  absl::MutexLock y(&b);
  ++counter;
}
void backward() {
  absl::MutexLock y(&b);
  if (a.TryLock()) {
    ++counter;
    a.Unlock();
  }
}
} // namespace good_tried
