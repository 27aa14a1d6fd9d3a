// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A condition variable is destroyed by a thread that has the mutex, while
// another one waits for it (left), has been woken (woken), or waits for a
// time (timed).
#include <cstdio>
#include <cstring>
#include <ctime>
#include <pthread.h>
#include <sched.h>

namespace {

pthread_mutex_t Lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t Changed = PTHREAD_COND_INITIALIZER;
bool Waits = false, Timed = false;

void *wait(void *Unused) {
  pthread_mutex_lock(&Lock);
  Waits = true;
  if (Timed) {
    timespec Until;
    clock_gettime(CLOCK_REALTIME, &Until);
    Until.tv_nsec += 1000000;
    Until.tv_sec += Until.tv_nsec / 1000000000;
    Until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&Changed, &Lock, &Until);
  } else {
    pthread_cond_wait(&Changed, &Lock);
  }
  pthread_mutex_unlock(&Lock);
  return Unused;
}

} // namespace

int main(int, char **Arguments) {
  Timed = !strcmp(Arguments[1], "timed");
  pthread_t Waiter;
  pthread_create(&Waiter, nullptr, wait, nullptr);
  for (;;) {
    pthread_mutex_lock(&Lock);
    if (Waits)
      break;
    pthread_mutex_unlock(&Lock);
    sched_yield();
  }
  // Once it can be locked, the other one waits.
  if (!strcmp(Arguments[1], "woken"))
    pthread_cond_broadcast(&Changed);
  pthread_cond_destroy(&Changed);
  std::printf("destroyed\n");
  pthread_mutex_unlock(&Lock);
  pthread_join(Waiter, nullptr);
  std::printf("over\n");
}
