// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MODE: leaks
// EXPECT: none
#include <signal.h>
#include <stddef.h>
#include <time.h>

int main(void) {
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                           .sigev_signo = SIGALRM};
  timer_t timer;
  struct itimerspec hour = {.it_value = {.tv_sec = 3600}};
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 ||
      timer_settime(timer, 0, &hour, NULL) != 0)
    return 1;
  return timer_delete(timer);
}
