// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which accesses are points. All are events; points are those that other
// threads could notice: to memory that another thread has touched and one has
// written, and at places that touched such memory in an earlier run. The first
// alone would miss whoever comes first: the second thread's access shows that
// the first one's should have been a point.
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "stress/access/AccessHook.h"
#include "stress/inject/Jitter.h"
#include "stress/schedule/Controller.h"
#include "stress/schedule/Granules.h"
#include "stress/schedule/Knowledge.h"
#include "stress/schedule/Places.h"
#include <dlfcn.h>

namespace raddle::stress {

namespace {

Granules TheGranules;
Observers Table;
/// Until there is a second thread, what the first one touches it prepares.
bool SeveralThreads = false;

/// Return addresses and their places' indices: those that were met last.
struct KnownPc {
  uint64_t Pc;
  uint32_t Place;
};
constexpr unsigned PcSlots = 4096;
KnownPc Pcs[PcSlots];

/// The calling thread is at the tables here: a signal handler that interrupts
/// it must not be.
__thread bool AtTables __attribute__((tls_model("initial-exec")));
void setAtTables(bool To) {
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  AtTables = To;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/// The calling thread's number for which its stack has been seen to.
__thread uint32_t StackOf __attribute__((tls_model("initial-exec")));

uint32_t placeIndex(uint64_t Pc) {
  if (!TheKnowledge.isLoaded())
    return Knowledge::NoPlace;
  KnownPc &K = Pcs[(Pc ^ Pc >> 12) % PcSlots];
  if (K.Pc != Pc)
    K = {Pc, TheKnowledge.place(placeOf(Pc))};
  return K.Place;
}

/// Whether others could notice an access to this granule, as far as this run
/// has shown.
bool touch(uint64_t Address, uint16_t Thread, bool Writes, uint32_t Place) {
  Granule *G = TheGranules.find(Address);
  if (!G || !Thread)
    return true;
  bool IsOwn = !G->Thread || G->Thread == Thread;
  if (!G->Thread)
    *G = {Knowledge::NoPlace, Knowledge::NoPlace, Thread, false, false};
  (IsOwn ? G->Own : G->Others) = Place;
  bool Before = G->Shared && G->Written;
  G->Shared |= !IsOwn;
  G->Written |= Writes;
  if (!G->Shared || !G->Written)
    return false;
  // Who came first, or only read so far, should have been stopped too.
  TheKnowledge.touchedShared(Before ? Place : G->Own);
  TheKnowledge.touchedShared(Before ? Place : G->Others);
  return true;
}

bool touchAll(uint64_t Address, size_t Size, uint16_t Thread, bool Writes,
              uint32_t Place) {
  // Of a long block the first page stands for the rest.
  constexpr size_t Most = 4096;
  uint64_t End = Address + (Size < Most ? Size : Most);
  bool Noticed = false;
  for (uint64_t At = Address & ~uint64_t(Granules::Size - 1); At < End;
       At += Granules::Size)
    Noticed |= touch(At, Thread, Writes, Place);
  return Noticed;
}

void controlled(const ControlledView &Me, const void *Address, size_t Size,
                Op Kind, uint64_t Pc) {
  uint64_t At = reinterpret_cast<uint64_t>(Address);
  if (!Address)
    return controllerPoint(Kind, nullptr, 0, Pc, true);
  if (!SeveralThreads)
    return controllerPoint(Kind, nullptr, unsigned(Size), Pc, false);
  if (RADDLE_UNLIKELY(AtTables))
    return;
  setAtTables(true);
  if (RADDLE_UNLIKELY(StackOf != Me.Number)) {
    StackOf = Me.Number;
    // It may have been another thread's, which is over. The main thread's has
    // been there all the time.
    if (Me.Number != 1 && Me.StackLow)
      TheGranules.forget(Me.StackLow, Me.StackHigh);
  }
  bool Writes = Kind != Op::Read && Kind != Op::AtomicLoad;
  uint32_t Place = placeIndex(Pc);
  bool Noticed = touchAll(At, Size, Me.Number < 65536 ? uint16_t(Me.Number) : 0,
                          Writes, Place);
  bool Point = Noticed || TheKnowledge.isKnown(Place);
  setAtTables(false);
  // A private access has a number too: it may be the flag that its thread spins
  // on until another one comes.
  controllerPoint(Kind, Address, unsigned(Size), Pc, Point);
}

bool contains(const char *Text, const char *What) {
  for (; *Text; ++Text) {
    const char *T = Text, *W = What;
    while (*W && *T == *W)
      ++T, ++W;
    if (!*W)
      return true;
  }
  return false;
}

void severalThreads() { SeveralThreads = true; }

} // namespace

bool accessesArePoints() {
  // The program's own definition, of a runtime that is linked in, comes first.
  Dl_info Where = {};
  void *Function = dlsym(RTLD_DEFAULT, "__tsan_read4");
  static bool Watches = false;
  if (!Function || !dladdr(Function, &Where) || !Where.dli_fname ||
      !contains(Where.dli_fname, "libraddle_stress.so"))
    return false;
  if (!Watches) {
    Table.FirstThread = severalThreads;
    TheObservers.add(&Table);
    Watches = true;
  }
  SeveralThreads = false;
  return true;
}

} // namespace raddle::stress

using namespace raddle;
using namespace raddle::stress;

RADDLE_EXPORT void __raddle_access(const void *Address, size_t Size,
                                   unsigned Kind, const void *Pc) {
  ControlledView Me;
  if (inControl()) {
    if (controlledThread(Me))
      controlled(Me, Address, Size, Op(Kind), reinterpret_cast<uint64_t>(Pc));
  } else if (JitterOn && jitterAtAccess) {
    jitterAtAccess(Address, Op(Kind), reinterpret_cast<uint64_t>(Pc));
  }
}

RADDLE_EXPORT void __raddle_freed(void *Address, size_t (*SizeOf)(void *)) {
  // By a thread that is over, at a time that no schedule says, it would not
  // always be the same.
  ControlledView Me;
  if (!inControl() || !SeveralThreads || AtTables || !controlledThread(Me))
    return;
  setAtTables(true);
  uint64_t At = reinterpret_cast<uint64_t>(Address), Size = SizeOf(Address);
  TheGranules.forget(At, At + Size);
  setAtTables(false);
  forgetObjects(Address, Size);
}

RADDLE_EXPORT void __raddle_no_progress() {
  if (inControl())
    controllerNoProgress();
}
