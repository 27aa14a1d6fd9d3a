// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A linked stack whose push reads the top and sets it in two steps: an item is
// lost. Both are atomic; there is no data race.
#include "start.h"
#include <stdatomic.h>

struct node {
  struct node *below;
};

static struct node *_Atomic top;
static struct node nodes[3];

static void push(struct node *n) {
#ifdef FIXED
  n->below = atomic_load(&top);
  while (!atomic_compare_exchange_weak(&top, &n->below, n))
    ;
#else
  n->below = atomic_load(&top);
  atomic_store(&top, n);
#endif
}

static void *run_push(void *node) {
  push(node);
  return NULL;
}

int main(void) {
  pthread_t threads[3];
  for (int i = 0; i < 3; ++i)
    threads[i] = start(run_push, &nodes[i]);
  for (int i = 0; i < 3; ++i)
    join(threads[i]);
  int depth = 0;
  for (struct node *n = atomic_load(&top); n; n = n->below)
    ++depth;
  assert(depth == 3);
  return 0;
}
