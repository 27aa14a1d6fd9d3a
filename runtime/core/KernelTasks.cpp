// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/core/KernelTasks.h"
#include "runtime/core/Print.h"
#include <fcntl.h>
#include <sys/syscall.h>

namespace raddle {

static int numberOf(const char *Name) {
  int Value = 0;
  for (; *Name >= '0' && *Name <= '9'; ++Name)
    Value = Value * 10 + (*Name - '0');
  return Value;
}

bool readTaskFile(int Tid, const char *File, char *To, size_t Size) {
  TextBuffer<64> Path;
  Path << "/proc/self/task/" << Tid << '/' << File;
  int Descriptor = sys::open(Path.text(), O_RDONLY);
  long Got = Descriptor < 0 ? 0 : sys::read(Descriptor, To, Size - 1);
  if (Descriptor >= 0)
    sys::close(Descriptor);
  To[Got > 0 ? Got : 0] = 0;
  return Got > 0;
}

char stateOf(int Tid) {
  char Text[512];
  if (!readTaskFile(Tid, "stat", Text))
    return 0;
  char State = 0;
  // The name may hold parentheses of its own.
  for (const char *P = Text; *P; ++P)
    if (P[0] == ')' && P[1] == ' ')
      State = P[2];
  return State;
}

bool threadExists(int Tid) {
  TextBuffer<64> Path;
  Path << "/proc/self/task/" << Tid;
  if (sys::call(SYS_faccessat, AT_FDCWD, long(Path.text()), 0) == 0)
    return true;
  // Without /proc nothing is known, and so nobody is said to be gone.
  return sys::call(SYS_faccessat, AT_FDCWD, long("/proc/self/task"), 0) != 0;
}

bool forEachKernelThread(void (*Each)(int Tid, void *Context), void *Context) {
  int Descriptor = sys::open("/proc/self/task", O_RDONLY | O_DIRECTORY);
  if (Descriptor < 0)
    return false;
  alignas(8) char Buffer[4096];
  long Size;
  while ((Size = sys::call(SYS_getdents64, Descriptor, long(Buffer),
                           sizeof(Buffer))) > 0)
    for (long At = 0; At < Size;) {
      // ino, off: 8 bytes each; reclen: 2; type: 1; then the name.
      uint16_t Length;
      __builtin_memcpy(&Length, Buffer + At + 16, sizeof(Length));
      const char *Name = Buffer + At + 19;
      if (*Name >= '0' && *Name <= '9')
        Each(numberOf(Name), Context);
      At += Length;
    }
  sys::close(Descriptor);
  return Size == 0;
}

} // namespace raddle
