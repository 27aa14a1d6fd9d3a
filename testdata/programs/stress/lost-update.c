// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// "a = a + 1" on an atomic number: two atomic steps, and an update is lost
// between them without a data race.
#include "start.h"
#include <stdatomic.h>

static atomic_int hits;

static void *hit(void *unused) {
#ifdef FIXED
  atomic_fetch_add(&hits, 1);
#else
  hits = hits + 1;
#endif
  return unused;
}

int main(void) {
  pthread_t one = start(hit, NULL), two = start(hit, NULL);
  join(one);
  join(two);
  assert(hits == 2);
  return 0;
}
