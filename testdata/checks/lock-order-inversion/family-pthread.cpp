// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// pthread mutexes, rwlocks and spin locks.
#include <pthread.h>

namespace bad_mutex {
pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t b = PTHREAD_MUTEX_INITIALIZER;
int counter;

void forward() {
  pthread_mutex_lock(&a);
  pthread_mutex_lock(&b); // expect-any(mutex): raddle-lock-order-inversion
  ++counter;
  pthread_mutex_unlock(&b);
  pthread_mutex_unlock(&a);
}
void backward() {
  pthread_mutex_lock(&b);
  pthread_mutex_lock(&a); // expect-any(mutex): raddle-lock-order-inversion
  ++counter;
  pthread_mutex_unlock(&a);
  pthread_mutex_unlock(&b);
}
} // namespace bad_mutex

namespace bad_rwlock {
pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
pthread_mutex_t log = PTHREAD_MUTEX_INITIALIZER;
int counter;

int look() {
  pthread_rwlock_rdlock(&table);
  pthread_mutex_lock(&log); // expect-any(rwlock): raddle-lock-order-inversion
  int value = counter;
  pthread_mutex_unlock(&log);
  pthread_rwlock_unlock(&table);
  return value;
}
void update() {
  pthread_mutex_lock(&log);
  pthread_rwlock_wrlock(&table); // expect-any(rwlock): raddle-lock-order-inversion
  ++counter;
  pthread_rwlock_unlock(&table);
  pthread_mutex_unlock(&log);
}
} // namespace bad_rwlock

namespace bad_spin {
struct Device {
  pthread_spinlock_t registers;
  pthread_mutex_t owner;
  int counter = 0;
};

void forward(Device *device) {
  pthread_mutex_lock(&device->owner);
  pthread_spin_lock(&device->registers); // expect-any(spin): raddle-lock-order-inversion
  ++device->counter;
  pthread_spin_unlock(&device->registers);
  pthread_mutex_unlock(&device->owner);
}
void backward(Device *device) {
  pthread_spin_lock(&device->registers);
  pthread_mutex_lock(&device->owner); // expect-any(spin): raddle-lock-order-inversion
  ++device->counter;
  pthread_mutex_unlock(&device->owner);
  pthread_spin_unlock(&device->registers);
}
} // namespace bad_spin

namespace good_tried {
// A try returns 0 on success.
pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t b = PTHREAD_MUTEX_INITIALIZER;
int counter;

void forward() {
  pthread_mutex_lock(&a);
  pthread_mutex_lock(&b);
  ++counter;
  pthread_mutex_unlock(&b);
  pthread_mutex_unlock(&a);
}
void backward() {
  pthread_mutex_lock(&b);
  if (pthread_mutex_trylock(&a) == 0) {
    ++counter;
    pthread_mutex_unlock(&a);
  }
  pthread_mutex_unlock(&b);
}
void failedTry() {
  if (pthread_mutex_trylock(&b) != 0) {
    pthread_mutex_lock(&a);
    ++counter;
    pthread_mutex_unlock(&a);
    return;
  }
  pthread_mutex_unlock(&b);
}
} // namespace good_tried

namespace bad_after_successful_try {
pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t b = PTHREAD_MUTEX_INITIALIZER;
int counter;

void forward() {
  if (pthread_mutex_trylock(&a))
    return;
  pthread_mutex_lock(&b); // expect-any(tried): raddle-lock-order-inversion
  ++counter;
  pthread_mutex_unlock(&b);
  pthread_mutex_unlock(&a);
}
void backward() {
  pthread_mutex_lock(&b);
  pthread_mutex_lock(&a); // expect-any(tried): raddle-lock-order-inversion
  ++counter;
  pthread_mutex_unlock(&a);
  pthread_mutex_unlock(&b);
}
} // namespace bad_after_successful_try

namespace bad_checked {
// The lock's result is looked at; failure does not return.
[[noreturn]] void die();
pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t b = PTHREAD_MUTEX_INITIALIZER;
int counter;

static void take(pthread_mutex_t *mutex) {
  if (pthread_mutex_lock(mutex) != 0)
    die();
}
void forward() {
  take(&a);
  take(&b); // expect-any(checked): raddle-lock-order-inversion
  ++counter;
  pthread_mutex_unlock(&b);
  pthread_mutex_unlock(&a);
}
void backward() {
  take(&b);
  take(&a); // expect-any(checked): raddle-lock-order-inversion
  ++counter;
  pthread_mutex_unlock(&a);
  pthread_mutex_unlock(&b);
}
} // namespace bad_checked
