// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/inject/Knowledge.h"
#include "runtime/core/Memory.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace raddle::stress {

SiteKnowledge *KnowledgeFile::find(uint64_t Place, bool Make) {
  if (!Place)
    return nullptr;
  for (uint64_t I = 0; I != 16; ++I) {
    SiteKnowledge &S = Table[(mix(Place, 0) + I) % Sites];
    uint64_t There = __atomic_load_n(&S.Place, __ATOMIC_RELAXED);
    if (There == Place)
      return &S;
    if (There)
      continue;
    if (!Make)
      return nullptr;
    if (__atomic_compare_exchange_n(&S.Place, &There, Place, false,
                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
        There == Place)
      return &S;
  }
  return nullptr;
}

namespace {

constexpr uint32_t FileSize = sizeof(KnowledgeFile);
/// In RunUnderWay::Pid: taken, and not yet filled in.
constexpr int BeingMade = -1;

void makeEmpty(KnowledgeFile &K) {
  K.Version = KnowledgeVersion;
  K.Size = FileSize;
  // Two runs may do this at once; they write the same.
  __builtin_memcpy(K.Magic, KnowledgeMagic, sizeof(K.Magic));
}

bool isOurs(const KnowledgeFile &K) {
  return __builtin_memcmp(K.Magic, KnowledgeMagic, sizeof(K.Magic)) == 0 &&
         K.Version == KnowledgeVersion && K.Size == FileSize;
}

/// When process \p Pid was started, in clock ticks; 0: there is none.
uint64_t startOf(int Pid) {
  char Path[32] = "/proc/";
  unsigned At = 6;
  char Digits[12];
  unsigned Count = 0;
  for (unsigned Rest = unsigned(Pid); Rest || !Count; Rest /= 10)
    Digits[Count++] = char('0' + Rest % 10);
  while (Count)
    Path[At++] = Digits[--Count];
  for (const char *P = "/stat"; *P; ++P)
    Path[At++] = *P;
  int File = sys::open(Path, O_RDONLY);
  if (File < 0)
    return 0;
  char Text[512];
  long Size = sys::read(File, Text, sizeof(Text) - 1);
  sys::close(File);
  Text[Size > 0 ? Size : 0] = 0;
  // The name, in parentheses, may hold anything; the time is field 22.
  const char *P = nullptr;
  for (const char *Q = Text; *Q; ++Q)
    if (*Q == ')')
      P = Q;
  if (P && P[1] == ' ' && (P[2] == 'Z' || P[2] == 'X'))
    return 0;
  for (unsigned Field = 2; P && *P && Field != 22; ++P)
    Field += *P == ' ';
  uint64_t Ticks = 0;
  for (; P && *P >= '0' && *P <= '9'; ++P)
    Ticks = Ticks * 10 + uint64_t(*P - '0');
  return Ticks;
}

} // namespace

KnowledgeFile *openKnowledge(const char *Path) {
  int File = sys::open(Path, O_RDWR | O_CREAT, 0644);
  if (File < 0)
    return nullptr;
  struct stat Status = {};
  long Result = sys::call(SYS_fstat, File, long(&Status));
  bool Empty = Result == 0 && Status.st_size == 0;
  // Allocated, so that a full disk is an error here and no signal later.
  if (Result == 0 && S_ISREG(Status.st_mode) && Empty &&
      sys::call(SYS_fallocate, File, 0, 0, FileSize) == 0)
    Status.st_size = FileSize;
  long Address = -1;
  if (Result == 0 && S_ISREG(Status.st_mode) && Status.st_size == FileSize)
    Address = sys::call(SYS_mmap, 0, FileSize, PROT_READ | PROT_WRITE,
                        MAP_SHARED, File, 0);
  sys::close(File);
  if (Address < 0 && Address > -4096)
    return nullptr;
  auto *K = reinterpret_cast<KnowledgeFile *>(Address);
  // Another run may have made it this long and no more yet.
  bool Blank = true;
  for (unsigned I = 0; I != sizeof(K->Magic); ++I)
    Blank &= K->Magic[I] == 0;
  if (Blank)
    makeEmpty(*K);
  if (isOurs(*K))
    return K;
  sys::call(SYS_munmap, Address, FileSize);
  return nullptr;
}

KnowledgeFile *privateKnowledge() {
  auto *K = static_cast<KnowledgeFile *>(sys::map(FileSize));
  if (K)
    makeEmpty(*K);
  return K;
}

RunUnderWay *beginRun(KnowledgeFile &K, uint32_t Style) {
  int Pid = sys::pid();
  RunUnderWay *Mine = nullptr;
  for (RunUnderWay &Run : K.UnderWay) {
    int There = __atomic_load_n(&Run.Pid, __ATOMIC_ACQUIRE);
    uint64_t Started = There > 0 && There != Pid ? startOf(There) : 0;
    if (There > 0 && There != Pid && (!Started || Started != Run.StartTicks))
      endRun(K, &Run, true);
    int Nobody = 0;
    if (!Mine &&
        __atomic_compare_exchange_n(&Run.Pid, &Nobody, BeingMade, false,
                                    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      Mine = &Run;
  }
  if (!Mine)
    return nullptr;
  Mine->Style = Style;
  for (uint64_t &Place : Mine->Delayed)
    Place = 0;
  Mine->StartTicks = startOf(Pid);
  __atomic_store_n(&Mine->Pid, Pid, __ATOMIC_RELEASE);
  return Mine;
}

void endRun(KnowledgeFile &K, RunUnderWay *Run, bool Failed) {
  if (!Run || !__atomic_load_n(&Run->Pid, __ATOMIC_RELAXED))
    return;
  uint32_t Style = read(Run->Style) % KnownStyles;
  count(K.Runs);
  count(K.StyleRuns[Style]);
  if (Failed) {
    count(K.Failures);
    count(K.StyleFailures[Style]);
    for (uint64_t Place : Run->Delayed)
      if (SiteKnowledge *S = K.find(Place, false))
        count(S->Failures);
  }
  __atomic_store_n(&Run->Pid, 0, __ATOMIC_RELEASE);
}

} // namespace raddle::stress
