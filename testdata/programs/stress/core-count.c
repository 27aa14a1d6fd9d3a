// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pool has a worker for each core, at most two. A job that runs on it submits
// another one and waits for that: on one core it waits for itself, and on two
// cores two such jobs can take both workers.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "start.h"
#include <sched.h>

enum { OUTER = 1, INNER = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
// The last one in is the first one out.
static int jobs[8], count;
static int inner_done, outer_done, closed;

static void submit(int job) {
  jobs[count++] = job;
  pthread_cond_broadcast(&changed);
}

static void run(int job) {
  if (job == INNER) {
    ++inner_done;
    pthread_cond_broadcast(&changed);
    return;
  }
#ifdef FIXED
  run(INNER);
#else
  int before = inner_done;
  submit(INNER);
  while (inner_done == before)
    pthread_cond_wait(&changed, &lock);
#endif
  ++outer_done;
  pthread_cond_broadcast(&changed);
}

static void *work(void *unused) {
  pthread_mutex_lock(&lock);
  for (;;) {
    while (!count && !closed)
      pthread_cond_wait(&changed, &lock);
    if (!count)
      break;
    run(jobs[--count]);
  }
  pthread_mutex_unlock(&lock);
  return unused;
}

static void *client(void *unused) {
  pthread_mutex_lock(&lock);
  submit(OUTER);
  pthread_mutex_unlock(&lock);
  return unused;
}

int main(void) {
  cpu_set_t cores;
  sched_getaffinity(0, sizeof cores, &cores);
  int workers = CPU_COUNT(&cores) > 1 ? 2 : 1;
  pthread_t pool[2];
  for (int i = 0; i < workers; ++i)
    pool[i] = start(work, NULL);
  pthread_t one = start(client, NULL), two = start(client, NULL);
  pthread_mutex_lock(&lock);
  while (outer_done < 2)
    pthread_cond_wait(&changed, &lock);
  closed = 1;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
  join(one);
  join(two);
  for (int i = 0; i < workers; ++i)
    join(pool[i]);
  return 0;
}
