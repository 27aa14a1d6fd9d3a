// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Consumers look whether the queue has something before they take its lock, and
// not again under it.
#include "start.h"
#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int count;
static int items[4];

static void *consume(void *unused) {
#ifndef FIXED
  if (!atomic_load(&count))
    return unused;
#endif
  pthread_mutex_lock(&lock);
#ifdef FIXED
  if (!atomic_load(&count)) {
    pthread_mutex_unlock(&lock);
    return unused;
  }
#endif
  int last = atomic_load(&count) - 1;
  assert(last >= 0);
  items[last] = 0;
  atomic_store(&count, last);
  pthread_mutex_unlock(&lock);
  return unused;
}

static void *produce(void *unused) {
  pthread_mutex_lock(&lock);
  int last = atomic_load(&count);
  items[last] = 1;
  atomic_store(&count, last + 1);
  pthread_mutex_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t threads[] = {start(produce, NULL), start(consume, NULL),
                         start(consume, NULL)};
  for (int i = 0; i < 3; ++i)
    join(threads[i]);
  return 0;
}
