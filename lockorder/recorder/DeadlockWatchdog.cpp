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
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "runtime/core/Options.h"
#include "runtime/thread/HeldLocks.h"
#include "runtime/thread/Monitor.h"
#include "runtime/thread/Registry.h"
#include "runtime/trace/TraceWriter.h"

namespace raddle {
namespace {

using trace::DeadlockKind;
using trace::WaitKind;

constexpr uint64_t Ms = 1000000;
constexpr uint64_t Period = 100 * Ms, Patience = 50 * Ms;
constexpr int ExitDeadlock = 24;

WaitGraph Graph;
/// One look at a time: the monitor's, or the last one at exit.
InternalLock LookLock;
/// Signatures of waits: seen in the look before, and told of already. A thread
/// that is part of a deadlock is told of once.
HashTable Candidates[2], Told;
unsigned Current = 0;
bool AnyTold = false;
uint64_t AllBlockedSignature = 0;
int AllBlockedLooks = 0;

uint64_t signatureOf(const WaitNode &N) {
  return mix(uint64_t(N.Thread) << 32 | N.Sequence, N.Wait.Object) | 1;
}

void tell(DeadlockKind Kind, const uint32_t *Involved, uint32_t Count) {
  for (uint32_t I = 0; I != Count; ++I)
    if (uint32_t *Known = Told.insert(signatureOf(Graph[Involved[I]])))
      *Known = 1;
  reportDeadlock(Kind, Graph, Involved, Count);
  if (Kind == DeadlockKind::Stall)
    return;
  AnyTold = true;
  if (!TheOptions.AbortOnDeadlock)
    return;
  TheTrace.finish(trace::Ending::Exited, ExitDeadlock);
  sys::call(SYS_exit_group, ExitDeadlock);
}

/// Twice in a row, and not told of yet.
bool isConfirmed(uint64_t Signature) {
  if (uint32_t *Now = Candidates[Current].insert(Signature))
    *Now = 1;
  return Candidates[!Current].find(Signature) && !Told.find(Signature);
}

/// libc says EDEADLK instead of waiting, or the thread has just got the lock
/// and its mark of waiting is late.
bool isRealSelfLock(const WaitNode &N) {
  if (N.Wait.Kind != WaitKind::Mutex)
    return false;
  pthread_mutex_t M;
  if (!sys::safeRead(&M, N.Wait.Object, sizeof(M)) ||
      (M.__data.__kind & 3) == PTHREAD_MUTEX_ERRORCHECK_NP ||
      (M.__data.__kind & 3) == PTHREAD_MUTEX_RECURSIVE_NP)
    return false;
  InternalGuard G(TheRegistry.lock());
  Thread *T = TheRegistry.byId(N.Thread);
  HeldLock Copy;
  return T && copyHeld(*T, N.Wait.Object, Copy);
}

void lookAtSelfAndExited() {
  for (uint32_t I = 0; I != Graph.size(); ++I) {
    WaitNode &N = Graph[I];
    if (!N.blocked() || N.Wait.Timed)
      continue;
    bool Self = N.Owner == I && N.Wait.Kind != WaitKind::Join;
    if ((!Self && !N.OwnerExited) || (Self && !isRealSelfLock(N)) ||
        !isConfirmed(signatureOf(N)) || !WaitGraph::isStill(N))
      continue;
    tell(Self ? DeadlockKind::SelfLock : DeadlockKind::OwnerExited, &I, 1);
  }
}

void lookForCycles() {
  uint32_t Visit = 0;
  for (uint32_t Start = 0; Start != Graph.size(); ++Start) {
    if (Graph[Start].Visit)
      continue;
    ++Visit;
    // Everybody waits for one at most: follow until somebody is met again.
    uint32_t At = Start;
    while (At != WaitNode::None && !Graph[At].Visit && Graph[At].blocked() &&
           !Graph[At].Wait.Timed) {
      Graph[At].Visit = Visit;
      At = Graph[At].Owner;
    }
    if (At == WaitNode::None || Graph[At].Visit != Visit ||
        Graph[At].Owner == At || !Graph[At].blocked())
      continue;
    constexpr uint32_t Longest = 256;
    uint32_t Cycle[Longest], Count = 0;
    uint64_t Signature = 0;
    bool Known = false;
    uint32_t Each = At;
    do {
      if (Count == Longest)
        break;
      Cycle[Count++] = Each;
      // The same wherever it begins.
      Signature ^= signatureOf(Graph[Each]);
      Known |= Told.find(signatureOf(Graph[Each])) != nullptr;
      Each = Graph[Each].Owner;
    } while (Each != At);
    if (Each != At || Known || !isConfirmed(Signature | 1))
      continue;
    bool Still = true;
    for (uint32_t I = 0; I != Count; ++I)
      Still &= WaitGraph::isStill(Graph[Cycle[I]]);
    if (Still)
      tell(DeadlockKind::Cycle, Cycle, Count);
  }
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
  tell(DeadlockKind::AllBlocked, All, Count);
  sys::unmap(All, Count * sizeof(uint32_t));
}

void lookForStalls(uint64_t Now) {
  uint64_t Limit = uint64_t(TheOptions.StallMs) * Ms;
  for (uint32_t I = 0; Limit && I != Graph.size(); ++I) {
    const WaitNode &N = Graph[I];
    // A join waits for a thread's whole work; that is what it is for.
    if (waitsForThreads(N.Wait.Kind) && N.Wait.Kind != WaitKind::Join &&
        !N.Wait.Timed && Now > N.Wait.Since && Now - N.Wait.Since >= Limit &&
        !Told.find(signatureOf(N)))
      tell(DeadlockKind::Stall, &I, 1);
  }
}

uint64_t look(uint64_t Now) {
  static uint64_t Next = 0;
  if (Now < Next)
    return Next;
  InternalGuard G(LookLock);
  if (Graph.take(Now > Patience ? Now - Patience : 0)) {
    lookAtSelfAndExited();
    lookForCycles();
    lookWhetherAllWait();
    lookForStalls(Now);
  } else {
    AllBlockedLooks = 0;
  }
  // With very many threads, less often.
  uint64_t Pause = Period * (1 + Graph.size() / 1000);
  Graph.release();
  Current = !Current;
  Candidates[Current].release();
  return Next = Now + Pause;
}

/// libc answers EDEADLK to it, and nothing would be seen later.
void lookForSelfJoin(Thread &T) {
  if (T.WaitKind != WaitKind::Join || T.WaitObject != T.Id)
    return;
  InternalGuard G(LookLock);
  Graph.take(~uint64_t(0));
  for (uint32_t I = 0; I != Graph.size(); ++I)
    if (Graph[I].Thread == T.Id && Graph[I].Wait.Kind == WaitKind::Join &&
        !Told.find(signatureOf(Graph[I])))
      tell(DeadlockKind::SelfJoin, &I, 1);
  Graph.release();
}

void aboutToWait(Thread &T) {
  ++T.Busy;
  lookForSelfJoin(T);
  // A thread that is alone can still wait for itself.
  startMonitor();
  --T.Busy;
}

void inChild(Thread *) {
  LookLock.reset();
  Told.release();
}

Observers Table;

} // namespace

void startDeadlockWatchdog() {
  keepHeldLocks();
  addMonitorWork(look);
  Table.AboutToWait = aboutToWait;
  Table.FirstThread = startMonitor;
  Table.InChild = inChild;
  TheObservers.add(&Table);
}

} // namespace raddle
