// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// POSIX mutexes: also std::mutex and its kin.
#include "runtime/interpose/Locking.h"
#include <errno.h>

using namespace raddle;

namespace {

trace::LockKind kindOf(const pthread_mutex_t *M) {
  switch (M->__data.__kind & 3) {
  case PTHREAD_MUTEX_RECURSIVE_NP:
    return trace::LockKind::RecursiveMutex;
  case PTHREAD_MUTEX_ERRORCHECK_NP:
    return trace::LockKind::ErrorCheckMutex;
  default:
    return trace::LockKind::Mutex;
  }
}

LockUse useOf(const pthread_mutex_t *M, uint8_t Flags = 0) {
  trace::LockKind Kind = kindOf(M);
  return {M, Kind, trace::Mode::Exclusive, Flags,
          Kind == trace::LockKind::RecursiveMutex};
}

/// Robust mutexes: the lock is had, its owner died.
bool isTaken(int Result) { return Result == 0 || Result == EOWNERDEAD; }

/// The mutex is not free at the moment, and so will probably be waited for.
bool looksTaken(const pthread_mutex_t *M) {
  return __atomic_load_n(&M->__data.__lock, __ATOMIC_RELAXED) != 0;
}

template <typename Function>
int lock(pthread_mutex_t *M, bool Timed, const CallSite &Site, Function Call) {
  Thread *T = observed();
  if (!T)
    return Call();
  int Result;
  if (RADDLE_UNLIKELY(looksTaken(M))) {
    int Owner = __atomic_load_n(&M->__data.__owner, __ATOMIC_RELAXED);
    Result = waitForLock(*T, M, kindOf(M), trace::WaitKind::Mutex, Timed, Owner,
                         Site, Call);
  } else {
    Result = Call();
  }
  if (KeepHeldLocks && isTaken(Result))
    lockAcquired(*T, useOf(M, Timed ? trace::AcquiredTimed : 0), Site);
  return Result;
}

} // namespace

RADDLE_EXPORT int pthread_mutex_lock(pthread_mutex_t *M) noexcept {
  ensureReal();
  return lock(M, false, RADDLE_CALL_SITE(),
              [M] { return Real.pthread_mutex_lock(M); });
}

RADDLE_EXPORT int pthread_mutex_timedlock(pthread_mutex_t *M,
                                          const timespec *Until) noexcept {
  ensureReal();
  return lock(M, true, RADDLE_CALL_SITE(),
              [=] { return Real.pthread_mutex_timedlock(M, Until); });
}

RADDLE_EXPORT int pthread_mutex_clocklock(pthread_mutex_t *M, clockid_t Clock,
                                          const timespec *Until) noexcept {
  ensureReal();
  return lock(M, true, RADDLE_CALL_SITE(),
              [=] { return Real.pthread_mutex_clocklock(M, Clock, Until); });
}

RADDLE_EXPORT int pthread_mutex_trylock(pthread_mutex_t *M) noexcept {
  ensureReal();
  int Result = Real.pthread_mutex_trylock(M);
  if (!KeepHeldLocks || !isTaken(Result))
    return Result;
  if (Thread *T = observed())
    lockAcquired(*T, useOf(M, trace::AcquiredByTry), RADDLE_CALL_SITE());
  return Result;
}

RADDLE_EXPORT int pthread_mutex_unlock(pthread_mutex_t *M) noexcept {
  ensureReal();
  if (KeepHeldLocks)
    if (Thread *T = observed())
      lockReleased(*T, M);
  return Real.pthread_mutex_unlock(M);
}

RADDLE_EXPORT int pthread_mutex_init(pthread_mutex_t *M,
                                     const pthread_mutexattr_t *A) noexcept {
  ensureReal();
  if (KeepHeldLocks)
    lockMade(M, sizeof(*M));
  return Real.pthread_mutex_init(M, A);
}

RADDLE_EXPORT int pthread_mutex_destroy(pthread_mutex_t *M) noexcept {
  ensureReal();
  if (KeepHeldLocks)
    lockMade(M, sizeof(*M));
  return Real.pthread_mutex_destroy(M);
}
