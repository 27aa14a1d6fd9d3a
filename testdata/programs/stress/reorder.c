// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Setters write two numbers one after the other; the checker reads both, and
// may see one of them only. -DSIZE=n: n setters.
#include "start.h"

#ifndef SIZE
#define SIZE 3
#endif

int a, b;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *set(void *unused) {
#ifdef FIXED
  pthread_mutex_lock(&lock);
#endif
  a = 1;
  b = -1;
#ifdef FIXED
  pthread_mutex_unlock(&lock);
#endif
  return unused;
}

static void *check(void *unused) {
#ifdef FIXED
  pthread_mutex_lock(&lock);
#endif
  assert((a == 0 && b == 0) || (a == 1 && b == -1));
#ifdef FIXED
  pthread_mutex_unlock(&lock);
#endif
  return unused;
}

int main(void) {
  pthread_t threads[SIZE + 1];
  for (int i = 0; i < SIZE; ++i)
    threads[i] = start(set, NULL);
  threads[SIZE] = start(check, NULL);
  for (int i = 0; i <= SIZE; ++i)
    join(threads[i]);
  (void)lock;
  return 0;
}
