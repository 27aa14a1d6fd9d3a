// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: raddle-unjoined-thread "never joined"
#include <stddef.h>
#include <threads.h>

static int work(void *argument) { return argument != NULL; }

int main(void) {
  thrd_t thread;
  return thrd_create(&thread, work, NULL) != thrd_success;
}
