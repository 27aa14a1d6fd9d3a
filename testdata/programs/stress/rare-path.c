// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program works for a while before it closes the store, and the late writer
// is always done by then: no test's timing reaches the write after the close.
#include "start.h"
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int *store;
static int closed;

static void work(void) {
  for (int i = 0; i < 3000000; ++i)
    __asm__ volatile("" : "+r"(i));
}

static void *write_late(void *unused) {
  pthread_mutex_lock(&lock);
  int may_write = !closed;
#ifndef FIXED
  pthread_mutex_unlock(&lock);
#endif
  if (may_write)
    *store = 1;
#ifdef FIXED
  pthread_mutex_unlock(&lock);
#endif
  return unused;
}

int main(void) {
  store = malloc(sizeof *store);
  pthread_t writer = start(write_late, NULL);
  work();
  pthread_mutex_lock(&lock);
  closed = 1;
  free(store);
  store = NULL;
  pthread_mutex_unlock(&lock);
  join(writer);
  return 0;
}
