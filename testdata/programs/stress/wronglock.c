// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One thread counts under one lock, all others under another one.
// -DSIZE=n: n others.
#include "start.h"

#ifndef SIZE
#define SIZE 7
#endif

static pthread_mutex_t data_lock = PTHREAD_MUTEX_INITIALIZER;
#ifdef FIXED
#define other_lock data_lock
#else
static pthread_mutex_t other_lock = PTHREAD_MUTEX_INITIALIZER;
#endif
static volatile int data;

static void *count_and_check(void *unused) {
  pthread_mutex_lock(&data_lock);
  int before = data;
  data = before + 1;
  assert(data == before + 1);
  pthread_mutex_unlock(&data_lock);
  return unused;
}

static void *count(void *unused) {
  pthread_mutex_lock(&other_lock);
  ++data;
  pthread_mutex_unlock(&other_lock);
  return unused;
}

int main(void) {
  pthread_t threads[SIZE + 1];
  threads[0] = start(count_and_check, NULL);
  for (int i = 1; i <= SIZE; ++i)
    threads[i] = start(count, NULL);
  for (int i = 0; i <= SIZE; ++i)
    join(threads[i]);
  assert(data == SIZE + 1);
  return 0;
}
