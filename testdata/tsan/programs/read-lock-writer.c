#include <pthread.h>
static pthread_rwlock_t m;
extern void __tsan_mutex_pre_lock(void *, unsigned), __tsan_mutex_post_lock(void *, unsigned, int);
int main(void) { pthread_rwlock_init(&m, 0); pthread_rwlock_wrlock(&m);
 __tsan_mutex_pre_lock(&m, 1<<3); __tsan_mutex_post_lock(&m, 1<<3, 0); return 0; }
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
