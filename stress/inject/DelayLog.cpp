// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/inject/DelayLog.h"
#include "runtime/core/Sys.h"
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace raddle::stress {

constinit DelayLog TheDelayLog;

bool DelayLog::open(const char *Path, uint64_t Seed, uint64_t Now) {
  int File = sys::open(Path, O_RDWR);
  if (File < 0)
    return false;
  struct stat Status = {};
  long Address = -1;
  if (sys::call(SYS_fstat, File, long(&Status)) == 0 &&
      S_ISREG(Status.st_mode) && Status.st_size >= long(sizeof(RunLogHead)))
    Address = sys::call(SYS_mmap, 0, Status.st_size, PROT_READ | PROT_WRITE,
                        MAP_SHARED, File, 0);
  sys::close(File);
  if (Address < 0 && Address > -4096)
    return false;
  auto *H = reinterpret_cast<RunLogHead *>(Address);
  if (__builtin_memcmp(H->Magic, RunLogMagic, sizeof(H->Magic)) != 0 ||
      H->Version != RunLogVersion || H->HeaderSize < sizeof(RunLogHead) ||
      H->HeaderSize % 8 || H->HeaderSize > uint64_t(Status.st_size) ||
      H->FileSize != uint64_t(Status.st_size)) {
    sys::call(SYS_munmap, Address, Status.st_size);
    return false;
  }
  Room = (H->FileSize - H->HeaderSize) & ~uint64_t(7);
  // Of an earlier run: a reader must not go on into it.
  uint64_t Before = H->Used < Room ? H->Used : Room;
  __builtin_memset(&H->Used, 0, sizeof(*H) - offsetof(RunLogHead, Used));
  __builtin_memset(reinterpret_cast<char *>(H) + H->HeaderSize, 0, Before);
  H->Pid = sys::pid();
  H->Seed = Seed;
  __builtin_memcpy(H->Strategy, "jitter", 7);
  Start = Now;
  Head = H;
  return true;
}

void DelayLog::write(RunRecord *Record, unsigned Size, const char *Text) {
  size_t Length = Text ? strlen(Text) + 1 : 0;
  uint64_t All = (Size + Length + 7) & ~uint64_t(7);
  uint64_t At = __atomic_load_n(&Head->Used, __ATOMIC_RELAXED);
  do {
    if (At > Room || All > Room - At || All > UINT16_MAX) {
      __atomic_fetch_add(&Head->Lost, 1, __ATOMIC_RELAXED);
      return;
    }
  } while (!__atomic_compare_exchange_n(&Head->Used, &At, At + All, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  char *To = reinterpret_cast<char *>(Head) + Head->HeaderSize + At;
  RunRecordType Type = Record->Type;
  Record->Type = RunRecordType::End;
  Record->Size = uint16_t(All);
  __builtin_memcpy(To, Record, Size);
  if (Text)
    __builtin_memcpy(To + Size, Text, Length);
  __atomic_store_n(reinterpret_cast<uint16_t *>(To), uint16_t(Type),
                   __ATOMIC_RELEASE);
}

void DelayLog::module(const CodeModule &M) {
  if (!Head)
    return;
  RunModuleRecord R = {};
  R.Head.Type = RunRecordType::Module;
  R.Begin = M.Begin;
  R.End = M.End;
  R.Bias = M.Bias;
  R.BuildIdSize = M.BuildIdSize;
  __builtin_memcpy(R.BuildId, M.BuildId, sizeof(R.BuildId));
  write(&R.Head, sizeof(R), M.Path);
}

void DelayLog::thread(uint32_t Number, uint32_t Parent, uint64_t Pc) {
  if (!Head)
    return;
  RunThreadRecord R = {};
  R.Head.Type = RunRecordType::Thread;
  R.Head.Thread = Number;
  R.Parent = Parent;
  R.Pc = Pc;
  write(&R.Head, sizeof(R), "");
  __atomic_fetch_add(&Head->Threads, 1, __ATOMIC_RELAXED);
}

void DelayLog::delay(uint32_t Thread, RunDelayRecord::Kind What, Op Kind,
                     bool After, uint64_t Pc, uint64_t At, uint64_t Ns) {
  if (!Head)
    return;
  RunDelayRecord R = {};
  R.Head.Type = RunRecordType::Delay;
  R.Head.Thread = Thread;
  R.What = What;
  R.Before = Kind;
  R.After = After;
  R.Pc = Pc;
  R.AtNs = At - Start;
  R.Ns = Ns;
  write(&R.Head, sizeof(R));
  __atomic_fetch_add(&Head->Delays, 1, __ATOMIC_RELAXED);
  __atomic_fetch_add(&Head->DelayNs, Ns, __ATOMIC_RELAXED);
}

void DelayLog::point() {
  if (Head)
    __atomic_fetch_add(&Head->Points, 1, __ATOMIC_RELAXED);
}

void DelayLog::end(uint64_t Now) {
  if (Head)
    __atomic_store_n(&Head->DurationNs, Now - Start, __ATOMIC_RELAXED);
}

} // namespace raddle::stress
