// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A callback is fetched under the lock and called without it: its owner may
// have taken it back and freed it.
#include "start.h"
#include <stdlib.h>

struct callback {
  void (*call)(struct callback *);
  int calls;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct callback *registered;

static void count(struct callback *c) { ++c->calls; }

static void *notify(void *unused) {
  pthread_mutex_lock(&lock);
  struct callback *c = registered;
#ifndef FIXED
  pthread_mutex_unlock(&lock);
#endif
  if (c)
    c->call(c);
#ifdef FIXED
  pthread_mutex_unlock(&lock);
#endif
  return unused;
}

static void *take_back(void *unused) {
  pthread_mutex_lock(&lock);
  struct callback *c = registered;
  registered = NULL;
  pthread_mutex_unlock(&lock);
  c->call = NULL;
  free(c);
  return unused;
}

int main(void) {
  registered = malloc(sizeof *registered);
  registered->call = count;
  registered->calls = 0;
  pthread_t one = start(notify, NULL), two = start(take_back, NULL);
  join(one);
  join(two);
  return 0;
}
