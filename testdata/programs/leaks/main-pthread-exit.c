// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: none
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

static void *work(void *argument) {
  usleep(50000);
  return argument;
}

/* The process ends with its last thread. */
int main(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, work, NULL) != 0)
    return 1;
  pthread_detach(thread);
  pthread_exit(NULL);
}
