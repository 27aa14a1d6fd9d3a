// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each station adds one to what its neighbour has, under the lock, but does not
// wait for the neighbour to have it.
#include "start.h"
#include <stdint.h>

enum { STATIONS = 4 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t passed = PTHREAD_COND_INITIALIZER;
static int token[STATIONS + 1] = {1};

static void *station(void *number) {
  int at = (int)(intptr_t)number;
  pthread_mutex_lock(&lock);
#ifdef FIXED
  while (!token[at - 1])
    pthread_cond_wait(&passed, &lock);
#endif
  token[at] = token[at - 1] + 1;
  pthread_cond_broadcast(&passed);
  pthread_mutex_unlock(&lock);
  return NULL;
}

int main(void) {
  pthread_t threads[STATIONS];
  for (int i = 0; i < STATIONS; ++i)
    threads[i] = start(station, (void *)(intptr_t)(i + 1));
  for (int i = 0; i < STATIONS; ++i)
    join(threads[i]);
  assert(token[STATIONS] == STATIONS + 1);
  return 0;
}
