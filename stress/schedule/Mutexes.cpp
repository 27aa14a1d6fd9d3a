// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// POSIX's and C11's mutexes of all kinds under control.
#include "stress/schedule/Names.h"
#include "stress/schedule/Spins.h"
#include "stress/schedule/VirtualTime.h"
#include <errno.h>

namespace raddle::stress {

bool lockIsFree(const Controlled &T) { return !T.Object->Holds; }

namespace {

bool never(const Controlled &) { return false; }

bool isRobust(const pthread_mutex_t *M) { return M->__data.__kind & 16; }

/// Another process has it. Of robust ones that cannot be told, as all of them
/// have that bit.
bool isElsewhere(const pthread_mutex_t *M) {
  return (M->__data.__kind & 128) && !isRobust(M) &&
         __atomic_load_n(&M->__data.__lock, __ATOMIC_RELAXED);
}

bool isTaken(int Result) { return Result == 0 || Result == EOWNERDEAD; }

/// Who has it already may have it again, or is told so; or waits for ever.
CanGo readyFor(const Controlled &Me, const Shadow &S,
               const pthread_mutex_t *M) {
  if (!holdOf(Me, S))
    return lockIsFree;
  int Kind = M->__data.__kind & 3;
  return Kind == PTHREAD_MUTEX_RECURSIVE_NP ||
                 Kind == PTHREAD_MUTEX_ERRORCHECK_NP
             ? nullptr
             : never;
}

/// \p Call takes it, and does not wait. \p TimeUp: what to return where time is
/// up; \p Until is 0 for a call without a limit.
template <typename Function>
int lock(Controlled &Me, InController &In, pthread_mutex_t *M, uint64_t Until,
         int TimeUp, Function Call) {
  Shadow &S = shadowOf(M);
  Ask A = {Op::Lock, &S, readyFor(Me, S, M)};
  A.Until = Until;
  if (!takeStep(Me, A))
    return TimeUp;
  uint64_t Pc = Me.Site.Pc;
  int Result = A.Ready == lockIsFree && isElsewhere(M)
                   ? In.outside("pthread_mutex_lock", Call)
                   : In.real(Call);
  if (isTaken(Result)) {
    S.Robust = isRobust(M);
    addHold(Me, S, false, Pc);
  }
  return Result;
}

int pthreadLock(pthread_mutex_t *M) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.pthread_mutex_lock(M);
  InController In(*Me);
  return lock(*Me, In, M, 0, 0, [=] { return Original.pthread_mutex_lock(M); });
}

int clockLock(pthread_mutex_t *M, clockid_t Clock, const timespec *Until) {
  Controlled *Me = controlled();
  uint64_t Shown;
  if (!Me || !isValid(Until) || !virtualTime(Clock, Shown))
    return Original.pthread_mutex_clocklock(M, Clock, Until);
  InController In(*Me);
  return lock(*Me, In, M, momentOf(Clock, Until), ETIMEDOUT, [=] {
    return Original.pthread_mutex_clocklock(M, Clock, Until);
  });
}

int timedLock(pthread_mutex_t *M, const timespec *Until) {
  Controlled *Me = controlled();
  if (!Me || !isValid(Until))
    return Original.pthread_mutex_timedlock(M, Until);
  InController In(*Me);
  return lock(*Me, In, M, momentOf(CLOCK_REALTIME, Until), ETIMEDOUT,
              [=] { return Original.pthread_mutex_timedlock(M, Until); });
}

template <typename Function>
int tryLock(pthread_mutex_t *M, Function Call, int Success) {
  Controlled *Me = controlled();
  if (!Me)
    return Call();
  InController In(*Me);
  Shadow &S = shadowOf(M);
  takeStep(*Me, {Op::TryLock, &S});
  int Result = In.real(Call);
  if (Result == Success || Result == EOWNERDEAD) {
    S.Robust = isRobust(M);
    addHold(*Me, S, false, Me->Site.Pc);
    progresses(*Me);
  } else {
    repeats(*Me);
  }
  return Result;
}

template <typename Function> int unlock(pthread_mutex_t *M, Function Call) {
  Controlled *Me = controlled();
  if (!Me)
    return Call();
  InController In(*Me);
  Shadow &S = shadowOf(M);
  takeStep(*Me, {Op::Unlock, &S});
  int Result = In.real(Call);
  if (Result == 0) {
    dropHold(*Me, S);
    afterStep(*Me);
  }
  return Result;
}

int pthreadTryLock(pthread_mutex_t *M) {
  return tryLock(
      M, [=] { return Original.pthread_mutex_trylock(M); }, 0);
}

int pthreadUnlock(pthread_mutex_t *M) {
  return unlock(M, [=] { return Original.pthread_mutex_unlock(M); });
}

int init(pthread_mutex_t *M, const pthread_mutexattr_t *A) {
  forgetObject(M);
  return Original.pthread_mutex_init(M, A);
}

int destroy(pthread_mutex_t *M) {
  int Result = Original.pthread_mutex_destroy(M);
  if (Result == 0)
    forgetObject(M);
  return Result;
}

pthread_mutex_t *asMutex(mtx_t *M) {
  return reinterpret_cast<pthread_mutex_t *>(M);
}

int c11Lock(mtx_t *M) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.mtx_lock(M);
  InController In(*Me);
  return lock(*Me, In, asMutex(M), 0, 0, [=] { return Original.mtx_lock(M); });
}

int c11TimedLock(mtx_t *M, const timespec *Until) {
  Controlled *Me = controlled();
  if (!Me || !isValid(Until))
    return Original.mtx_timedlock(M, Until);
  InController In(*Me);
  return lock(*Me, In, asMutex(M), momentOf(CLOCK_REALTIME, Until),
              thrd_timedout, [=] { return Original.mtx_timedlock(M, Until); });
}

int c11TryLock(mtx_t *M) {
  return tryLock(
      asMutex(M), [=] { return Original.mtx_trylock(M); }, thrd_success);
}

int c11Unlock(mtx_t *M) {
  return unlock(asMutex(M), [=] { return Original.mtx_unlock(M); });
}

int c11Init(mtx_t *M, int Type) {
  forgetObject(M);
  return Original.mtx_init(M, Type);
}

void c11Destroy(mtx_t *M) {
  Original.mtx_destroy(M);
  forgetObject(M);
}

} // namespace

void controlMutexes() {
  put(Real.pthread_mutex_lock, pthreadLock);
  put(Real.pthread_mutex_timedlock, timedLock);
  put(Real.pthread_mutex_clocklock, clockLock);
  put(Real.pthread_mutex_trylock, pthreadTryLock);
  put(Real.pthread_mutex_unlock, pthreadUnlock);
  put(Real.pthread_mutex_init, init);
  put(Real.pthread_mutex_destroy, destroy);
  put(Real.mtx_lock, c11Lock);
  put(Real.mtx_timedlock, c11TimedLock);
  put(Real.mtx_trylock, c11TryLock);
  put(Real.mtx_unlock, c11Unlock);
  put(Real.mtx_init, c11Init);
  put(Real.mtx_destroy, c11Destroy);
}

} // namespace raddle::stress
