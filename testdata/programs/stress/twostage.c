// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A value is set under one lock and copied under another: between the two
// stages a reader finds the first without the second. -DSIZE=n: n writers.
#include "start.h"

#ifndef SIZE
#define SIZE 1
#endif

static pthread_mutex_t first_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second_lock = PTHREAD_MUTEX_INITIALIZER;
static int first, second;

static void *write_both(void *unused) {
  pthread_mutex_lock(&first_lock);
  first = 1;
#ifndef FIXED
  pthread_mutex_unlock(&first_lock);
#endif
  pthread_mutex_lock(&second_lock);
  second = first + 1;
  pthread_mutex_unlock(&second_lock);
#ifdef FIXED
  pthread_mutex_unlock(&first_lock);
#endif
  return unused;
}

static void *read_both(void *unused) {
  pthread_mutex_lock(&first_lock);
  int seen = first;
#ifndef FIXED
  pthread_mutex_unlock(&first_lock);
#endif
  if (seen) {
    pthread_mutex_lock(&second_lock);
    assert(second == seen + 1);
    pthread_mutex_unlock(&second_lock);
  }
#ifdef FIXED
  pthread_mutex_unlock(&first_lock);
#endif
  return unused;
}

int main(void) {
  pthread_t threads[SIZE + 1];
  for (int i = 0; i < SIZE; ++i)
    threads[i] = start(write_both, NULL);
  threads[SIZE] = start(read_both, NULL);
  for (int i = 0; i <= SIZE; ++i)
    join(threads[i]);
  return 0;
}
