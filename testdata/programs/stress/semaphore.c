// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two permits, and each of two threads needs both: each takes one and waits for
// the other.
#include "start.h"
#include <semaphore.h>

static sem_t permits;
static pthread_mutex_t both = PTHREAD_MUTEX_INITIALIZER;
static int done;

static void *work(void *unused) {
#ifdef FIXED
  pthread_mutex_lock(&both);
#endif
  sem_wait(&permits);
  sem_wait(&permits);
#ifdef FIXED
  pthread_mutex_unlock(&both);
#endif
  ++done;
  sem_post(&permits);
  sem_post(&permits);
  return unused;
}

int main(void) {
  sem_init(&permits, 0, 2);
  pthread_t one = start(work, NULL), two = start(work, NULL);
  join(one);
  join(two);
  (void)both;
  assert(done == 2);
  sem_destroy(&permits);
  return 0;
}
