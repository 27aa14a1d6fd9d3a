// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/recorder/DeadlockReport.h"
#include "lockorder/recorder/EndedOwners.h"
#include "lockorder/recorder/LockTable.h"
#include "runtime/Runtime.h"
#include "runtime/core/Options.h"
#include "runtime/core/Print.h"
#include "runtime/stack/StackStore.h"
#include "runtime/stack/Symbols.h"
#include "runtime/thread/HeldLocks.h"
#include "runtime/thread/Registry.h"
#include "runtime/trace/TraceWriter.h"

namespace raddle {

using trace::DeadlockKind;
using trace::LockKind;
using trace::WaitKind;

namespace {

constexpr unsigned MostFrames = 12;
/// As many as a record of the trace has room for; and as people read.
constexpr uint32_t MostThreads = 4000, MostInText = 32;

const char *describe(WaitKind Kind) {
  switch (Kind) {
  case WaitKind::Mutex:
    return "mutex";
  case WaitKind::RwLockRead:
  case WaitKind::RwLockWrite:
    return "read-write lock";
  case WaitKind::SpinLock:
    return "spin lock";
  case WaitKind::Condition:
    return "condition variable";
  case WaitKind::ConditionDestroy:
    return "all to be gone that wait for the condition variable";
  case WaitKind::Semaphore:
    return "semaphore";
  case WaitKind::Barrier:
    return "barrier";
  case WaitKind::Futex:
    return "atomic";
  default:
    return "lock";
  }
}

LockKind kindOf(const WaitCopy &W) {
  switch (W.Kind) {
  case WaitKind::Mutex: {
    pthread_mutex_t M = {};
    sys::safeRead(&M, W.Object, sizeof(M));
    int Type = M.__data.__kind & 3;
    return Type == PTHREAD_MUTEX_RECURSIVE_NP    ? LockKind::RecursiveMutex
           : Type == PTHREAD_MUTEX_ERRORCHECK_NP ? LockKind::ErrorCheckMutex
                                                 : LockKind::Mutex;
  }
  case WaitKind::RwLockRead:
  case WaitKind::RwLockWrite:
    return LockKind::RwLock;
  case WaitKind::SpinLock:
    return LockKind::SpinLock;
  case WaitKind::Condition:
  case WaitKind::ConditionDestroy:
    return LockKind::Condition;
  case WaitKind::Semaphore:
    return LockKind::Semaphore;
  case WaitKind::Barrier:
    return LockKind::Barrier;
  case WaitKind::Futex:
    return LockKind::Futex;
  default:
    return LockKind::Unknown;
  }
}

/// As the owner has it in its list, or as the lock itself says.
uint32_t numberOf(const WaitCopy &W, const HeldLock *Held) {
  LockKind Kind = Held ? Held->Kind : kindOf(W);
  if (Kind == LockKind::Unknown)
    return 0;
  uint64_t Serial = Held ? Held->Serial : readSerial(W.Object, Kind);
  InternalGuard G(TheLocks.lock());
  return TheLocks.number(W.Object, Serial, Kind);
}

trace::DeadlockThread recordOf(WaitGraph &Graph, const WaitNode &N) {
  trace::DeadlockThread R = {};
  R.Thread = N.Thread;
  R.Stack = captureOther(N.Wait.Site);
  R.On.Kind = N.Wait.Kind;
  R.On.Timed = N.Wait.Timed;
  R.On.Object = N.Wait.Object;
  R.On.Since = N.Wait.Since;
  HeldLock Held;
  bool IsHeld = false;
  if (N.Owner != WaitNode::None) {
    const WaitNode &Owner = Graph[N.Owner];
    R.On.Owner = Owner.Thread;
    if (N.Wait.Kind != WaitKind::Join) {
      InternalGuard G(TheRegistry.lock());
      Thread *T = TheRegistry.byId(Owner.Thread);
      IsHeld = T && copyHeld(*T, N.Wait.Object, Held);
    }
    if (IsHeld) {
      Frame Frames[StackStore::MaxDepth];
      unsigned Count = 0;
      if (Owner.blocked())
        Count = unwindOther(Owner.Wait.Site, Frames, StackStore::MaxDepth);
      R.On.OwnerStack = acquisitionStack(Held, Frames, Count);
    }
  }
  EndedOwner Ended;
  if (N.EndedOwner && TheEndedOwners.find(N.Wait.Object, N.Serial, Ended) &&
      Ended.Thread == N.EndedOwner) {
    R.On.Owner = Ended.Thread;
    R.On.OwnerStack = acquisitionStack(Ended.Held, nullptr, 0);
  }
  R.On.Lock = numberOf(N.Wait, IsHeld ? &Held : nullptr);
  return R;
}

void writeName(const WaitNode &N, TextSink &To) {
  To << "thread " << N.Thread;
  if (N.IsMain)
    To << " (main)";
  else if (N.Name[0])
    To << " '" << N.Name << '\'';
}

void writeStack(const char *First, uint32_t Id, TextSink &To) {
  const StoredStack *S = TheStacks.get(Id);
  for (unsigned I = 0; S && I != S->Count && I != MostFrames; ++I) {
    To << (I ? "              " : First);
    describeFrame(S->Pcs[I], false, To);
    To << '\n';
  }
}

void writeObject(const WaitCopy &W, TextSink &To) {
  To << describe(W.Kind) << ' ';
  Symbol S;
  if (!findSymbol(W.Object, S) || !*S.Name) {
    To << Hex{W.Object};
    return;
  }
  To << '\'';
  demangle(S.Name, To);
  if (S.Offset)
    To << '+' << Hex{S.Offset};
  To << '\'';
}

void writeWait(WaitGraph &Graph, const WaitNode &N,
               const trace::DeadlockThread &R, uint64_t Now, TextSink &To) {
  To << "raddle:   ";
  writeName(N, To);
  bool Self = N.Owner != WaitNode::None && Graph[N.Owner].Thread == N.Thread;
  if (N.Wait.Kind == WaitKind::Join) {
    To << " joins ";
    if (Self)
      To << "itself";
    else if (N.Owner != WaitNode::None)
      writeName(Graph[N.Owner], To);
    else
      To << "a thread";
  } else {
    To << " waits for ";
    writeObject(N.Wait, To);
    if (N.OwnerExited) {
      To << ", held by ";
      if (N.EndedOwner)
        To << "thread " << N.EndedOwner;
      else
        To << "a thread";
      To << (N.EndedOwner ? ", which has ended" : " that has ended");
    } else if (Self)
      To << ", which it holds itself";
    else if (N.Owner != WaitNode::None) {
      // Nobody writes yet, but a reader has to let writers go first.
      bool Behind = N.Wait.Kind == WaitKind::RwLockRead && !N.OwnerTid;
      To << (Behind ? ", behind " : ", held by ");
      writeName(Graph[N.Owner], To);
    }
  }
  uint64_t Ms = Now > N.Wait.Since ? (Now - N.Wait.Since) / 1000000 : 0;
  To << ", since " << Ms << " ms\n";
  writeStack("    is at     ", R.Stack, To);
  writeStack("    taken at  ", R.On.OwnerStack, To);
}

const char *headline(DeadlockKind Kind) {
  switch (Kind) {
  case DeadlockKind::Cycle:
    return "deadlock: threads wait for each other\n";
  case DeadlockKind::SelfLock:
    return "deadlock: a thread waits for a lock that it holds itself\n";
  case DeadlockKind::SelfJoin:
    return "deadlock: a thread joins itself\n";
  case DeadlockKind::OwnerExited:
    return "deadlock: a thread waits for a lock whose owner has ended\n";
  case DeadlockKind::AllBlocked:
    return "deadlock: all threads wait for what only one of them could give\n";
  case DeadlockKind::Stall:
    return "stall: a thread has waited for long\n";
  }
  return "deadlock\n";
}

} // namespace

void reportDeadlock(DeadlockKind Kind, WaitGraph &Graph,
                    const uint32_t *Involved, uint32_t Count) {
  if (Count > MostThreads)
    Count = MostThreads;
  constexpr size_t Room = 256 << 10;
  size_t RecordsSize = Count * sizeof(trace::DeadlockThread);
  auto *Records = static_cast<trace::DeadlockThread *>(sys::map(RecordsSize));
  if (!Records)
    return;
  for (uint32_t I = 0; I != Count; ++I)
    Records[I] = recordOf(Graph, Graph[Involved[I]]);
  trace::DeadlockRecord R = {};
  R.Kind = Kind;
  R.Count = Count;
  R.Time = sys::now();
  TheTrace.write(trace::RecordType::Deadlock, R, {Records, RecordsSize});
  char *Memory =
      TheOptions.Quiet ? nullptr : static_cast<char *>(sys::map(Room));
  if (Memory) {
    TextSink Text(Memory, Room);
    Text << "raddle: " << headline(Kind);
    for (uint32_t I = 0; I != Count && I != MostInText; ++I)
      writeWait(Graph, Graph[Involved[I]], Records[I], R.Time, Text);
    if (Count > MostInText)
      Text << "raddle:   and " << Count - MostInText << " more threads\n";
    print(Text.text(), Text.size());
    sys::unmap(Memory, Room);
  }
  sys::unmap(Records, RecordsSize);
}

} // namespace raddle
