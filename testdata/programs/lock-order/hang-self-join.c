// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: hang
// EXPECT: raddle-deadlock "itself"
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

// glibc refuses it, so nothing hangs; but whoever does not look at the result
// goes on without what was to be waited for.
static void *work(void *unused) {
  pthread_join(pthread_self(), NULL);
  return unused;
}

int main(void) {
  alarm(5);
  pthread_t other;
  pthread_create(&other, NULL, work, NULL);
  pthread_join(other, NULL);
  return 0;
}
