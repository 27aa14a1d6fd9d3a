// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/Reach.h"
#include "leak_tracker/track/Heap.h"
#include "leak_tracker/track/Kernel.h"
#include "leak_tracker/track/TaskFiles.h"
#include "runtime/core/KernelTasks.h"
#include "runtime/core/Maps.h"
#include "runtime/core/Match.h"
#include "runtime/thread/Monitor.h"
#include "runtime/trace/TraceWriter.h"

// This library's own data, by the linker's names.
extern "C" {
__attribute__((visibility("hidden"))) extern char __ehdr_start[];
__attribute__((visibility("hidden"))) extern char _end[];
}

namespace raddle::leaks {

using trace::Proof;
using trace::TaskState;
using trace::WaitKind;

namespace {

/// More than this is not read: the process has other things to do.
constexpr uint64_t MostBytes = uint64_t(1) << 30;

struct Range {
  uint64_t Start, End;
  bool contains(uint64_t A) const { return A >= Start && A < End; }
};

/// A thread that waits without a time limit for an object of this process.
struct Candidate {
  TaskInfo *Task;
  Range Mapping; ///< Of its stack, with its thread-local memory.
  uint64_t Sp, Record;
  uint64_t Switches;
  bool Live;
  bool Scanned, Read; ///< Its stack: is to be read, has been.
  /// A pointer to here is one to an object on its stack, or thread-local.
  /// Pointers to libc's record of the thread are handles, and libc's lists.
  bool isOnStack(uint64_t A) const { return A >= Sp && A < Record; }
};

struct Other {
  int Tid;
  uint64_t Switches;
};

class Marker {
public:
  Marker(TaskList &Tasks, const HostState &Host) : Tasks(Tasks), Host(Host) {}
  ~Marker() {
    Candidates.release();
    Others.release();
    Roots.release();
    Own.release();
    Work.release();
  }
  bool prepare(bool (*IsLeak)(const TaskInfo &));
  void run();

private:
  void findCandidates(bool (*IsLeak)(const TaskInfo &));
  bool onlyKnownThreads();
  bool readMemory();
  void addRoot(uint64_t Start, uint64_t End);
  bool askOthers();
  bool nobodyRan();
  void visit(uint64_t Word, bool ByMalloc = false);
  void scan(uint64_t Start, uint64_t End);
  void drain();
  bool isReached(const Candidate &C);
  bool revive(Candidate &C);
  bool isCandidate(int Tid) const {
    for (const Candidate &C : Candidates)
      if (C.Task->Tid == Tid)
        return true;
    return false;
  }

