// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A work-stealing queue: the owner takes at the tail without a lock, thieves at
// the head with one. The owner looks at the head before it announces what it
// takes, so that both can get the last item.
#include "start.h"
#include <stdatomic.h>
#include <stdbool.h>

enum { ITEMS = 3 };

static atomic_int head, tail;
static int items[ITEMS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int taken[ITEMS];

static void push(int item) {
  int at = atomic_load(&tail);
  items[at] = item;
  atomic_store(&tail, at + 1);
}

static bool pop(int *item) {
  int at = atomic_load(&tail) - 1;
#ifdef FIXED
  atomic_store(&tail, at);
  if (atomic_load(&head) > at) {
    atomic_store(&tail, at + 1);
    pthread_mutex_lock(&lock);
    bool empty = atomic_load(&head) > at;
    if (!empty)
      atomic_store(&tail, at);
    pthread_mutex_unlock(&lock);
    if (empty)
      return false;
  }
#else
  if (atomic_load(&head) > at)
    return false;
  atomic_store(&tail, at);
#endif
  *item = items[at];
  return true;
}

static bool steal(int *item) {
  pthread_mutex_lock(&lock);
  int at = atomic_load(&head);
  atomic_store(&head, at + 1);
  bool found = at < atomic_load(&tail);
  if (found)
    *item = items[at];
  else
    atomic_store(&head, at);
  pthread_mutex_unlock(&lock);
  return found;
}

static void take(int item) { assert(atomic_fetch_add(&taken[item], 1) == 0); }

static void *thief(void *unused) {
  int item;
  for (int i = 0; i < 2; ++i)
    if (steal(&item))
      take(item);
  return unused;
}

int main(void) {
  pthread_t other = start(thief, NULL);
  int item;
  push(0);
  push(1);
  if (pop(&item))
    take(item);
  push(2);
  while (pop(&item))
    take(item);
  join(other);
  for (int i = 0; i < ITEMS; ++i)
    assert(atomic_load(&taken[i]) == 1);
  return 0;
}
