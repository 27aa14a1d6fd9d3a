// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/RunLogWriter.h"
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

namespace raddle::stress {

RunLogWriter TheRunLog;

bool RunLogWriter::open(const char *Path) {
  NoFile = {};
  Head = &NoFile;
  Records = nullptr;
  Room = 0;
  if (!*Path)
    return true;
  int File = sys::open(Path, O_RDWR);
  if (File < 0)
    return false;
  long Size = sys::call(SYS_lseek, File, 0, SEEK_END);
  long At = Size < long(sizeof(RunLogHead))
                ? -1
                : sys::call(SYS_mmap, 0, Size, PROT_READ | PROT_WRITE,
                            MAP_SHARED, File, 0);
  sys::close(File);
  if (At < 0 && At > -4096)
    return false;
  auto *Mapped = reinterpret_cast<RunLogHead *>(At);
  if (memcmp(Mapped->Magic, RunLogMagic, sizeof(RunLogMagic)) != 0 ||
      Mapped->Version != RunLogVersion || Mapped->FileSize != uint64_t(Size) ||
      Mapped->HeaderSize < sizeof(RunLogHead) ||
      Mapped->HeaderSize > Mapped->FileSize || Mapped->HeaderSize % 8) {
    sys::call(SYS_munmap, At, Size);
    return false;
  }
  Head = Mapped;
  Records = reinterpret_cast<char *>(At) + Head->HeaderSize;
  Room = Head->FileSize - Head->HeaderSize;
  // What an earlier run left: the first record is none from now on.
  char *Rest = reinterpret_cast<char *>(&Head->Used);
  __builtin_memset(Rest, 0, sizeof(RunLogHead) - offsetof(RunLogHead, Used));
  if (Room >= sizeof(RunRecord))
    reinterpret_cast<RunRecord *>(Records)->Type = RunRecordType::End;
  return true;
}

char *RunLogWriter::reserve(size_t Size) {
  if (!Records)
    return nullptr;
  if (Head->Used > Room || Room - Head->Used < Size) {
    ++Head->Lost;
    return nullptr;
  }
  char *At = Records + Head->Used;
  Head->Used += Size;
  auto *R = reinterpret_cast<RunRecord *>(At);
  R->Type = RunRecordType::End;
  R->Size = uint16_t(Size);
  if (Room - Head->Used >= sizeof(RunRecord))
    reinterpret_cast<RunRecord *>(At + Size)->Type = RunRecordType::End;
  return At;
}

void RunLogWriter::write(RunRecordType Type, const RunRecord *R, size_t Size,
                         const void *Text, size_t TextSize) {
  constexpr size_t Most = 60000;
  if (TextSize > Most)
    TextSize = Most;
  size_t Whole = (Size + TextSize + 7) & ~size_t(7);
  char *At = reserve(Whole);
  if (!At)
    return;
  auto *To = reinterpret_cast<RunRecord *>(At);
  To->Thread = R->Thread;
  __builtin_memcpy(At + sizeof(*R), reinterpret_cast<const char *>(R + 1),
                   Size - sizeof(*R));
  if (TextSize)
    __builtin_memcpy(At + Size, Text, TextSize);
  __builtin_memset(At + Size + TextSize, 0, Whole - Size - TextSize);
  publish(To, Type);
}

} // namespace raddle::stress
