// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Watch.h"
#include "runtime/core/Print.h"
#include "runtime/thread/Monitor.h"
#include "stress/schedule/Places.h"
#include "stress/schedule/RunLogWriter.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>

namespace raddle::stress {

namespace {

constexpr uint64_t ShortTickNs = 4000000, LongTickNs = 100000000,
                   MostTickNs = 900000000;
/// A lock that is none of ours (the loader's, for one) will not come free by
/// itself if a thread that waits for the token has it.
constexpr uint64_t MostLockNs = 10000000;
/// Other sleeps end.
constexpr uint64_t MostSleepNs = 300000000;
/// A thread that computes is left alone for so long, in its own time: under a
/// sanitizer, and on a machine that is busy, much lies between two points.
constexpr uint64_t MostCpuNs = 1000000000;

uint64_t IdleSince = 0; ///< Real time; 0: somebody runs.
uint64_t IdleFor = 0;   ///< 0: without limit.

/// What is in the file \p Name of the thread.
void readOf(int Tid, const char *Name, char *To, size_t Size) {
  TextBuffer<64> Path;
  Path << "/proc/self/task/" << Tid << '/' << Name;
  long Got = 0;
  int File = sys::open(Path.text(), O_RDONLY);
  if (File >= 0) {
    Got = sys::read(File, To, Size - 1);
    sys::close(File);
  }
  To[Got > 0 ? Got : 0] = 0;
}

bool idleIsOver() {
  return IdleSince && IdleFor && sys::now() - IdleSince >= IdleFor;
}

} // namespace

uint64_t cpuTime(int Tid) {
  // As pthread_getcpuclockid makes it.
  clockid_t Clock = clockid_t(~unsigned(Tid) << 3 | 6);
  timespec Time = {};
  sys::call(SYS_clock_gettime, Clock, long(&Time));
  return uint64_t(Time.tv_sec) * 1000000000u + uint64_t(Time.tv_nsec);
}

Sleep sleepOf(int Tid) {
  // Two files are not read at the same moment: what they say is of one wait
  // only if the thread has not run meanwhile. Otherwise one that is just woken
  // from a lock seems to sleep in no system call.
  uint64_t Before = cpuTime(Tid);
  char Text[128];
  readOf(Tid, "syscall", Text, sizeof(Text));
  // Starts with the number of the system call that it is in; not where it runs.
  bool InCall = *Text >= '0' && *Text <= '9';
  long Call = 0;
  for (const char *P = Text; *P >= '0' && *P <= '9'; ++P)
    Call = Call * 10 + (*P - '0');
  readOf(Tid, "stat", Text, sizeof(Text));
  char State = 0;
  for (const char *P = Text; *P; ++P)
    if (P[0] == ')' && P[1] == ' ')
      State = P[2];
  if (State == 'Z' || State == 'X' ||
      (!State && sys::call(SYS_tgkill, sys::pid(), Tid, 0) == -ESRCH))
    return Sleep::Gone;
  if (State != 'S' || !InCall || cpuTime(Tid) != Before)
    return Sleep::None;
  if (Call == SYS_futex)
    return Sleep::Lock;
  return Call == SYS_nanosleep || Call == SYS_clock_nanosleep ? Sleep::Time
                                                              : Sleep::Other;
}

long Patience::tick() {
  uint64_t Ns = Calm < 5 ? ShortTickNs << Calm : LongTickNs;
  // Of very many, a few have to look.
  Ns *= 1 + TheRun.Alive / 16;
  if (IdleSince && IdleFor) {
    uint64_t Gone = sys::now() - IdleSince;
    if (Gone < IdleFor && IdleFor - Gone < Ns)
      Ns = IdleFor - Gone + 1000;
  }
  return long(Ns < MostTickNs ? Ns : MostTickNs);
}

bool Patience::over() {
  if (!TheRun.Active)
    return false;
  if (idleIsOver())
    return true;
  Controlled *Holder = __atomic_load_n(&TheRun.Holder, __ATOMIC_ACQUIRE);
  uint64_t EventsNow =
      __atomic_load_n(&TheRunLog.head().Events, __ATOMIC_RELAXED);
  int NowTid = Holder ? Holder->Tid : 0;
  uint64_t Now = sys::now();
  if (!NowTid || NowTid != Tid || EventsNow != Events ||
      standingOf(*Holder) != Standing::Running) {
    Events = EventsNow;
    Tid = NowTid;
    CpuNs = Tid ? cpuTime(Tid) : 0;
    Since = 0;
    ++Calm;
    return false;
  }
  Calm = 0;
  Sleep S = sleepOf(Tid);
  if (S == Sleep::None) {
    Since = 0;
    return cpuTime(Tid) - CpuNs > MostCpuNs;
  }
  if (!Since)
    Since = Now;
  return Now - Since >= (S == Sleep::Lock ? MostLockNs : MostSleepNs);
}

bool takeOver() {
  if (!TheRun.Holder) {
    if (!idleIsOver())
      return false;
    comeFromIdle();
    return true;
  }
  Controlled &Away = *TheRun.Holder;
  if (!becomes(Away, Standing::Running, Standing::Outside))
    return false;
  noteUncontrolled("(a thread stayed away)", Away.Site.Pc);
  return true;
}

void goIdle() {
  uint64_t Earliest = 0;
  for (Controlled *T = TheRun.First; T; T = T->Next)
    if (standingOf(*T) == Standing::Waiting && T->Until &&
        (!Earliest || T->Until < Earliest))
      Earliest = T->Until;
  IdleFor = Earliest > TheRun.Now ? Earliest - TheRun.Now : Earliest ? 1 : 0;
  IdleSince = sys::now();
}

void comeFromIdle() {
  uint64_t Gone = sys::now() - IdleSince;
  TheRun.Now += IdleFor && Gone > IdleFor ? IdleFor : Gone;
  IdleSince = 0;
}

void sleepABit() {
  timespec Time = {0, 200000};
  sys::call(SYS_nanosleep, long(&Time), 0);
}

bool hasChildren() {
  siginfo_t Info;
  return sys::call(SYS_waitid, P_ALL, 0, long(&Info),
                   WEXITED | WNOHANG | WNOWAIT) >= 0;
}

/// \p Each is told the number of each thread, until it says true.
template <typename Function> static bool anyThread(Function Each) {
  int Folder = sys::open("/proc/self/task", O_RDONLY | O_DIRECTORY);
  if (Folder < 0)
    return false;
  alignas(8) char Buffer[4096];
  bool Found = false;
  long Size;
  while (!Found && (Size = sys::call(SYS_getdents64, Folder, long(Buffer),
                                     sizeof(Buffer))) > 0)
    for (long At = 0; At < Size;) {
      uint16_t Length;
      __builtin_memcpy(&Length, Buffer + At + 16, sizeof(Length));
      int Tid = 0;
      for (const char *P = Buffer + At + 19; *P >= '0' && *P <= '9'; ++P)
        Tid = Tid * 10 + (*P - '0');
      At += Length;
      Found |= Tid && Each(Tid);
    }
  sys::close(Folder);
  return Found;
}

static bool isForeign(int Tid) {
  // The one that asks may be over for the controller.
  bool Known = Tid == monitorTid() || Tid == TheRun.SanitizerTid ||
               Tid == sys::tid();
  for (Controlled *T = TheRun.First; T && !Known; T = T->Next)
    Known = T->Tid == Tid;
  return !Known;
}

bool hasForeignThreads() { return anyThread(isForeign); }

bool foreignThreadRuns() {
  return anyThread(
      [](int Tid) { return isForeign(Tid) && sleepOf(Tid) == Sleep::None; });
}

int otherThread() {
  int Other = 0, Own = sys::tid();
  anyThread([&](int Tid) {
    if (Tid != Own)
      Other = Tid;
    return Other != 0;
  });
  return Other;
}

void noteUncontrolled(const char *Function, uint64_t Pc) {
  constexpr unsigned Most = 256;
  static uint64_t Seen[Most];
  static unsigned Used = 0;
  for (unsigned I = 0; I != Used; ++I)
    if (Seen[I] == Pc)
      return;
  if (Used == Most)
    return;
  Seen[Used++] = Pc;
  placeOf(Pc);
  RunUncontrolledRecord R = {};
  R.Head.Thread = Mine ? Mine->Number : 0;
  R.Pc = Pc;
  TheRunLog.write(RunRecordType::Uncontrolled, R, Function,
                  strlen(Function) + 1);
}

} // namespace raddle::stress
