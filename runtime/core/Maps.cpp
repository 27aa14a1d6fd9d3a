// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/core/Maps.h"
#include <fcntl.h>
#include <string.h>

namespace raddle {

MapsReader::MapsReader() : Descriptor(sys::open("/proc/self/maps", O_RDONLY)) {}

MapsReader::~MapsReader() {
  if (Descriptor >= 0)
    sys::close(Descriptor);
}

int MapsReader::get() {
  if (Used == Size) {
    Used = 0;
    Size = Descriptor < 0 ? 0 : sys::read(Descriptor, Buffer, sizeof(Buffer));
    if (Size <= 0) {
      Size = 0;
      return -1;
    }
  }
  return static_cast<unsigned char>(Buffer[Used++]);
}

uint64_t MapsReader::hex(int &C) {
  uint64_t Value = 0;
  for (;; C = get()) {
    if (C >= '0' && C <= '9')
      Value = Value * 16 + uint64_t(C - '0');
    else if (C >= 'a' && C <= 'f')
      Value = Value * 16 + uint64_t(C - 'a' + 10);
    else
      return Value;
  }
}

bool MapsReader::next(Mapping &M) {
  int C = get();
  if (C < 0)
    return false;
  M.Start = hex(C);
  C = get(); // behind '-'
  M.End = hex(C);
  C = get(); // behind ' '
  M.Readable = C == 'r';
  M.Writable = get() == 'w';
  M.Executable = get() == 'x';
  M.Shared = get() == 's';
  get();
  // offset, device, inode
  for (int Field = 0; Field != 3; ++Field)
    for (C = get(); C != ' ' && C != '\n' && C >= 0;)
      C = get();
  while (C == ' ')
    C = get();
  size_t Length = 0;
  for (; C != '\n' && C >= 0; C = get())
    if (Length + 1 < sizeof(M.Path))
      M.Path[Length++] = char(C);
  M.Path[Length] = 0;
  M.IsStack = Length == 7 && memcmp(M.Path, "[stack]", 7) == 0;
  M.IsHeap = Length == 6 && memcmp(M.Path, "[heap]", 6) == 0;
  M.Anonymous = Length == 0 || M.Path[0] == '[';
  return true;
}

} // namespace raddle
