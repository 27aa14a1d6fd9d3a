// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/recorder/KernelThreads.h"
#include "runtime/core/InternalLock.h"
#include "runtime/core/Options.h"
#include "runtime/core/Print.h"
#include <fcntl.h>
#include <signal.h>

namespace raddle {

bool threadExists(int Tid) {
  TextBuffer<64> Path;
  Path << "/proc/self/task/" << Tid;
  if (sys::call(SYS_faccessat, AT_FDCWD, long(Path.text()), 0) == 0)
    return true;
  // Without /proc nothing is known, and so nobody is said to be gone.
  return sys::call(SYS_faccessat, AT_FDCWD, long("/proc/self/task"), 0) != 0;
}

unsigned kernelThreads() {
  int Descriptor = sys::open("/proc/self/task", O_RDONLY | O_DIRECTORY);
  if (Descriptor < 0)
    return 0;
  unsigned Found = 0;
  alignas(8) char Buffer[4096];
  long Size;
  while ((Size = sys::call(SYS_getdents64, Descriptor, long(Buffer),
                           sizeof(Buffer))) > 0)
    for (long At = 0; At < Size;) {
      uint16_t Length;
      __builtin_memcpy(&Length, Buffer + At + 16, sizeof(Length));
      char First = Buffer[At + 19];
      Found += First >= '0' && First <= '9';
      At += Length;
    }
  sys::close(Descriptor);
  return Size == 0 ? Found : 0;
}

bool isAsleep(int Tid) {
  TextBuffer<64> Path;
  Path << "/proc/self/task/" << Tid << "/stat";
  int Descriptor = sys::open(Path.text(), O_RDONLY);
  if (Descriptor < 0)
    return false;
  char Text[128];
  long Size = sys::read(Descriptor, Text, sizeof(Text) - 1);
  sys::close(Descriptor);
  Text[Size > 0 ? Size : 0] = 0;
  char State = 0;
  // The name may hold parentheses of its own.
  for (const char *P = Text; *P; ++P)
    if (P[0] == ')' && P[1] == ' ')
      State = P[2];
  return State == 'S';
}

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
