// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each thread has one lock, tries the other one, and on failure gives its own
// back and starts again at once. In step, or while the other one is held up,
// nobody gets both, and the order is dropped after a few tries.
#include "start.h"

enum { TRIES = 3 };

static pthread_mutex_t stock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t orders = PTHREAD_MUTEX_INITIALIZER;
static int moved;

static void move(pthread_mutex_t *mine, pthread_mutex_t *other) {
#ifdef FIXED
  (void)mine, (void)other;
  pthread_mutex_lock(&stock);
  pthread_mutex_lock(&orders);
  ++moved;
  pthread_mutex_unlock(&orders);
  pthread_mutex_unlock(&stock);
#else
  for (int i = 0; i < TRIES; ++i) {
    pthread_mutex_lock(mine);
    if (!pthread_mutex_trylock(other)) {
      ++moved;
      pthread_mutex_unlock(other);
      pthread_mutex_unlock(mine);
      return;
    }
    pthread_mutex_unlock(mine);
  }
#endif
}

static void *reserve(void *unused) {
  move(&stock, &orders);
  return unused;
}

static void *cancel(void *unused) {
  move(&orders, &stock);
  return unused;
}

int main(void) {
  pthread_t one = start(reserve, NULL), two = start(cancel, NULL);
  join(one);
  join(two);
  assert(moved == 2);
  return 0;
}
