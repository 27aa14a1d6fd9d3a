// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RADDLE_TESTDATA_RUNTIME_TABLE_CALLS_H
#define RADDLE_TESTDATA_RUNTIME_TABLE_CALLS_H

#include <cerrno>
#include <cstdio>

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

#endif
