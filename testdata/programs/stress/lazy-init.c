// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The first user makes the table. Two users can both be the first.
#include "start.h"

struct table {
  int users;
};

static struct table tables[2];
static struct table *table;
static int made;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *use(void *unused) {
#ifdef FIXED
  pthread_mutex_lock(&lock);
#endif
  if (!table)
    table = &tables[made++];
#ifndef FIXED
  pthread_mutex_lock(&lock);
#endif
  ++table->users;
  pthread_mutex_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t one = start(use, NULL), two = start(use, NULL);
  join(one);
  join(two);
  assert(table->users == 2);
  return 0;
}
