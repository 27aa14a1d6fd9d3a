// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A barrier of its own, used for two phases: it is empty again when all have
// come. Who is quick comes to the second phase before the slow one has seen
// that the first is over, and both wait.
#include "start.h"

enum { THREADS = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_came = PTHREAD_COND_INITIALIZER;
static int came;
static int phase;

static void wait_for_all(void) {
  pthread_mutex_lock(&lock);
  int mine = phase;
  if (++came == THREADS) {
    came = 0;
    ++phase;
    pthread_cond_broadcast(&all_came);
  }
#ifdef FIXED
  while (phase == mine)
    pthread_cond_wait(&all_came, &lock);
#else
  (void)mine;
  while (came)
    pthread_cond_wait(&all_came, &lock);
#endif
  pthread_mutex_unlock(&lock);
}

static void compute(void) {
  for (int i = 0; i < 1000000; ++i)
    __asm__ volatile("" : "+r"(i));
}

static void *work(void *unused) {
  wait_for_all();
  compute();
  wait_for_all();
  return unused;
}

int main(void) {
  pthread_t one = start(work, NULL), two = start(work, NULL);
  join(one);
  join(two);
  return 0;
}
