// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A lock-free stack of nodes that are used again. Between its read of the top's
// neighbour and its exchange, pop does not notice that the top was taken and
// came back with another neighbour.
#include "start.h"
#include <stdatomic.h>
#include <stdint.h>

enum { NODES = 3, NONE = NODES };

static atomic_int below[NODES];
static atomic_int owned[NODES];
// Low half: the top; high half: a count, which only the corrected twin keeps.
static _Atomic uint64_t top;

static uint64_t with_top(uint64_t before, int node) {
#ifdef FIXED
  uint64_t count = (before >> 32) + 1;
#else
  uint64_t count = before >> 32;
#endif
  return count << 32 | (uint32_t)node;
}

static void push(int node) {
  atomic_exchange(&owned[node], 0);
  uint64_t now = atomic_load(&top);
  do
    atomic_store(&below[node], (int)(uint32_t)now);
  while (!atomic_compare_exchange_weak(&top, &now, with_top(now, node)));
}

static int pop(void) {
  uint64_t now = atomic_load(&top);
  int node, next;
  do {
    node = (int)(uint32_t)now;
    if (node == NONE)
      return NONE;
    next = atomic_load(&below[node]);
  } while (!atomic_compare_exchange_weak(&top, &now, with_top(now, next)));
  assert(atomic_exchange(&owned[node], 1) == 0);
  return node;
}

static void *pop_two(void *unused) {
  pop();
  pop();
  return unused;
}

static void *pop_two_and_give_one_back(void *unused) {
  int first = pop();
  pop();
  if (first != NONE)
    push(first);
  return unused;
}

int main(void) {
  atomic_store(&top, NONE);
  for (int i = 0; i < NODES; ++i)
    push(i);
  pthread_t one = start(pop_two, NULL);
  pthread_t two = start(pop_two_and_give_one_back, NULL);
  join(one);
  join(two);
  return 0;
}
