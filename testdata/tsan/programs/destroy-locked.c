#include <pthread.h>
#include <stdlib.h>
int main(void) { pthread_mutex_t *m = malloc(sizeof *m); pthread_mutex_init(m, 0); pthread_mutex_lock(m); pthread_mutex_destroy(m); return 0; }
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
