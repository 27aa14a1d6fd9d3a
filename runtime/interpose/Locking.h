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

} // namespace raddle

#endif
