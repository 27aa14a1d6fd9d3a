// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Semaphores and barriers. Neither has an owner: they are waited for, not held.
#include "runtime/interpose/Locking.h"

using namespace raddle;

namespace {
/// glibc keeps the value in the low half of the first word.
bool looksEmpty(const sem_t *S) {
  return __atomic_load_n(reinterpret_cast<const uint32_t *>(S),
                         __ATOMIC_RELAXED) == 0;
}

template <typename Function>
int wait(sem_t *S, bool Timed, const CallSite &Site, Function Call) {
  Thread *T = looksEmpty(S) ? observed() : nullptr;
  return T ? waitFor(*T, trace::WaitKind::Semaphore, S, Timed, Site, Call)
           : Call();
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
  Thread *T = observed();
  auto Call = [=] { return Real.pthread_barrier_wait(B); };
  return T ? waitFor(*T, trace::WaitKind::Barrier, B, false, RADDLE_CALL_SITE(),
                     Call)
           : Call();
}
