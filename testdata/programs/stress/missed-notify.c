// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The flag is set and the condition signalled without the lock: between the
// waiter's look at the flag and its wait, where nobody hears it.
#include "start.h"
#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready_changed = PTHREAD_COND_INITIALIZER;
static atomic_int ready;

static void *announce(void *unused) {
#ifdef FIXED
  pthread_mutex_lock(&lock);
#endif
  atomic_store(&ready, 1);
  pthread_cond_signal(&ready_changed);
#ifdef FIXED
  pthread_mutex_unlock(&lock);
#endif
  return unused;
}

static void *wait_for_it(void *unused) {
  pthread_mutex_lock(&lock);
  while (!atomic_load(&ready))
    pthread_cond_wait(&ready_changed, &lock);
  pthread_mutex_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t waiter = start(wait_for_it, NULL), other = start(announce, NULL);
  join(waiter);
  join(other);
  return 0;
}
