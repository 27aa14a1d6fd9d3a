// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The main thread waits for the last item, not for the consumer, and takes the
// queue down while the consumer looks for more.
#include "start.h"
#include <stdlib.h>

enum { ITEMS = 2 };

struct queue {
  int count, closed;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct queue *queue;
static int processed;

static void *consume(void *unused) {
  for (;;) {
    pthread_mutex_lock(&lock);
    while (!queue->count && !queue->closed)
      pthread_cond_wait(&changed, &lock);
    int done = !queue->count;
    if (!done) {
      --queue->count;
      ++processed;
      pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&lock);
    if (done)
      return unused;
  }
}

static void take_down(void) {
  pthread_mutex_lock(&lock);
  free(queue);
  queue = NULL;
  pthread_mutex_unlock(&lock);
}

int main(void) {
  queue = calloc(1, sizeof *queue);
  pthread_t consumer = start(consume, NULL);
  pthread_mutex_lock(&lock);
  queue->count = ITEMS;
  queue->closed = 1;
  pthread_cond_broadcast(&changed);
  while (processed < ITEMS)
    pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
#ifdef FIXED
  join(consumer);
  take_down();
#else
  take_down();
  join(consumer);
#endif
  return 0;
}
