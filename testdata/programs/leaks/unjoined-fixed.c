// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: none
#include <pthread.h>
#include <stddef.h>

static void *work(void *argument) { return argument; }

int main(void) {
  pthread_t joined, detached;
  if (pthread_create(&joined, NULL, work, NULL) != 0 ||
      pthread_create(&detached, NULL, work, NULL) != 0)
    return 1;
  pthread_detach(detached);
  return pthread_join(joined, NULL);
}
