// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Semaphores and barriers. Neither has an owner: they are waited for, not held.
#include "runtime/interpose/Blocking.h"

using namespace raddle;

namespace {
/// Marked however full it looks: another thread may be quicker. The coarse
/// clock will do, as most of these calls return at once. sem_post,
/// sem_trywait and the like never wait: they are not interposed.
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

RADDLE_EXPORT int pthread_barrier_wait(pthread_barrier_t *B) noexcept {
  ensureReal();
  return waitForThread(trace::WaitKind::Barrier, B, false, RADDLE_CALL_SITE(),
                       Waiting::Clock::Fine,
                       [=] { return Real.pthread_barrier_wait(B); });
}
