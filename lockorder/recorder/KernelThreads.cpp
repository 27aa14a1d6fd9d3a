// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/recorder/KernelThreads.h"
#include "runtime/core/KernelTasks.h"
#include "runtime/core/Options.h"
#include "runtime/core/Sys.h"
#include <fcntl.h>
#include <signal.h>
#include <string.h>

namespace raddle {

unsigned kernelThreads() {
  unsigned Found = 0;
  bool All = forEachKernelThread(
      [](int, void *Count) { ++*static_cast<unsigned *>(Count); }, &Found);
  return All ? Found : 0;
}

bool isAsleep(int Tid) { return stateOf(Tid) == 'S'; }

bool hasSignalHandlers() {
  int Descriptor = sys::open("/proc/self/status", O_RDONLY);
  if (Descriptor < 0)
    return true;
  char Text[4096];
  long Size = sys::read(Descriptor, Text, sizeof(Text) - 1);
  sys::close(Descriptor);
  Text[Size > 0 ? Size : 0] = 0;
  const char *At = strstr(Text, "SigCgt:");
  if (!At)
    return true;
  uint64_t Mask = 0;
  for (At += 7; *At && *At != '\n'; ++At) {
    int Digit = *At >= '0' && *At <= '9'   ? *At - '0'
                : *At >= 'a' && *At <= 'f' ? *At - 'a' + 10
                                           : -1;
    if (Digit >= 0)
      Mask = Mask << 4 | uint64_t(Digit);
  }
  // 32 and 33 are libc's own: cancellation, and setuid for all threads.
  constexpr int Harmless[] = {SIGILL,  SIGTRAP, SIGABRT, SIGBUS, SIGFPE,
                              SIGSEGV, SIGSYS,  32,      33};
  for (int Signal : Harmless)
    Mask &= ~(uint64_t(1) << (Signal - 1));
  if (TheOptions.SnapshotSignal)
    Mask &= ~(uint64_t(1) << (TheOptions.SnapshotSignal - 1));
  return Mask != 0;
}

} // namespace raddle
