// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ends of the process, as the argument says, with threads that still run.
#include "check.h"
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

pthread_mutex_t First = PTHREAD_MUTEX_INITIALIZER,
                Second = PTHREAD_MUTEX_INITIALIZER;
std::atomic<int> Begun{0};

void *forever(void *) {
  for (;;) {
    pthread_mutex_lock(&First);
    pthread_mutex_lock(&Second);
    pthread_mutex_unlock(&Second);
    pthread_mutex_unlock(&First);
    ++Begun;
  }
}

void *exitNow(void *Code) { exit(int(long(Code))); }

void *laterOutput(void *) {
  while (Begun < 1000)
    sched_yield();
  usleep(20000);
  puts("the last thread");
  fflush(stdout);
  exit(12);
}

} // namespace

int main(int, char **Arguments) {
  // No core file.
  rlimit None = {0, 0};
  setrlimit(RLIMIT_CORE, &None);
  const char *How = Arguments[1];
  auto Is = [=](const char *What) { return strcmp(How, What) == 0; };
  pthread_t T;
  for (int I = 0; I != 3; ++I)
    pthread_create(&T, nullptr, forever, nullptr);
  while (Begun < 1000)
    sched_yield();
  puts("now");
  fflush(stdout);
  if (Is("return"))
    return 3;
  if (Is("exit"))
    exit(4);
  if (Is("_exit"))
    _exit(5);
  if (Is("_Exit"))
    _Exit(6);
  if (Is("quick_exit"))
    quick_exit(7);
  if (Is("abort"))
    abort();
  if (Is("terminate"))
    throw 1;
  if (Is("kill"))
    raise(SIGKILL);
  if (Is("term"))
    kill(getpid(), SIGTERM);
  if (Is("segv"))
    *static_cast<volatile int *>(nullptr) = 1;
  if (Is("two-exits")) {
    // At once, from threads; either is fine.
    for (int I = 0; I != 4; ++I)
      pthread_create(&T, nullptr, exitNow, reinterpret_cast<void *>(9L));
    exit(9);
  }
  if (Is("exit-in-thread")) {
    pthread_create(&T, nullptr, exitNow, reinterpret_cast<void *>(10L));
    pthread_join(T, nullptr);
  }
  if (Is("exit-with-lock")) {
    pthread_mutex_lock(&First);
    exit(11);
  }
  if (Is("main-first")) {
    pthread_create(&T, nullptr, laterOutput, nullptr);
    pthread_exit(nullptr);
  }
  for (;;)
    pause();
}
