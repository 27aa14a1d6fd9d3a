// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// POSIX condition variables.
//
// While it waits, a thread's mutex stays in its list of held locks: WaitMutex
// says that it is not held just then. So the list is right again however the
// wait ends; a cancelled one leaves through this frame without coming back,
// with the mutex taken again by libc.
#include "runtime/interpose/Blocking.h"
#include "runtime/interpose/Mutexes.h"

using namespace raddle;

namespace {

template <typename Function>
int wait(pthread_cond_t *C, pthread_mutex_t *M, bool Timed,
         const CallSite &Site, Function Call) {
  Thread *T = observed();
  if (!T)
    return Call();
  return waitOnCondition(*T, C, M, kindOf(M), Timed, Site, Call);
}

} // namespace

RADDLE_EXPORT int pthread_cond_wait(pthread_cond_t *C, pthread_mutex_t *M) {
  ensureReal();
  return wait(C, M, false, RADDLE_CALL_SITE(),
              [=] { return Real.pthread_cond_wait(C, M); });
}

RADDLE_EXPORT int pthread_cond_timedwait(pthread_cond_t *C, pthread_mutex_t *M,
                                         const timespec *Until) {
  ensureReal();
  return wait(C, M, true, RADDLE_CALL_SITE(),
              [=] { return Real.pthread_cond_timedwait(C, M, Until); });
}

RADDLE_EXPORT int pthread_cond_clockwait(pthread_cond_t *C, pthread_mutex_t *M,
                                         clockid_t Clock,
                                         const timespec *Until) {
  ensureReal();
  return wait(C, M, true, RADDLE_CALL_SITE(),
              [=] { return Real.pthread_cond_clockwait(C, M, Clock, Until); });
}

RADDLE_EXPORT int pthread_cond_signal(pthread_cond_t *C) noexcept {
  ensureReal();
  conditionSignalled(C, RADDLE_CALL_SITE());
  return Real.pthread_cond_signal(C);
}

RADDLE_EXPORT int pthread_cond_broadcast(pthread_cond_t *C) noexcept {
  ensureReal();
  conditionSignalled(C, RADDLE_CALL_SITE());
  return Real.pthread_cond_broadcast(C);
}

RADDLE_EXPORT int pthread_cond_init(pthread_cond_t *C,
                                    const pthread_condattr_t *A) noexcept {
  ensureReal();
  if (KeepHeldLocks)
    lockMade(C, sizeof(*C));
  return Real.pthread_cond_init(C, A);
}

RADDLE_EXPORT int pthread_cond_destroy(pthread_cond_t *C) noexcept {
  ensureReal();
  if (KeepHeldLocks)
    lockMade(C, sizeof(*C));
  return destroyCondition(*C, RADDLE_CALL_SITE(),
                          [=] { return Real.pthread_cond_destroy(C); });
}
