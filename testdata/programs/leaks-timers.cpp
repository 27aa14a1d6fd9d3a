// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// leaks-timers CASE: timers that are left, and their twins.
#include "raddle/raddle.h"
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <initializer_list>
#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace {

constexpr itimerspec InAnHour = {{0, 0}, {3600, 0}};
constexpr itimerspec Never = {{0, 0}, {0, 0}};

void nothing(sigval) {}

__attribute__((noinline)) timer_t makeTimer(int Notify) {
  sigevent Event = {};
  Event.sigev_notify = Notify;
  Event.sigev_signo = SIGUSR1;
  Event.sigev_notify_function = nothing;
  timer_t Timer;
  if (timer_create(CLOCK_MONOTONIC, &Event, &Timer) != 0)
    exit(77);
  return Timer;
}

__attribute__((noinline)) int makeFile(bool Arm) {
  int File = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  if (File < 0)
    exit(77);
  if (Arm)
    timerfd_settime(File, 0, &InAnHour, nullptr);
  return File;
}

void armed() { timer_settime(makeTimer(SIGEV_SIGNAL), 0, &InAnHour, nullptr); }
void thread() { timer_settime(makeTimer(SIGEV_THREAD), 0, &InAnHour, nullptr); }
void idle() {
  timer_t Timer = makeTimer(SIGEV_SIGNAL);
  timer_settime(Timer, 0, &InAnHour, nullptr);
  timer_settime(Timer, 0, &Never, nullptr);
}
// Nobody will hear of it.
void silent() { timer_settime(makeTimer(SIGEV_NONE), 0, &InAnHour, nullptr); }
void deleted() {
  for (int Notify : {SIGEV_SIGNAL, SIGEV_THREAD}) {
    timer_t Timer = makeTimer(Notify);
    timer_settime(Timer, 0, &InAnHour, nullptr);
    timer_delete(Timer);
  }
}
void perIteration() {
  for (int I = 0; I != 10; ++I)
    timer_settime(makeTimer(SIGEV_SIGNAL), 0, &InAnHour, nullptr);
}
void manyDeleted() {
  timer_t All[50];
  for (timer_t &T : All)
    T = makeTimer(SIGEV_SIGNAL);
  // In an order of its own; one is left.
  for (int I = 0; I != 50; ++I)
    if (I * 7 % 50 != 3)
      timer_delete(All[I * 7 % 50]);
}

void file() { makeFile(true); }
void filePeriodic() {
  constexpr itimerspec Often = {{0, 1000000}, {0, 1000000}};
  int File = makeFile(false);
  timerfd_settime(File, 0, &Often, nullptr);
  pollfd Ready = {File, POLLIN, 0};
  poll(&Ready, 1, -1);
}
void fileClosed() { close(makeFile(true)); }
void fileIdle() {
  int File = makeFile(true);
  timerfd_settime(File, 0, &Never, nullptr);
}
void fileFired() {
  constexpr itimerspec Soon = {{0, 0}, {0, 1}};
  int File = makeFile(false);
  timerfd_settime(File, 0, &Soon, nullptr);
  pollfd Ready = {File, POLLIN, 0};
  poll(&Ready, 1, -1);
}
// Closed behind everybody's back; the number is another file's now.
void fileReplaced() {
  int File = makeFile(true), Other = open("/dev/null", O_RDONLY);
  dup2(Other, File);
}
void baseline() {
  armed();
  file();
  raddle_leak_baseline();
  file();
}
void test() {
  uint32_t Test = raddle_test_begin("with a timer");
  armed();
  size_t Left = raddle_test_end(Test, nullptr, 0);
  printf("left %zu\n", Left);
}

struct Case {
  const char *Name;
  void (*Run)();
};
const Case Cases[] = {{"armed", armed},
                      {"thread", thread},
                      {"idle", idle},
                      {"silent", silent},
                      {"deleted", deleted},
                      {"per-iteration", perIteration},
                      {"many-deleted", manyDeleted},
                      {"file", file},
                      {"file-periodic", filePeriodic},
                      {"file-closed", fileClosed},
                      {"file-idle", fileIdle},
                      {"file-fired", fileFired},
                      {"file-replaced", fileReplaced},
                      {"baseline", baseline},
                      {"test", test}};

} // namespace

int main(int Count, char **Arguments) {
  for (const Case &C : Cases)
    if (Count > 1 && std::strcmp(C.Name, Arguments[1]) == 0) {
      C.Run();
      puts("done");
      fflush(stdout);
      return 0;
    }
  return 2;
}
