// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// POSIX mutexes: also std::mutex and its kin.
#include "runtime/interpose/Mutexes.h"
#include <errno.h>

using namespace raddle;

namespace {

/// Robust mutexes: the lock is had, its owner died.
bool isTaken(int Result) { return Result == 0 || Result == EOWNERDEAD; }

template <typename Function>
inline int lock(pthread_mutex_t *M, bool Timed, const CallSite &Site,
                Function Call) {
  return lockMutex(
      M, Timed, Site, EBUSY, [M] { return Real.pthread_mutex_trylock(M); },
      Call, isTaken);
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
