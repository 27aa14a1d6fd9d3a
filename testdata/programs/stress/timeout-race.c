// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who waited long enough gives the lock back before it marks the request as
// abandoned: the answer comes between the two, and is delivered to nobody.
#include "start.h"
#include <errno.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;
static int answer, abandoned, delivered, received;

static void *ask(void *unused) {
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_nsec += 1000000;
  if (end.tv_nsec >= 1000000000) {
    end.tv_nsec -= 1000000000;
    ++end.tv_sec;
  }
  pthread_mutex_lock(&lock);
  int result = 0;
  while (!answer && result != ETIMEDOUT)
    result = pthread_cond_timedwait(&answered, &lock, &end);
  received = answer;
#ifndef FIXED
  pthread_mutex_unlock(&lock);
  pthread_mutex_lock(&lock);
#endif
  abandoned = !received;
  pthread_mutex_unlock(&lock);
  return unused;
}

static void *reply(void *unused) {
  // Works about as long as the other one is ready to wait.
  usleep(1000);
  pthread_mutex_lock(&lock);
  if (!abandoned) {
    answer = delivered = 1;
    pthread_cond_signal(&answered);
  }
  pthread_mutex_unlock(&lock);
  return unused;
}

int main(void) {
  pthread_t one = start(ask, NULL), two = start(reply, NULL);
  join(one);
  join(two);
  assert(delivered == received);
  return 0;
}
