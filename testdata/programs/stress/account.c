// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Money moves between two accounts, and for a moment it is in neither: the lock
// is given back between taking and giving, and the auditor comes by.
#include "start.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int left = 100, right = 100;

static void move(int *from, int *to, int amount) {
  pthread_mutex_lock(&lock);
  *from -= amount;
#ifndef FIXED
  pthread_mutex_unlock(&lock);
  pthread_mutex_lock(&lock);
#endif
  *to += amount;
  pthread_mutex_unlock(&lock);
}

static void *move_right(void *unused) {
  move(&left, &right, 30);
  return unused;
}

static void *move_left(void *unused) {
  move(&right, &left, 50);
  return unused;
}

static void *audit(void *unused) {
  pthread_mutex_lock(&lock);
  assert(left + right == 200);
  pthread_mutex_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t threads[] = {start(move_right, NULL), start(move_left, NULL),
                         start(audit, NULL)};
  for (int i = 0; i < 3; ++i)
    join(threads[i]);
  assert(left == 120 && right == 80);
  return 0;
}
