// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls every function of the interposition table, so that it succeeds, and so
// that it fails, and prints result and errno of each call.
#include "calls.h"
#include <cstdlib>
#include <pthread.h>
#include <random>
#include <sched.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/time.h>
#include <threads.h>
#include <unistd.h>

namespace {

void *nothing(void *) { return nullptr; }
int nothingC11(void *) { return 7; }
void *untilCancelled(void *) {
  for (;;)
    sleep(100);
}

void threads() {
  pthread_t T;
  timespec At;
  SHOW(pthread_create(&T, nullptr, nothing, nullptr));
  pthread_attr_t Attributes;
  pthread_attr_init(&Attributes);
  SHOW(pthread_join(T, nullptr));
  SHOW(pthread_join(pthread_self(), nullptr));
  pthread_create(&T, nullptr, untilCancelled, nullptr);
  SHOW(pthread_setname_np(T, "worker"));
  SHOW(pthread_setname_np(T, "a name that is too long"));
  SHOW(pthread_tryjoin_np(T, nullptr));
  At = soon();
  SHOW(pthread_timedjoin_np(T, nullptr, &At));
  At = soon(CLOCK_MONOTONIC);
  SHOW(pthread_clockjoin_np(T, nullptr, CLOCK_MONOTONIC, &At));
  SHOW(pthread_kill(T, 0));
  SHOW(pthread_kill(T, 77));
  SHOW(pthread_cancel(T));
  SHOW(pthread_join(T, nullptr));
  pthread_attr_setdetachstate(&Attributes, PTHREAD_CREATE_DETACHED);
  pthread_t Detached;
  SHOW(pthread_create(&Detached, &Attributes, nothing, nullptr));
  pthread_create(&T, nullptr, nothing, nullptr);
  SHOW(pthread_detach(T));
  pthread_create(
      &T, nullptr, [](void *) -> void * { pthread_exit(nullptr); }, nullptr);
  SHOW(pthread_join(T, nullptr));
  thrd_t C;
  int Value = 0;
  SHOW(thrd_create(&C, nothingC11, nullptr));
  SHOW(thrd_join(C, &Value));
  SHOW(Value);
  thrd_create(&C, nothingC11, nullptr);
  SHOW(thrd_detach(C));
  thrd_create(&C, [](void *) -> int { thrd_exit(9); }, nullptr);
  SHOW(thrd_join(C, &Value));
  SHOW(Value);
  SHOW(thrd_sleep(&Short, nullptr));
  SHOW(thrd_sleep(&Bad, nullptr));
}

void cores() {
  cpu_set_t Set;
  SHOW(sched_getaffinity(0, sizeof(Set), &Set));
  SHOW(CPU_COUNT(&Set));
  SHOW(sched_getaffinity(0, 0, &Set));
  SHOW(pthread_getaffinity_np(pthread_self(), sizeof(Set), &Set));
  SHOW(CPU_COUNT(&Set));
}

int Onces = 0;

/// Numbers that differ from run to run are not printed.
void clocksAndMore() {
  static pthread_once_t Control = PTHREAD_ONCE_INIT;
  SHOW(pthread_once(&Control, [] { ++Onces; }));
  SHOW(pthread_once(&Control, [] { ++Onces; }));
  static once_flag Flag = ONCE_FLAG_INIT;
  SHOW((call_once(&Flag, [] { ++Onces; }), Onces));
  SHOW(sched_yield());
  SHOW((thrd_yield(), 0));
  timespec At, Later;
  timeval Day;
  SHOW(clock_gettime(CLOCK_MONOTONIC, &At));
  SHOW(clock_gettime(77, &At));
  clock_gettime(CLOCK_MONOTONIC, &Later);
  SHOW(Later.tv_sec > At.tv_sec ||
       (Later.tv_sec == At.tv_sec && Later.tv_nsec >= At.tv_nsec));
  SHOW(gettimeofday(&Day, nullptr));
  time_t Seconds = 0;
  SHOW(time(&Seconds) == Seconds);
  // It is behind by a tick.
  SHOW(time(nullptr) + 1 >= Day.tv_sec);
  SHOW(timespec_get(&At, TIME_UTC));
  SHOW(timespec_get(&At, 77));
  SHOW(At.tv_sec >= Day.tv_sec);
  char Bytes[300];
  SHOW(getrandom(Bytes, sizeof(Bytes), 0));
  SHOW(getrandom(Bytes, sizeof(Bytes), ~0u));
  SHOW(getentropy(Bytes, 16));
  SHOW(getentropy(Bytes, sizeof(Bytes)));
  SHOW((arc4random(), arc4random_buf(Bytes, sizeof(Bytes)), 0));
  SHOW(arc4random_uniform(10) < 10);
  std::random_device Device;
  SHOW((Device(), 0));
}

} // namespace

int main() {
  threads();
  locks();
  waits();
  cores();
  clocksAndMore();
  files();
  children();
  fflush(stdout);
  quick_exit(5);
}
