// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-leaked-thread "for the system call read on pipe:["
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

static int ends[2];

static void *reader(void *unused) {
  char byte;
  while (read(ends[0], &byte, 1) == 1)
    ;
  return unused;
}

int main(void) {
  pthread_t thread;
  if (pipe(ends) != 0 || pthread_create(&thread, NULL, reader, NULL) != 0)
    return 1;
  pthread_detach(thread);
  return 0;
}
