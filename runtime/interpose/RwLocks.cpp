// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// POSIX read-write locks: also std::shared_mutex.
#include "runtime/interpose/Locking.h"
#include <errno.h>

using namespace raddle;

namespace {

LockUse useOf(const pthread_rwlock_t *L, trace::Mode Mode, uint8_t Flags) {
  // A reader may read again.
  return {L, trace::LockKind::RwLock, Mode, Flags, Mode == trace::Mode::Shared};
}

/// glibc keeps the number of readers from bit 3 on, and in bit 1 that a writer
/// has the lock or waits for it.
bool looksTaken(const pthread_rwlock_t *L, trace::Mode Mode) {
  unsigned Readers = __atomic_load_n(&L->__data.__readers, __ATOMIC_RELAXED);
  return (Readers & 2) != 0 || (Mode == trace::Mode::Exclusive && Readers >> 3);
}

template <typename TryFunction, typename Function>
inline int lock(pthread_rwlock_t *L, trace::Mode Mode, bool Timed,
                const CallSite &Site, TryFunction Try, Function Call) {
  Thread *T = observed();
  if (!T)
    return Call();
  trace::WaitKind Wait = Mode == trace::Mode::Shared
                             ? trace::WaitKind::RwLockRead
                             : trace::WaitKind::RwLockWrite;
  int Result = firstTry(looksTaken(L, Mode), EBUSY, Try, [&] {
    return callUntried(*T, L, Wait, Timed, Site, Call);
  });
  if (RADDLE_UNLIKELY(Result == EBUSY)) {
    int Owner = __atomic_load_n(&L->__data.__cur_writer, __ATOMIC_RELAXED);
    Result = waitForLock(*T, L, trace::LockKind::RwLock, Wait, Timed, Owner,
                         Site, Call);
  }
  if (KeepHeldLocks && Result == 0)
    lockAcquired(*T, useOf(L, Mode, Timed ? trace::AcquiredTimed : 0), Site);
  return Result;
}

template <typename Function>
inline int read(pthread_rwlock_t *L, bool Timed, const CallSite &Site,
                Function Call) {
  return lock(
      L, trace::Mode::Shared, Timed, Site,
      [L] { return Real.pthread_rwlock_tryrdlock(L); }, Call);
}

template <typename Function>
inline int write(pthread_rwlock_t *L, bool Timed, const CallSite &Site,
                 Function Call) {
  return lock(
      L, trace::Mode::Exclusive, Timed, Site,
      [L] { return Real.pthread_rwlock_trywrlock(L); }, Call);
}

int tried(pthread_rwlock_t *L, trace::Mode Mode, int Result,
          const CallSite &Site) {
  if (KeepHeldLocks && Result == 0)
    if (Thread *T = observed())
      lockAcquired(*T, useOf(L, Mode, trace::AcquiredByTry), Site);
  return Result;
}

constexpr trace::Mode Shared = trace::Mode::Shared,
                      Exclusive = trace::Mode::Exclusive;

} // namespace

RADDLE_EXPORT int pthread_rwlock_rdlock(pthread_rwlock_t *L) noexcept {
  ensureReal();
  return read(L, false, RADDLE_CALL_SITE(),
              [=] { return Real.pthread_rwlock_rdlock(L); });
}

RADDLE_EXPORT int pthread_rwlock_timedrdlock(pthread_rwlock_t *L,
                                             const timespec *Until) noexcept {
  ensureReal();
  return read(L, true, RADDLE_CALL_SITE(),
              [=] { return Real.pthread_rwlock_timedrdlock(L, Until); });
}

RADDLE_EXPORT int pthread_rwlock_clockrdlock(pthread_rwlock_t *L,
                                             clockid_t Clock,
                                             const timespec *Until) noexcept {
  ensureReal();
  return read(L, true, RADDLE_CALL_SITE(),
              [=] { return Real.pthread_rwlock_clockrdlock(L, Clock, Until); });
}

RADDLE_EXPORT int pthread_rwlock_wrlock(pthread_rwlock_t *L) noexcept {
  ensureReal();
  return write(L, false, RADDLE_CALL_SITE(),
               [=] { return Real.pthread_rwlock_wrlock(L); });
}

RADDLE_EXPORT int pthread_rwlock_timedwrlock(pthread_rwlock_t *L,
                                             const timespec *Until) noexcept {
  ensureReal();
  return write(L, true, RADDLE_CALL_SITE(),
               [=] { return Real.pthread_rwlock_timedwrlock(L, Until); });
}

RADDLE_EXPORT int pthread_rwlock_clockwrlock(pthread_rwlock_t *L,
                                             clockid_t Clock,
                                             const timespec *Until) noexcept {
  ensureReal();
  return write(L, true, RADDLE_CALL_SITE(), [=] {
    return Real.pthread_rwlock_clockwrlock(L, Clock, Until);
  });
}

RADDLE_EXPORT int pthread_rwlock_tryrdlock(pthread_rwlock_t *L) noexcept {
  ensureReal();
  return tried(L, Shared, Real.pthread_rwlock_tryrdlock(L), RADDLE_CALL_SITE());
}

RADDLE_EXPORT int pthread_rwlock_trywrlock(pthread_rwlock_t *L) noexcept {
  ensureReal();
  return tried(L, Exclusive, Real.pthread_rwlock_trywrlock(L),
               RADDLE_CALL_SITE());
}

RADDLE_EXPORT int pthread_rwlock_unlock(pthread_rwlock_t *L) noexcept {
  ensureReal();
  if (KeepHeldLocks)
    if (Thread *T = observed())
      lockReleased(*T, L);
  return Real.pthread_rwlock_unlock(L);
}

RADDLE_EXPORT int pthread_rwlock_init(pthread_rwlock_t *L,
                                      const pthread_rwlockattr_t *A) noexcept {
  ensureReal();
  if (KeepHeldLocks)
    lockMade(L, sizeof(*L));
  return Real.pthread_rwlock_init(L, A);
}

RADDLE_EXPORT int pthread_rwlock_destroy(pthread_rwlock_t *L) noexcept {
  ensureReal();
  if (KeepHeldLocks)
    lockMade(L, sizeof(*L));
  return Real.pthread_rwlock_destroy(L);
}