  TaskList &Tasks;
  const HostState &Host;
  List<Candidate> Candidates;
  List<Other> Others;
  List<Range> Roots, Own;
  Range LibcData = {}; ///< With malloc's main arena in it.
  List<uint64_t> Work; ///< Indices of blocks that are marked, but not read.
  Heap Blocks;
  uint64_t Bytes = 0;
  bool Pending = false;
};

bool waitsForObject(const TaskInfo &T) {
  switch (T.Wait.Kind) {
  case WaitKind::Mutex:
  case WaitKind::RwLockRead:
  case WaitKind::RwLockWrite:
  case WaitKind::Condition:
  case WaitKind::Semaphore:
  case WaitKind::Barrier:
  case WaitKind::Futex:
  case WaitKind::Join:
    return !T.Wait.Timed;
  default:
    return false;
  }
}

void Marker::findCandidates(bool (*IsLeak)(const TaskInfo &)) {
  for (TaskInfo &T : Tasks)
    if (T.Kind == trace::TaskKind::Thread && IsLeak(T) && waitsForObject(T) &&
        T.State == TaskState::Blocked && isAsleep(T.Tid))
      if (Candidate *C = Candidates.add()) {
        C->Task = &T;
        C->Sp = T.Wait.Site.Sp;
        C->Record = T.Handle;
      }
}

/// Every thread of the process is one that we know; the calling one aside, all
/// that are no candidates stand still and tell their registers.
bool Marker::onlyKnownThreads() {
  bool Known = forEachKernelThread(
      [](int Tid, void *Context) {
        auto *M = static_cast<Marker *>(Context);
        if (Tid == sys::tid() || Tid == monitorTid() || M->isCandidate(Tid))
          return;
        if (Other *O = M->Others.add())
          O->Tid = Tid;
      },
      this);
  for (const Other &O : Others) {
    bool InTable = false;
    for (const TaskInfo &T : Tasks)
      InTable |= T.Kind == trace::TaskKind::Thread && T.Tid == O.Tid &&
                 T.State != TaskState::FinishedUnjoined;
    Known &= InTable;
  }
  return Known;
}

void Marker::addRoot(uint64_t Start, uint64_t End) {
  if (Start >= End)
    return;
  if (Range *R = Roots.add())
    *R = {Start, End};
  Bytes += End - Start;
}

bool isLibc(const char *Path) {
  const char *Name = Path;
  for (const char *P = Path; *P; ++P)
    if (*P == '/')
      Name = P + 1;
  return startsWith(Name, "libc.so");
}

bool Marker::readMemory() {
  MapsReader Maps;
  Mapping M;
  bool Fine = true;
  while (Maps.next(M)) {
    if (!M.Readable || !M.Writable || startsWith(M.Path, "/dev/"))
      continue;
    if (*TheTrace.path() && startsWith(TheTrace.path(), M.Path))
      if (M.Path[0] == '/')
        continue;
    bool IsStack = false;
    for (Candidate &C : Candidates) {
      if (C.Sp < M.Start || C.Sp >= M.End)
        continue;
      // A stack that libc made: below its record of the thread, and no other
      // thread's beside it. All else is a root.
      uint64_t Slack = 1 << 20;
      if (C.Record > C.Sp && C.Record < M.End && !C.Mapping.End &&
          M.End - M.Start <= C.Task->StackHigh - C.Task->StackLow + Slack &&
          !IsStack) {
        C.Mapping = {M.Start, M.End};
        IsStack = true;
      } else {
        Fine = false;
      }
    }
    if (IsStack)
      continue;
    if (isLibc(M.Path))
      LibcData = {M.Start, M.End};
    if (M.IsHeap && Blocks.addMain(M.Start, M.End)) {
      Bytes += M.End - M.Start;
      continue;
    }
    if (M.Anonymous && !M.IsStack && Blocks.addArena(M.Start, M.End)) {
      uint64_t Used = 0;
      sys::safeRead(&Used, M.Start + 16, sizeof(Used));
      Bytes += Used;
      addRoot(M.Start + Used, M.End);
      continue;
    }
    addRoot(M.Start, M.End);
  }
  for (const Candidate &C : Candidates)
    Fine &= C.Mapping.End != 0;
  Fine &= sys::forEachMapped(
      [](uint64_t Start, uint64_t Size, void *Context) {
        if (Range *R = static_cast<Marker *>(Context)->Own.add())
          *R = {Start, Start + ((Size + 4095) & ~uint64_t(4095))};
      },
      this);
  // What the lists themselves have taken since is in no root.
  if (Range *R = Own.add())
    *R = {reinterpret_cast<uint64_t>(__ehdr_start),
          (reinterpret_cast<uint64_t>(_end) + 4095) & ~uint64_t(4095)};
  return Fine && Bytes <= MostBytes;
}

bool Marker::askOthers() {
  for (Other &O : Others) {
    uint64_t Registers[RegisterCount];
    if (!askForRegisters(O.Tid, Registers))
      return false;
    for (uint64_t R : Registers)
      visit(R);
  }
  // Those that have answered go back to sleep.
  for (unsigned Try = 0; Try != 50; ++Try) {
    bool Asleep = true;
    for (const Other &O : Others)
      Asleep &= isAsleep(O.Tid);
    if (Asleep)
      break;
    uint64_t Time[2] = {0, 100000};
    sys::call(SYS_nanosleep, long(Time), 0);
  }
  for (Other &O : Others) {
    O.Switches = switchesOf(O.Tid);
    if (!isAsleep(O.Tid) || O.Switches == ~uint64_t(0))
      return false;
  }
  for (Candidate &C : Candidates) {
    C.Switches = switchesOf(C.Task->Tid);
    if (C.Switches == ~uint64_t(0))
      return false;
  }
  return true;
}

bool Marker::nobodyRan() {
  for (const Other &O : Others)
    if (switchesOf(O.Tid) != O.Switches)
      return false;
  for (const Candidate &C : Candidates)
    if (!C.Live && switchesOf(C.Task->Tid) != C.Switches)
      return false;
  size_t Count = 0;
  return forEachKernelThread(
             [](int Tid, void *Context) {
               if (Tid != monitorTid())
                 ++*static_cast<size_t *>(Context);
             },
             &Count) &&
         Count == Others.size() + Candidates.size() + 1;
}

bool Marker::prepare(bool (*IsLeak)(const TaskInfo &)) {
  findCandidates(IsLeak);
  return !Candidates.empty() && onlyKnownThreads() && readMemory() &&
         askOthers();
}

/// \p ByMalloc: the word may be malloc's own. Its lists of free chunks refer to
/// the chunks' headers, and the first word of a header counts as the end of the
/// block in front of it: that one has nothing to do with it.
void Marker::visit(uint64_t Word, bool ByMalloc) {
  if (Word < 4096 || Word >> 47)
    return;
  if (HeapBlock *B = Blocks.find(Word)) {
    if (ByMalloc && Word >= B->End - 8)
      return;
    if (B->InUse && !B->Marked) {
      B->Marked = true;
      if (uint64_t *Index = Work.add())
        *Index = uint64_t(B - Blocks.blocks().begin());
      else
        Bytes = ~uint64_t(0);
    }
    return;
  }
  for (Candidate &C : Candidates)
    if (C.isOnStack(Word) && !C.Scanned)
      C.Scanned = Pending = true;
}

void Marker::scan(uint64_t Start, uint64_t End) {
  WordReader Words;
  for (uint64_t At = (Start + 7) & ~uint64_t(7); At + 8 <= End;) {
    uint64_t Skip = 0;
    for (const Range &R : Own)
      if (R.contains(At))
        Skip = R.End;
    if (Skip) {
      At = Skip;
      continue;
    }
    // To the end of the page: no range of ours begins within one.
    uint64_t PageEnd = (At | 4095) + 1;
    if (PageEnd > End)
      PageEnd = End;
    bool ByMalloc = LibcData.contains(At);
    for (uint64_t Word; At + 8 <= PageEnd; At += 8) {
      if (!Words.load(At, Word)) {
        At = PageEnd;
        break;
      }
      visit(Word, ByMalloc);
    }
    At = PageEnd;
  }
}

void Marker::drain() {
  do {
    while (!Work.empty()) {
      HeapBlock B = Blocks.blocks()[Work[Work.size() - 1]];
      Work.removeLast();
      // Nobody else runs, so the heap does not shrink: read as it is.
      for (uint64_t At = B.Start; At + 8 <= B.End; At += 8)
        visit(*reinterpret_cast<const uint64_t *>(At));
    }
    Pending = false;
    for (Candidate &C : Candidates)
      if (C.Scanned && !C.Read) {
        C.Read = true;
        scan(C.Sp, C.Record);
      }
  } while (Pending || !Work.empty());
}

bool Marker::isReached(const Candidate &C) {
  uint64_t Object = C.Task->Wait.Object;
  if (C.Task->Wait.Kind == WaitKind::Join) {
    for (const Candidate &Joined : Candidates)
      if (Joined.Task->Id == Object)
        return Joined.Live;
    return true;
  }
  if (const HeapBlock *B = Blocks.find(Object))
    return B->Marked || !B->InUse;
  for (const Candidate &Other : Candidates)
    if (Other.isOnStack(Object))
      return Other.Scanned;
  return true;
}

bool Marker::revive(Candidate &C) {
  C.Live = true;
  uint64_t Registers[RegisterCount];
  if (!askForRegisters(C.Task->Tid, Registers))
    return false;
  for (uint64_t R : Registers)
    visit(R);
  C.Scanned = true;
  // All below what the wait was called from too: libc's frames hold registers.
  scan(Registers[RegisterSp], C.Sp);
  return true;
}

void Marker::run() {
  for (uint64_t R : Host.Registers)
    visit(R);
  for (const Range &R : Roots) {
    if (R.contains(Host.Sp)) {
      scan(Host.Sp, R.End);
      continue;
    }
    scan(R.Start, R.End);
  }
  drain();
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (Candidate &C : Candidates) {
      if (C.Live || !isReached(C))
        continue;
      if (!revive(C))
        return;
      drain();
      Changed = true;
    }
  }
  if (Bytes == ~uint64_t(0) || !nobodyRan())
    return;
  for (Candidate &C : Candidates)
    if (!C.Live && C.Task->Proven == Proof::None)
      C.Task->Proven = Proof::Unreachable;
}

} // namespace

void proveByReach(TaskList &Tasks, const HostState &Host,
                  bool (*IsLeak)(const TaskInfo &)) {
  if (!hasGlibcHeap())
    return;
  Marker M(Tasks, Host);
  if (M.prepare(IsLeak))
    M.run();
}

} // namespace raddle::leaks
