// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/Look.h"
#include "leak_tracker/track/Kernel.h"
#include "runtime/core/KernelTasks.h"
#include "runtime/stack/StackStore.h"
#include "runtime/thread/HeldLocks.h"
#include "runtime/thread/Registry.h"

namespace raddle::leaks {

using trace::Proof;
using trace::TaskState;
using trace::WaitKind;

namespace {

/// Kernel thread number of the holder of what \p W waits for; 0: none known.
int holderOf(const WaitCopy &W) {
  switch (W.Kind) {
  case WaitKind::Mutex: {
    pthread_mutex_t M;
    if (!sys::safeRead(&M, W.Object, sizeof(M)) || !M.__data.__lock)
      return 0;
    // The kernel hands a robust mutex on when its owner ends, and those of
    // other processes have owners there.
    constexpr int Robust = 16, Shared = 128;
    return M.__data.__kind & (Robust | Shared) ? 0 : M.__data.__owner;
  }
  case WaitKind::RwLockRead:
  case WaitKind::RwLockWrite: {
    pthread_rwlock_t L;
    if (!sys::safeRead(&L, W.Object, sizeof(L)) || L.__data.__shared)
      return 0;
    return L.__data.__cur_writer;
  }
  default:
    return 0;
  }
}

TaskInfo *byTid(TaskList &Tasks, int Tid) {
  for (TaskInfo &T : Tasks)
    if (T.Kind == trace::TaskKind::Thread && T.Tid == Tid &&
        T.State != TaskState::FinishedUnjoined)
      return &T;
  return nullptr;
}

TaskInfo *byId(TaskList &Tasks, uint32_t Id) {
  for (TaskInfo &T : Tasks)
    if (T.Kind == trace::TaskKind::Thread && T.Id == Id)
      return &T;
  return nullptr;
}

void findOwner(TaskList &Tasks, TaskInfo &T) {
  if (T.Wait.Kind == WaitKind::Join) {
    if (TaskInfo *Joined = byId(Tasks, uint32_t(T.Wait.Object))) {
      T.Owner = Joined->Id;
      T.OwnerTid = Joined->Tid;
      T.OwnerIs = OwnerState::Alive;
    }
    return;
  }
  T.OwnerTid = holderOf(T.Wait);
  if (!T.OwnerTid)
    return;
  // Whoever has just got a lock is marked as waiting for a moment more.
  if (T.OwnerTid == T.Tid &&
      !waitsInFutex(T.Tid, T.Wait.Object, sizeof(pthread_rwlock_t))) {
    T.State = TaskState::Running;
    T.Wait = {};
    T.OwnerTid = 0;
    return;
  }
  if (TaskInfo *Owner = byTid(Tasks, T.OwnerTid)) {
    T.Owner = Owner->Id;
    T.OwnerIs = OwnerState::Alive;
    return;
  }
  T.OwnerIs =
      threadExists(T.OwnerTid) ? OwnerState::Unknown : OwnerState::Exited;
  // One that is over but not joined is known still.
  if (T.OwnerIs == OwnerState::Exited)
    for (TaskInfo &Other : Tasks)
      if (Other.Kind == trace::TaskKind::Thread && Other.Tid == T.OwnerTid)
        T.Owner = Other.Id;
}

/// The wait is the very one that was looked at, and so is who holds it.
bool isStill(const TaskInfo &T) {
  InternalGuard G(TheRegistry.lock());
  Thread *Now = TheRegistry.byId(T.Id);
  return Now &&
         __atomic_load_n(&Now->WaitSequence, __ATOMIC_ACQUIRE) ==
             T.WaitSequence &&
         (T.Wait.Kind == WaitKind::Join || holderOf(T.Wait) == T.OwnerTid);
}

/// Follows who waits for whom from \p T on. A chain that is read link by link
/// is true if no link has changed by the time the last is read: each thread on
/// it has waited all along.
Proof prove(TaskList &Tasks, TaskInfo &T) {
  if (!T.blocked() || T.Wait.Timed || T.OwnerIs == OwnerState::Unknown)
    return Proof::None;
  Proof Answer;
  TaskInfo *Owner = ownerOf(Tasks, T);
  if (T.OwnerIs == OwnerState::Exited) {
    Answer = Proof::OwnerExited;
  } else if (!Owner) {
    return Proof::None;
  } else if (Owner == &T) {
    Answer = Proof::Self;
  } else {
    // To the end, or to the second visit of where Brent's hare rests.
    TaskInfo *Rest = &T, *At = Owner;
    for (size_t Steps = 0, Power = 1;; ++Steps) {
      if (!At || !At->blocked() || At->Wait.Timed)
        return Proof::None;
      if (At == &T) {
        Answer = Proof::Cycle;
        break;
      }
      if (At == Rest || At->OwnerIs == OwnerState::Exited) {
        Answer = Proof::OwnerLeaked;
        break;
      }
      if (Steps == Power) {
        Rest = At;
        Power *= 2;
        Steps = 0;
      }
      At = ownerOf(Tasks, *At);
    }
  }
  size_t Links = 0;
  for (TaskInfo *At = &T; At && Links <= Tasks.size();
       At = ownerOf(Tasks, *At), ++Links) {
    if (!isStill(*At))
      return Proof::None;
    if (At->OwnerIs != OwnerState::Alive || (Links && At == &T))
      break;
  }
  return Answer;
}

} // namespace

void lookAtThreads(TaskList &Tasks) {
  {
    InternalGuard G(TheRegistry.lock());
    for (Thread *T = TheRegistry.first(); T; T = T->Next) {
      if (T->State == ThreadState::Gone ||
          (T->State == ThreadState::Finished && T->Detached))
        continue;
      TaskInfo *I = Tasks.add();
      if (!I)
        return;
      I->Kind = trace::TaskKind::Thread;
      I->Id = T->Id;
      I->Tid = T->Tid;
      I->ThreadKind = T->Kind;
      I->Parent = T->Parent;
      I->CreationStack = T->CreationStack;
      I->Test = T->Test;
      I->StartRoutine = T->StartC11 ? reinterpret_cast<uint64_t>(T->StartC11)
                                    : reinterpret_cast<uint64_t>(T->Start);
      I->Time = T->Time;
      I->EndTime = T->EndTime;
      I->StackLow = T->StackLow;
      I->StackHigh = T->StackHigh;
      I->Handle = uint64_t(T->Handle);
      I->IsMain = T->IsMain;
      I->IsMe = T == Self;
      I->Detached = T->Detached;
      I->Ignored = T->Ignored;
      __builtin_memcpy(I->Name, T->Name, sizeof(T->Name));
      I->State = TaskState::Running;
      if (T->State == ThreadState::Finished) {
        I->State = TaskState::FinishedUnjoined;
      } else if (T != Self) {
        I->WaitSequence = __atomic_load_n(&T->WaitSequence, __ATOMIC_ACQUIRE);
        if (copyWait(*T, I->Wait))
          I->State = TaskState::Blocked;
        else
          I->Wait = {};
      }
    }
  }
  for (TaskInfo &T : Tasks)
    if (T.blocked())
      findOwner(Tasks, T);
}

TaskInfo *ownerOf(TaskList &Tasks, const TaskInfo &T) {
  if (!T.Owner || T.OwnerIs != OwnerState::Alive)
    return nullptr;
  return byId(Tasks, T.Owner);
}

void proveByOwners(TaskList &Tasks) {
  for (TaskInfo &T : Tasks)
    if (T.Kind == trace::TaskKind::Thread && canLeak(T) &&
        T.Proven == Proof::None)
      T.Proven = prove(Tasks, T);
}

void lookAtStacks(TaskInfo &T) {
  if (T.blocked() && T.Wait.Site.Pc)
    T.Stack = captureOther(T.Wait.Site);
  if (!T.Owner || T.Wait.Kind == WaitKind::Join || !KeepHeldLocks)
    return;
  HeldLock Held = {};
  {
    InternalGuard G(TheRegistry.lock());
    // Of one that is running this may be torn, or unmapped; it only fills in a
    // place.
    if (Thread *Owner = TheRegistry.byId(T.Owner)) {
      auto *From = __atomic_load_n(&Owner->Held, __ATOMIC_ACQUIRE);
      uint32_t Count = __atomic_load_n(&Owner->HeldCount, __ATOMIC_ACQUIRE);
      for (uint32_t I = 0; I != Count && Held.Lock != T.Wait.Object; ++I)
        if (!sys::safeRead(&Held, reinterpret_cast<uint64_t>(From + I),
                           sizeof(Held)))
          break;
    }
  }
  if (Held.Lock == T.Wait.Object && Held.Frames &&
      Held.Frames <= HeldLock::StackDepth)
    T.OwnerStack = TheStacks.intern(Held.Pcs, Held.Frames);
}

} // namespace raddle::leaks
