// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The observer that tells of real deadlocks: what waits for ever, while it
// waits. The monitor takes a copy of all waits ten times a second, while there
// are any, and reports what it sees twice in a row.
//
// A cycle is read link by link; if no link has changed by the time that the
// last one was read, each thread on it has waited all along, and the cycle was
// there. Nothing is stopped for it.
#include "lockorder/recorder/DeadlockReport.h"
#include "lockorder/recorder/EndedOwners.h"
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "runtime/core/Options.h"
#include "runtime/thread/HeldLocks.h"
#include "runtime/thread/Monitor.h"
#include "runtime/trace/TraceWriter.h"

namespace raddle {
namespace {

using trace::DeadlockKind;
using trace::WaitKind;

constexpr uint64_t Ms = 1000000;
constexpr uint64_t Period = 100 * Ms, Patience = 50 * Ms;
constexpr int ExitDeadlock = 24;

/// Signatures of waits, of the last look and of this one.
class TwoLooks {
public:
  /// Notes it for this look. Whether it was there in the last.
  bool again(uint64_t Signature) {
    if (uint32_t *Now = Looks[Current].insert(Signature))
      *Now = 1;
    return Looks[!Current].find(Signature) != nullptr;
  }
  void next() {
    Current = !Current;
    Looks[Current].release();
  }

private:
  HashTable Looks[2];
  unsigned Current = 0;
};

// Of the monitor alone.
WaitGraph Graph;
TwoLooks Candidates, Stalls;
bool AnyTold = false;
uint64_t AllBlockedSignature = 0;
int AllBlockedLooks = 0;

/// Waits that were told of, as part of a deadlock: each once. Guarded, as a
/// thread that joins itself tells so itself. Nothing is looked up or printed
/// with it: that may wait for the loader's lock, or for who reads a pipe.
InternalLock ToldLock;
HashTable Told;

uint64_t signatureOf(const WaitNode &N) {
  return mix(uint64_t(N.Thread) << 32 | N.Sequence, N.Wait.Object) | 1;
}

bool isTold(const WaitNode &N) {
  InternalGuard G(ToldLock);
  return Told.find(signatureOf(N)) != nullptr;
}

void tell(DeadlockKind Kind, WaitGraph &In, const uint32_t *Involved,
          uint32_t Count) {
  {
    InternalGuard G(ToldLock);
    for (uint32_t I = 0; I != Count; ++I)
      if (uint32_t *Known = Told.insert(signatureOf(In[Involved[I]])))
        *Known = 1;
  }
  reportDeadlock(Kind, In, Involved, Count);
  if (!TheOptions.AbortOnDeadlock)
    return;
  TheTrace.finish(trace::Ending::Exited, ExitDeadlock);
  sys::call(SYS_exit_group, ExitDeadlock);
}

void tellOfHang(DeadlockKind Kind, const uint32_t *Involved, uint32_t Count) {
  AnyTold = true;
  tell(Kind, Graph, Involved, Count);
}

void lookAtSelfAndExited() {
  for (uint32_t I = 0; I != Graph.size(); ++I) {
    WaitNode &N = Graph[I];
    bool Self = N.Itself;
    if ((!Self && !N.OwnerExited) || !Candidates.again(signatureOf(N)) ||
        isTold(N) || !WaitGraph::isStill(N))
      continue;
    if (Self)
      N.Owner = I;
    tellOfHang(Self ? DeadlockKind::SelfLock : DeadlockKind::OwnerExited, &I,
               1);
  }
}

void sawCycle(const uint32_t *Cycle, uint32_t Count) {
  uint64_t Signature = 0;
  bool Known = false;
  for (uint32_t I = 0; I != Count; ++I) {
    // The same wherever it begins.
    Signature ^= signatureOf(Graph[Cycle[I]]);
    Known |= isTold(Graph[Cycle[I]]);
  }
  if (!Candidates.again(Signature | 1) || Known)
    return;
  for (uint32_t I = 0; I != Count; ++I)
    if (!WaitGraph::isStill(Graph[Cycle[I]]))
      return;
  for (uint32_t I = 0; I != Count; ++I)
    Graph[Cycle[I]].Owner = Cycle[(I + 1) % Count];
  tellOfHang(DeadlockKind::Cycle, Cycle, Count);
}

void lookWhetherAllWait() {
  // What waits behind a known deadlock is no news.
  if (AnyTold)
    return;
  uint64_t Signature = 1;
  for (uint32_t I = 0; I != Graph.size(); ++I)
    Signature = mix(Signature, signatureOf(Graph[I]));
  if (!Graph.allBlocked()) {
    AllBlockedLooks = 0;
    return;
  }
  AllBlockedLooks = Signature == AllBlockedSignature ? AllBlockedLooks + 1 : 1;
  AllBlockedSignature = Signature;
  if (AllBlockedLooks != 4)
    return;
  uint32_t Count = Graph.size();
  auto *All = static_cast<uint32_t *>(sys::map(Count * sizeof(uint32_t)));
  if (!All)
    return;
  for (uint32_t I = 0; I != Count; ++I)
    All[I] = I;
  tellOfHang(DeadlockKind::AllBlocked, All, Count);
  sys::unmap(All, Count * sizeof(uint32_t));
}

void lookForStalls(uint64_t Now) {
  uint64_t Limit = uint64_t(TheOptions.StallMs) * Ms;
  for (uint32_t I = 0; Limit && I != Graph.size(); ++I) {
    const WaitNode &N = Graph[I];
    // A join waits for a thread's whole work; that is what it is for.
    if (waitsForThreads(N.Wait.Kind) && N.Wait.Kind != WaitKind::Join &&
        !N.Wait.Timed && Now > N.Wait.Since && Now - N.Wait.Since >= Limit &&
        !Stalls.again(signatureOf(N)) && !isTold(N))
      reportDeadlock(DeadlockKind::Stall, Graph, &I, 1);
  }
}

uint64_t look(uint64_t Now) {
  static uint64_t Next = 0;
  if (Now < Next)
    return Next;
  if (Graph.take(Now > Patience ? Now - Patience : 0)) {
    lookAtSelfAndExited();
    Graph.findCycles(sawCycle);
    lookWhetherAllWait();
    lookForStalls(Now);
  } else {
    AllBlockedLooks = 0;
  }
  // With very many threads, less often.
  uint64_t Pause = Period * (1 + Graph.size() / 1000);
  Graph.release(1024);
  Candidates.next();
  Stalls.next();
  return Next = Now + Pause;
}

/// libc answers EDEADLK to it, and nothing would be seen later.
__attribute__((noinline)) void joinsItself(Thread &T) {
  WaitGraph Now;
  Now.take(~uint64_t(0));
  for (uint32_t I = 0; I != Now.size(); ++I)
    if (Now[I].Thread == T.Id && Now[I].Wait.Kind == WaitKind::Join) {
      Now[I].Owner = I;
      tell(DeadlockKind::SelfJoin, Now, &I, 1);
    }
  Now.release(0);
}

/// The wait of a thread that is alone so far: is it worth a second one, to see
/// that it never ends? Semaphores and futexes are taken as other processes' or
/// a handler's; and what libc refuses is no wait.
bool isSuspicious(const Thread &T) {
  if (T.WaitTimed)
    return false;
  switch (T.WaitKind) {
  case WaitKind::Mutex:
    return (reinterpret_cast<const pthread_mutex_t *>(T.WaitObject)
                ->__data.__kind &
            3) != PTHREAD_MUTEX_ERRORCHECK_NP;
  case WaitKind::RwLockRead:
  case WaitKind::RwLockWrite:
    return reinterpret_cast<const pthread_rwlock_t *>(T.WaitObject)
               ->__data.__cur_writer != T.Tid;
  case WaitKind::SpinLock:
  case WaitKind::Condition:
  case WaitKind::ConditionDestroy:
  case WaitKind::Barrier:
    return true;
  default:
    return false;
  }
}

void aboutToWait(Thread &T) {
  if (T.WaitKind == WaitKind::Join && T.WaitObject == T.Id) {
    ++T.Busy;
    joinsItself(T);
    --T.Busy;
  }
  static bool Watched = false;
  if (RADDLE_LIKELY(__atomic_load_n(&Watched, __ATOMIC_RELAXED)) ||
      !isSuspicious(T))
    return;
  ++T.Busy;
  __atomic_store_n(&Watched, true, __ATOMIC_RELAXED);
  startMonitor();
  --T.Busy;
}

void threadEnds(Thread &T) { TheEndedOwners.add(T); }

void inChild(Thread *) {
  ToldLock.reset();
  TheEndedOwners.reset();
}

Observers Table;

} // namespace

void startDeadlockWatchdog() {
  keepHeldLocks();
  addMonitorWork(look);
  Table.AboutToWait = aboutToWait;
  Table.FirstThread = startMonitor;
  Table.ThreadEnds = threadEnds;
  Table.InChild = inChild;
  TheObservers.add(&Table);
}

} // namespace raddle
