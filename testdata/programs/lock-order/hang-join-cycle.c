// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: raddle-deadlock "3 threads"
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

// glibc refuses two threads that join each other; three it does not see.
static pthread_t threads[3];
static pthread_barrier_t started;

static void *join_next(void *index) {
  size_t next = ((size_t)index + 1) % 3;
  pthread_barrier_wait(&started);
  pthread_join(threads[next], NULL);
  return NULL;
}

int main(void) {
  alarm(5);
  pthread_barrier_init(&started, NULL, 4);
  for (size_t i = 0; i < 3; ++i)
    pthread_create(&threads[i], NULL, join_next, (void *)i);
  pthread_barrier_wait(&started);
  for (;;)
    pause();
}
