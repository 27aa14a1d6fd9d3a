// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Producers and consumers of a buffer of one place wait on one condition
// variable, and one of them is woken: it may be one for whom nothing has
// changed, and then everybody waits.
#include "start.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER;
#ifdef FIXED
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER;
#else
#define not_empty not_full
#endif
static int full, item, sum;

static void put(int value) {
  pthread_mutex_lock(&lock);
  while (full)
    pthread_cond_wait(&not_full, &lock);
  item = value;
  full = 1;
  pthread_cond_signal(&not_empty);
  pthread_mutex_unlock(&lock);
}

static void take(void) {
  pthread_mutex_lock(&lock);
  while (!full)
    pthread_cond_wait(&not_empty, &lock);
  sum += item;
  full = 0;
  pthread_cond_signal(&not_full);
  pthread_mutex_unlock(&lock);
}

static void *produce(void *unused) {
  put(1);
  return unused;
}

static void *consume(void *unused) {
  take();
  return unused;
}

int main(void) {
  pthread_t threads[] = {start(produce, NULL), start(produce, NULL),
                         start(consume, NULL), start(consume, NULL)};
  for (int i = 0; i < 4; ++i)
    join(threads[i]);
  assert(sum == 2);
  return 0;
}
