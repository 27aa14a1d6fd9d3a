#include <pthread.h>
static pthread_mutex_t m;
static void *other(void *u) { pthread_mutex_unlock(&m); return u; }
int main(void) { pthread_mutex_init(&m, 0); pthread_mutex_lock(&m); pthread_t t; pthread_create(&t, 0, other, 0); pthread_join(t, 0); return 0; }
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
