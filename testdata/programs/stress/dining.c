// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everybody takes the left fork first, and can end up waiting for the right
// one in a circle. -DSIZE=n: n philosophers.
#include "start.h"
#include <stdint.h>

#ifndef SIZE
#define SIZE 3
#endif

static pthread_mutex_t forks[SIZE];
static int meals[SIZE];

static void *dine(void *seat) {
  int left = (int)(intptr_t)seat, right = (left + 1) % SIZE;
  int first = left, second = right;
#ifdef FIXED
  if (second < first) {
    first = right;
    second = left;
  }
#endif
  pthread_mutex_lock(&forks[first]);
  pthread_mutex_lock(&forks[second]);
  ++meals[left];
  pthread_mutex_unlock(&forks[second]);
  pthread_mutex_unlock(&forks[first]);
  return NULL;
}

int main(void) {
  pthread_t threads[SIZE];
  for (int i = 0; i < SIZE; ++i)
    pthread_mutex_init(&forks[i], NULL);
  for (int i = 0; i < SIZE; ++i)
    threads[i] = start(dine, (void *)(intptr_t)i);
  for (int i = 0; i < SIZE; ++i)
    join(threads[i]);
  for (int i = 0; i < SIZE; ++i)
    assert(meals[i] == 1);
  return 0;
}
