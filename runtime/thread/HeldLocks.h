// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The locks that each thread holds: the hot path of the runtime. A lock and
// unlock of what is known costs a few stores, two hashes and the check that the
// call path is the one of last time; nothing is allocated or locked.
#ifndef RADDLE_RUNTIME_THREAD_HELDLOCKS_H
#define RADDLE_RUNTIME_THREAD_HELDLOCKS_H

#include "runtime/core/Memory.h"
#include "runtime/thread/Thread.h"

namespace raddle {

/// Held locks are kept (locks=1 or deadlocks=1).
extern bool KeepHeldLocks;

/// Counted up for every lock address that is freed, by the address's hash: a
/// lock at the same place is another from then on, and what was known of the
/// old one is no longer found.
struct Generations {
  static constexpr size_t Size = 4096;
  uint32_t Of[Size];
  uint32_t &at(uint64_t Address) {
    return Of[(Address >> 4 ^ Address >> 16) & (Size - 1)];
  }
};
extern Generations TheGenerations;

struct LockUse {
  const void *Lock;
  trace::LockKind Kind;
  trace::Mode Mode = trace::Mode::Exclusive;
  uint8_t Flags = 0; ///< trace::AcquisitionFlags.
  /// The same thread may take it again.
  bool Reentrant = false;
};

/// The calling thread has taken a lock.
void lockAcquired(Thread &T, const LockUse &Use, const CallSite &Site);
/// The calling thread is about to give a lock back. What it does not hold is
/// left alone.
void lockReleased(Thread &T, const void *Lock);
/// The lock as it is held by \p T, or null.
HeldLock *findHeld(Thread &T, const void *Lock);

} // namespace raddle

#endif
