// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Starting and joining the programs' threads.
#ifndef RADDLE_TESTDATA_PROGRAMS_STRESS_START_H
#define RADDLE_TESTDATA_PROGRAMS_STRESS_START_H

// A failed check is how most of these programs fail, in every build.
#undef NDEBUG
#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

static inline pthread_t start(void *(*body)(void *), void *argument) {
  pthread_t thread;
  // Not one of the failures that are looked for.
  if (pthread_create(&thread, NULL, body, argument))
    _exit(0);
  return thread;
}

static inline void join(pthread_t thread) { pthread_join(thread, NULL); }

#endif
