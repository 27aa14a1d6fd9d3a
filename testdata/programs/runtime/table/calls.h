// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the parts of this program share.
#ifndef RADDLE_TESTDATA_RUNTIME_TABLE_CALLS_H
#define RADDLE_TESTDATA_RUNTIME_TABLE_CALLS_H

#include <cerrno>
#include <cstdio>
#include <ctime>

/// What the call returns, and errno, which is set to a number of no error
/// before.
template <typename Function> void show(const char *Call, Function Do) {
  errno = 4321;
  long Result = long(Do());
  int After = errno;
  std::printf("%s = %ld", Call, Result);
  if (After != 4321)
    std::printf(", errno %d", After);
  std::putchar('\n');
}

#define SHOW(Call) show(#Call, [&] { return Call; })

inline timespec soon(clockid_t Clock = CLOCK_REALTIME) {
  timespec T;
  clock_gettime(Clock, &T);
  T.tv_nsec += 2000000;
  if (T.tv_nsec >= 1000000000)
    T.tv_nsec -= 1000000000, ++T.tv_sec;
  return T;
}
const timespec Bad = {0, -1}, Short = {0, 100000};

// The parts with a file of their own.
void locks();
void waits();
void files();
void children();

#endif
