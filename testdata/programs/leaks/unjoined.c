// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-unjoined-thread "never joined"
#include <pthread.h>
#include <stddef.h>

static void *work(void *argument) { return argument; }

int main(void) {
  pthread_t thread;
  return pthread_create(&thread, NULL, work, NULL);
}
