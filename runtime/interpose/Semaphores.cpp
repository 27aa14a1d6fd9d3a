// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Semaphores and barriers. Neither has an owner: they are waited for, not held.
#include "runtime/interpose/Blocking.h"

using namespace raddle;

namespace {
/// Marked however full it looks: another thread may be quicker. The coarse
/// clock will do, as most of these calls return at once. sem_post,
/// sem_trywait and the like never wait: only who stands behind the table wants
/// to know of them.
template <typename Function>
int wait(sem_t *S, bool Timed, const CallSite &Site, Function Call) {
  return waitForThread(trace::WaitKind::Semaphore, S, Timed, Site,
                       Waiting::Clock::Coarse, Call);
}
} // namespace

RADDLE_EXPORT int sem_wait(sem_t *S) {
  ensureReal();
  return wait(S, false, RADDLE_CALL_SITE(), [=] { return Real.sem_wait(S); });
}

RADDLE_EXPORT int sem_timedwait(sem_t *S, const timespec *Until) {
  ensureReal();
  return wait(S, true, RADDLE_CALL_SITE(),
              [=] { return Real.sem_timedwait(S, Until); });
}

RADDLE_EXPORT int sem_clockwait(sem_t *S, clockid_t Clock,
                                const timespec *Until) {
  ensureReal();
  return wait(S, true, RADDLE_CALL_SITE(),
              [=] { return Real.sem_clockwait(S, Clock, Until); });
}

RADDLE_EXPORT int sem_init(sem_t *S, int Shared, unsigned Value) noexcept {
  ensureReal();
  return Real.sem_init(S, Shared, Value);
}

RADDLE_EXPORT int sem_destroy(sem_t *S) noexcept {
  ensureReal();
  return Real.sem_destroy(S);
}

RADDLE_EXPORT int sem_post(sem_t *S) noexcept {
  ensureReal();
  return Real.sem_post(S);
}

RADDLE_EXPORT int sem_trywait(sem_t *S) noexcept {
  ensureReal();
  return Real.sem_trywait(S);
}

RADDLE_EXPORT int pthread_barrier_init(pthread_barrier_t *B,
                                       const pthread_barrierattr_t *A,
                                       unsigned Count) noexcept {
  ensureReal();
  return Real.pthread_barrier_init(B, A, Count);
}

RADDLE_EXPORT int pthread_barrier_destroy(pthread_barrier_t *B) noexcept {
  ensureReal();
  return Real.pthread_barrier_destroy(B);
}

RADDLE_EXPORT int pthread_barrier_wait(pthread_barrier_t *B) noexcept {
  ensureReal();
  return waitForThread(trace::WaitKind::Barrier, B, false, RADDLE_CALL_SITE(),
                       Waiting::Clock::Fine,
                       [=] { return Real.pthread_barrier_wait(B); });
}
