// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: raddle-lock-order-inversion "'a'" "'b'"
// EXPECT: raddle-lock-order-inversion "'b'" "'c'"
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t b = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t c;
static atomic_int turn;

static void wait_for_turn(int mine) {
  while (atomic_load(&turn) < mine)
    sched_yield();
}

static void *forth(void *unused) {
  pthread_mutex_lock(&a);
  pthread_rwlock_wrlock(&b);
  pthread_rwlock_unlock(&b);
  pthread_mutex_unlock(&a);
  pthread_rwlock_rdlock(&b);
  pthread_spin_lock(&c);
  pthread_spin_unlock(&c);
  pthread_rwlock_unlock(&b);
  atomic_fetch_add(&turn, 1);
  return unused;
}

static void *back(void *unused) {
  wait_for_turn(1);
  pthread_rwlock_rdlock(&b);
  pthread_mutex_lock(&a);
  pthread_mutex_unlock(&a);
  pthread_rwlock_unlock(&b);
  pthread_spin_lock(&c);
  pthread_rwlock_wrlock(&b);
  pthread_rwlock_unlock(&b);
  pthread_spin_unlock(&c);
  return unused;
}

int main(void) {
  pthread_spin_init(&c, PTHREAD_PROCESS_PRIVATE);
  pthread_t one, two;
  pthread_create(&one, NULL, forth, NULL);
  pthread_create(&two, NULL, back, NULL);
  pthread_join(one, NULL);
  pthread_join(two, NULL);
  pthread_spin_destroy(&c);
  return 0;
}
