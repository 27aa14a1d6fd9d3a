// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The count goes down in one step and is looked at in another: two owners can
// both find it 0, and both destroy.
#include "start.h"
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int owners = 2;
static atomic_int destroyed;
static int *shared;

static void release(void) {
#ifdef FIXED
  int left = atomic_fetch_sub(&owners, 1) - 1;
#else
  atomic_fetch_sub(&owners, 1);
  int left = atomic_load(&owners);
#endif
  if (left)
    return;
  assert(atomic_fetch_add(&destroyed, 1) == 0);
  free(shared);
}

static void *own(void *unused) {
  release();
  return unused;
}

int main(void) {
  shared = malloc(sizeof *shared);
  pthread_t one = start(own, NULL), two = start(own, NULL);
  join(one);
  join(two);
  assert(destroyed == 1);
  return 0;
}
