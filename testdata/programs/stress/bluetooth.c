// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A driver counts the requests it works on, and may be stopped once none is
// left. A request looks at the flag before it counts itself, and not after:
// between the two the driver can be stopped.
#include "start.h"
#include <stdatomic.h>
#include <stdbool.h>

static atomic_int pending = 1; // The driver's own.
static atomic_bool stopping;
static bool stopped;
static bool idle;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t became_idle = PTHREAD_COND_INITIALIZER;

static void leave(void) {
  if (atomic_fetch_sub(&pending, 1) != 1)
    return;
  pthread_mutex_lock(&lock);
  idle = true;
  pthread_cond_signal(&became_idle);
  pthread_mutex_unlock(&lock);
}

static bool enter(void) {
#ifdef FIXED
  atomic_fetch_add(&pending, 1);
  if (atomic_load(&stopping)) {
    leave();
    return false;
  }
#else
  if (atomic_load(&stopping))
    return false;
  atomic_fetch_add(&pending, 1);
#endif
  return true;
}

static void *request(void *unused) {
  if (enter()) {
    assert(!stopped);
    leave();
  }
  return unused;
}

static void *stop(void *unused) {
  atomic_store(&stopping, true);
  leave();
  pthread_mutex_lock(&lock);
  while (!idle)
    pthread_cond_wait(&became_idle, &lock);
  pthread_mutex_unlock(&lock);
  stopped = true;
  return unused;
}

int main(void) {
  pthread_t stopper = start(stop, NULL);
  pthread_t user = start(request, NULL);
  join(user);
  join(stopper);
  return 0;
}
