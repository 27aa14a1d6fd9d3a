// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A spin lock that looks and takes in two steps: two threads are inside. The
// twin exchanges.
#include "start.h"
#include <stdatomic.h>

static atomic_int held;
static volatile int inside;

static void *work(void *unused) {
#ifdef FIXED
  while (atomic_exchange(&held, 1))
    ;
#else
  while (atomic_load(&held))
    ;
  atomic_store(&held, 1);
#endif
  assert(inside == 0);
  inside = 1;
  assert(inside == 1);
  inside = 0;
  atomic_store(&held, 0);
  return unused;
}

int main(void) {
  pthread_t one = start(work, NULL), two = start(work, NULL);
  join(one);
  join(two);
  return 0;
}
