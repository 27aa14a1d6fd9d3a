#include <pthread.h>
#include <stdlib.h>
static pthread_mutex_t *left, *right;
static void *one(void *u) { pthread_mutex_lock(left); pthread_mutex_lock(right); pthread_mutex_unlock(right); pthread_mutex_unlock(left); return u; }
static void *two(void *u) { pthread_mutex_lock(right); pthread_mutex_lock(left); pthread_mutex_unlock(left); pthread_mutex_unlock(right); return u; }
int main(void) {
  left = malloc(sizeof *left); right = malloc(sizeof *right);
  pthread_mutex_init(left, 0); pthread_mutex_init(right, 0);
  pthread_t t;
  pthread_create(&t, 0, one, 0); pthread_join(t, 0);
  pthread_create(&t, 0, two, 0); pthread_join(t, 0);
  return 0;
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
