// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A worker that finds the program stopping leaves, and does not come to the
// barrier that was made for all.
#include "start.h"

enum { WORKERS = 3 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;
static int stopping;

static int is_stopping(void) {
  pthread_mutex_lock(&lock);
  int answer = stopping;
  pthread_mutex_unlock(&lock);
  return answer;
}

static void *work(void *unused) {
  int leave = is_stopping();
#ifndef FIXED
  if (leave)
    return unused;
#endif
  pthread_barrier_wait(&barrier);
  (void)leave;
  return unused;
}

static void *stop(void *unused) {
  pthread_mutex_lock(&lock);
  stopping = 1;
  pthread_mutex_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t threads[WORKERS + 1];
  pthread_barrier_init(&barrier, NULL, WORKERS);
  for (int i = 0; i < WORKERS; ++i)
    threads[i] = start(work, NULL);
  threads[WORKERS] = start(stop, NULL);
  for (int i = 0; i <= WORKERS; ++i)
    join(threads[i]);
  pthread_barrier_destroy(&barrier);
  return 0;
}
