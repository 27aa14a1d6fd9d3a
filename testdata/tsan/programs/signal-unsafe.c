#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <pthread.h>
static void *volatile p;
static void handler(int s) { p = malloc(10 + s); free(p); }
static void *nothing(void *u) { return u; }
int main(void) {
  pthread_t t; pthread_create(&t, 0, nothing, 0); pthread_join(t, 0);
  struct sigaction a = {0}; a.sa_handler = handler; sigaction(SIGPROF, &a, 0);
  kill(getpid(), SIGPROF); sleep(1); return 0;
}
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
