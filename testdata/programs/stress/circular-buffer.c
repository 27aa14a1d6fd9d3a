// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One producer and one consumer share a ring without a lock. The producer
// announces the item before it is in the ring.
#include "start.h"
#include <stdatomic.h>
#include <stdbool.h>

enum { PLACES = 2, ITEMS = 3 };

static atomic_uint first, next;
static int ring[PLACES];

static bool put(int item) {
  unsigned at = atomic_load(&next);
  if (at - atomic_load(&first) == PLACES)
    return false;
#ifdef FIXED
  ring[at % PLACES] = item;
  atomic_store(&next, at + 1);
#else
  atomic_store(&next, at + 1);
  ring[at % PLACES] = item;
#endif
  return true;
}

static bool take(int *item) {
  unsigned at = atomic_load(&first);
  if (at == atomic_load(&next))
    return false;
  *item = ring[at % PLACES];
  atomic_store(&first, at + 1);
  return true;
}

static void *produce(void *unused) {
  for (int i = 1; i <= ITEMS && put(i); ++i)
    ;
  return unused;
}

static void *consume(void *unused) {
  int expected = 1, item;
  for (int i = 0; i < ITEMS; ++i)
    if (take(&item))
      assert(item == expected++);
  return unused;
}

int main(void) {
  pthread_t producer = start(produce, NULL), consumer = start(consume, NULL);
  join(producer);
  join(consumer);
  return 0;
}
