// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the interposed lock functions of all kinds share.
#ifndef RADDLE_RUNTIME_INTERPOSE_LOCKING_H
#define RADDLE_RUNTIME_INTERPOSE_LOCKING_H

#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "runtime/thread/HeldLocks.h"

namespace raddle {

/// Memory becomes or ceases to be a lock: whatever was there is another.
inline void lockMade(const void *Lock, size_t Size) {
  if (Thread *T = observed()) {
    ++T->Busy;
    RADDLE_TELL(Freed, Lock, Size);
    --T->Busy;
  }
}

/// Takes a lock the way that never waits, so that what does wait is known to.
/// A sanitizer that sees our calls draws conclusions from a try, and for the
/// controller of schedules each call is a step: there the lock is looked at
/// instead.
template <typename TryFunction, typename Function>
inline int firstTry(bool LooksTaken, int Busy, TryFunction Try, Function Call) {
  if (RADDLE_LIKELY(!OneCallOnly))
    return Try();
  return LooksTaken ? Busy : Call();
}

/// \p Call takes a lock that nobody seems to have. It may be another thread's
/// before it does, above all where jitter holds this one up in it: a wait that
/// is not marked is in no deadlock. Nothing is told: a thread that is alone
/// waits for nobody here.
template <typename Function>
inline int callUntried(Thread &T, const void *Lock, trace::WaitKind Wait,
                       bool Timed, const CallSite &Site, Function Call) {
  Waiting W(&T, Wait, Lock, Site, Timed, nullptr, Waiting::Clock::Coarse);
  return Call();
}

/// \p Call takes a lock that another thread seems to have.
/// \p Owner: its thread number, or 0.
template <typename Function>
__attribute__((noinline)) int
waitForLock(Thread &T, const void *Lock, trace::LockKind Kind,
            trace::WaitKind Wait, bool Timed, int Owner, const CallSite &Site,
            Function Call) {
  uint64_t Since;
  int Result;
  {
    Waiting W(&T, Wait, Lock, Site, Timed);
    Since = T.WaitSince;
    RADDLE_TELL(AboutToWait, T);
    Result = Call();
  }
  if (KeepHeldLocks) {
    uint64_t Ns = sys::now() - Since;
    ++T.Busy;
    RADDLE_TELL(Contended, T, Lock, Kind, Ns, Owner, Site);
    --T.Busy;
  }
  return Result;
}

/// Waits on \p Condition with \p Mutex; see Conditions.cpp.
template <typename Function>
int waitOnCondition(Thread &T, const void *Condition, const void *Mutex,
                    trace::LockKind Kind, bool Timed, const CallSite &Site,
                    Function Call) {
  if (KeepHeldLocks) {
    ++T.Busy;
    RADDLE_TELL(ConditionWait, T, Condition, Mutex, Timed, Site);
    --T.Busy;
  }
  int Result;
  {
    Waiting W(&T, trace::WaitKind::Condition, Condition, Site, Timed, Mutex);
    RADDLE_TELL(AboutToWait, T);
    Result = Call();
  }
  // Taken again last of all, whatever the order was.
  HeldLock *H = KeepHeldLocks ? findHeld(T, Mutex) : nullptr;
  if (H && H != &T.Held[T.HeldCount - 1] && !H->Depth) {
    lockReleased(T, Mutex);
    lockAcquired(T, {Mutex, Kind}, Site);
  }
  return Result;
}

inline void conditionSignalled(const void *Condition, const CallSite &Site) {
  Thread *T = KeepHeldLocks ? observed() : nullptr;
  if (!T)
    return;
  // Told once with the same locks held; the table is that of known edges.
  if (T->Memory) {
    uint64_t Address = reinterpret_cast<uint64_t>(Condition);
    uint64_t Chain = T->HeldCount ? T->Held[T->HeldCount - 1].Chain : 0;
    uint64_t Of = uint64_t(TheGenerations.at(Address)) << 32 | T->Segment;
    uint64_t Signature = mix(mix(Chain, Address), ~Of) | 1;
    uint64_t &Known =
        T->Memory->KnownEdges[Signature >> 7 & (LockMemory::Edges - 1)];
    if (RADDLE_LIKELY(Known == Signature))
      return;
    Known = Signature;
  }
  ++T->Busy;
  RADDLE_TELL(ConditionSignal, *T, Condition, Site);
  --T->Busy;
}

} // namespace raddle

#endif
