// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dmitry Vyukov's SafeStack: a lock-free stack of three nodes that does not
// reuse a node while its neighbour is being read, or so it seems. Three threads
// and five preemptions give one node to two of them.
#include "start.h"
#include <stdatomic.h>
#include <stdint.h>

enum { NODES = 3, NONE = -1 };

static atomic_int below[NODES];
static atomic_int user[NODES];
#ifdef FIXED

// Low half: the top; high half: a count.
static _Atomic uint64_t top;

static uint64_t with_top(uint64_t before, int node) {
  return ((before >> 32) + 1) << 32 | (uint32_t)node;
}

static int pop(void) {
  uint64_t now = atomic_load(&top);
  int node, next;
  do {
    node = (int)(uint32_t)now;
    if (node == NONE)
      return NONE;
    next = atomic_load(&below[node]);
  } while (!atomic_compare_exchange_strong(&top, &now, with_top(now, next)));
  return node;
}

static void push(int node) {
  uint64_t now = atomic_load(&top);
  do
    atomic_store(&below[node], (int)(uint32_t)now);
  while (!atomic_compare_exchange_strong(&top, &now, with_top(now, node)));
}

#else

static atomic_int top, count = NODES;

static int pop(void) {
  while (atomic_load(&count) > 1) {
    int node = atomic_load(&top);
    // Nobody else can take the node while its neighbour is not in it.
    int next = atomic_exchange(&below[node], NONE);
    if (next == NONE)
      continue;
    int expected = node;
    if (atomic_compare_exchange_strong(&top, &expected, next)) {
      atomic_fetch_sub(&count, 1);
      return node;
    }
    atomic_exchange(&below[node], next);
  }
  return NONE;
}

static void push(int node) {
  int now = atomic_load(&top);
  do
    atomic_store(&below[node], now);
  while (!atomic_compare_exchange_strong(&top, &now, node));
  atomic_fetch_add(&count, 1);
}

#endif

static void *work(void *number) {
  int me = (int)(intptr_t)number;
  for (int i = 0; i < 2; ++i) {
    int node;
    do
      node = pop();
    while (node == NONE);
    atomic_store(&user[node], me);
    assert(atomic_load(&user[node]) == me);
    push(node);
  }
  return NULL;
}

int main(void) {
  for (int i = 0; i < NODES; ++i)
    atomic_store(&below[i], i + 1 < NODES ? i + 1 : NONE);
  atomic_store(&top, 0);
  pthread_t threads[3];
  for (int i = 0; i < 3; ++i)
    threads[i] = start(work, (void *)(intptr_t)(i + 1));
  for (int i = 0; i < 3; ++i)
    join(threads[i]);
  return 0;
}
