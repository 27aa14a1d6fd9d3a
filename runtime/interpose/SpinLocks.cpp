// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// POSIX spin locks.
#include "runtime/interpose/Locking.h"
#include <errno.h>

using namespace raddle;

namespace {
LockUse useOf(pthread_spinlock_t *L, uint8_t Flags = 0) {
  return {const_cast<const int *>(L), trace::LockKind::SpinLock,
          trace::Mode::Exclusive, Flags, false};
}
const void *address(pthread_spinlock_t *L) {
  return const_cast<const int *>(L);
}
} // namespace

RADDLE_EXPORT int pthread_spin_lock(pthread_spinlock_t *L) noexcept {
  ensureReal();
  CallSite Site = RADDLE_CALL_SITE();
  Thread *T = observed();
  if (!T)
    return Real.pthread_spin_lock(L);
  auto Call = [=] { return Real.pthread_spin_lock(L); };
  // 1 is free on x86-64.
  int Result = firstTry(
      __atomic_load_n(L, __ATOMIC_RELAXED) != 1, EBUSY,
      [=] { return Real.pthread_spin_trylock(L); },
      [&] {
        return callUntried(*T, address(L), trace::WaitKind::SpinLock, false,
                           Site, Call);
      });
  if (RADDLE_UNLIKELY(Result == EBUSY))
    Result = waitForLock(*T, address(L), trace::LockKind::SpinLock,
                         trace::WaitKind::SpinLock, false, 0, Site, Call);
  if (KeepHeldLocks && Result == 0)
    lockAcquired(*T, useOf(L), Site);
  return Result;
}

RADDLE_EXPORT int pthread_spin_trylock(pthread_spinlock_t *L) noexcept {
  ensureReal();
  int Result = Real.pthread_spin_trylock(L);
  if (KeepHeldLocks && Result == 0)
    if (Thread *T = observed())
      lockAcquired(*T, useOf(L, trace::AcquiredByTry), RADDLE_CALL_SITE());
  return Result;
}

RADDLE_EXPORT int pthread_spin_unlock(pthread_spinlock_t *L) noexcept {
  ensureReal();
  if (KeepHeldLocks)
    if (Thread *T = observed())
      lockReleased(*T, address(L));
  return Real.pthread_spin_unlock(L);
}

RADDLE_EXPORT int pthread_spin_init(pthread_spinlock_t *L,
                                    int Shared) noexcept {
  ensureReal();
  if (KeepHeldLocks)
    lockMade(address(L), sizeof(*L));
  return Real.pthread_spin_init(L, Shared);
}

RADDLE_EXPORT int pthread_spin_destroy(pthread_spinlock_t *L) noexcept {
  ensureReal();
  if (KeepHeldLocks)
    lockMade(address(L), sizeof(*L));
  return Real.pthread_spin_destroy(L);
}
