// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: locks
// EXPECT: none
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <threads.h>

static mtx_t a, b;
static atomic_int turn;

static int forth(void *unused) {
  (void)unused;
  mtx_lock(&a);
  mtx_lock(&b);
  mtx_unlock(&b);
  mtx_unlock(&a);
  atomic_fetch_add(&turn, 1);
  return 0;
}

static int back(void *unused) {
  (void)unused;
  while (atomic_load(&turn) < 1)
    sched_yield();
  mtx_lock(&a);
  mtx_lock(&b);
  mtx_unlock(&b);
  mtx_unlock(&a);
  return 0;
}

int main(void) {
  thrd_t one, two;
  mtx_init(&a, mtx_plain);
  mtx_init(&b, mtx_plain);
  thrd_create(&one, forth, NULL);
  thrd_create(&two, back, NULL);
  thrd_join(one, NULL);
  thrd_join(two, NULL);
  mtx_destroy(&b);
  mtx_destroy(&a);
  return 0;
}
