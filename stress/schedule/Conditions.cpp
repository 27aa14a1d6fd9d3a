// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Condition variables under control. A wait is an unlock, a stay in the
// controller, and a lock again; libc's condition variable has no waiters. Which
// of several waiters a signal wakes is left to the strategy: a signal is kept
// for those that waited when it was given, and the first of them to be let run
// has it. No wait ends without a reason, though POSIX would allow that.
#include "stress/schedule/Cancel.h"
#include "stress/schedule/Names.h"
#include "stress/schedule/VirtualTime.h"
#include <errno.h>

namespace raddle::stress {

namespace {

/// The oldest signal that \p T may have; null: none.
PendingSignal **signalFor(Shadow &Condition, uint64_t Since) {
  for (PendingSignal **Link = &Condition.Signals; *Link; Link = &(*Link)->Next)
    if ((*Link)->Sequence > Since)
      return Link;
  return nullptr;
}

bool mayReturn(const Controlled &T) { return isWoken(T) && lockIsFree(T); }

/// \p T no longer waits. True: it was woken.
bool takeSignal(Controlled &T, Shadow &Condition) {
  if (Condition.Broadcast > T.WaitSequence)
    return true;
  --Condition.Waiters;
  PendingSignal **Link = signalFor(Condition, T.WaitSequence);
  if (!Link)
    return T.Woken;
  PendingSignal *Taken = *Link;
  *Link = Taken->Next;
  --Condition.SignalCount;
  freeSignal(Taken);
  return true;
}

template <typename UnlockFunction, typename LockFunction>
int wait(Controlled &Me, InController &In, const void *C, pthread_mutex_t *M,
         uint64_t Until, int TimeUp, UnlockFunction Unlock, LockFunction Lock) {
  bool CanCancel = testCancel(Me, In);
  Shadow &Condition = shadowOf(C), &Mutex = shadowOf(M);
  CallSite Site = CurrentSite;
  takeStep(Me, {Op::Wait, &Condition});
  int Result = In.real(Unlock);
  if (Result != 0)
    return Result;
  dropHold(Me, Mutex);
  Me.WaitSequence = ++TheRun.Sequence;
  ++Condition.Waiters;
  Me.WaitsOn = &Condition;
  Me.Woken = false;
  Ask A = {Op::Relock, &Mutex, mayReturn};
  A.Until = Until;
  A.CanCancel = CanCancel;
  bool InTime = takeStepAt(Me, A, Site);
  bool GaveUp = Me.GaveUp;
  // The limit ends the wait, but it comes back with the mutex.
  if (!InTime && !lockIsFree(Me))
    takeStepAt(Me, {Op::Relock, &Mutex, lockIsFree}, Site);
  bool Woken = takeSignal(Me, Condition);
  Me.WaitsOn = nullptr;
  Result = In.real(Lock);
  addHold(Me, Mutex, false, Site.Pc);
  // Where it must not be cancelled just now, it looks as if it was woken
  // without a reason.
  if (!Woken && GaveUp)
    testCancel(Me, In);
  return Result ? Result : Woken || GaveUp ? 0 : TimeUp;
}

/// Other processes may signal it.
bool isShared(const pthread_cond_t *C) { return C->__data.__wrefs & 1; }

/// The real wait, for what other processes do.
template <typename Function>
int waitOutside(Controlled &Me, const void *C, const void *M, Function Call) {
  InController In(Me);
  testCancel(Me, In);
  Shadow &Mutex = shadowOf(M);
  takeStep(Me, {Op::Wait, &shadowOf(C)});
  bool Held = holdOf(Me, Mutex);
  if (Held)
    dropHold(Me, Mutex);
  int Result = In.outside("pthread_cond_wait", Call);
  if (Held)
    addHold(Me, Mutex, false, Me.Site.Pc);
  return Result;
}

int pthreadWait(pthread_cond_t *C, pthread_mutex_t *M) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.pthread_cond_wait(C, M);
  if (isShared(C))
    return waitOutside(*Me, C, M,
                       [=] { return Original.pthread_cond_wait(C, M); });
  InController In(*Me);
  return wait(
      *Me, In, C, M, 0, 0, [=] { return Original.pthread_mutex_unlock(M); },
      [=] { return Original.pthread_mutex_lock(M); });
}

int until(pthread_cond_t *C, pthread_mutex_t *M, clockid_t Clock,
          const timespec *Until) {
  Controlled *Me = controlled();
  if (isShared(C))
    return waitOutside(*Me, C, M, [=] {
      return Original.pthread_cond_clockwait(C, M, Clock, Until);
    });
  InController In(*Me);
  return wait(
      *Me, In, C, M, momentOf(Clock, Until), ETIMEDOUT,
      [=] { return Original.pthread_mutex_unlock(M); },
      [=] { return Original.pthread_mutex_lock(M); });
}

/// glibc keeps in the second bit which clock pthread_condattr_setclock chose.
clockid_t clockOf(const pthread_cond_t *C) {
  return C->__data.__wrefs & 2 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

int timedWait(pthread_cond_t *C, pthread_mutex_t *M, const timespec *Until) {
  if (!controlled() || !isValid(Until))
    return Original.pthread_cond_timedwait(C, M, Until);
  return until(C, M, clockOf(C), Until);
}

int clockWait(pthread_cond_t *C, pthread_mutex_t *M, clockid_t Clock,
              const timespec *Until) {
  uint64_t Shown;
  if (!controlled() || !isValid(Until) || !virtualTime(Clock, Shown))
    return Original.pthread_cond_clockwait(C, M, Clock, Until);
  return until(C, M, Clock, Until);
}

template <typename Function> int signal(void *C, bool All, Function Call) {
  Controlled *Me = controlled();
  if (!Me) {
    wakeFromOutside();
    return Call();
  }
  InController In(*Me);
  Shadow &S = shadowOf(C);
  takeStep(*Me, {All ? Op::Broadcast : Op::Signal, &S});
  if (All) {
    S.Broadcast = ++TheRun.Sequence;
    S.Waiters = S.SignalCount = 0;
    while (PendingSignal *Old = S.Signals) {
      S.Signals = Old->Next;
      freeSignal(Old);
    }
  } else if (S.Waiters > S.SignalCount) {
    PendingSignal **End = &S.Signals;
    while (*End)
      End = &(*End)->Next;
    if (PendingSignal *New = newSignal()) {
      *New = {++TheRun.Sequence, nullptr};
      *End = New;
      ++S.SignalCount;
    }
  }
  int Result = In.real(Call);
  afterStep(*Me);
  return Result;
}

int pthreadSignal(pthread_cond_t *C) {
  return signal(C, false, [=] { return Original.pthread_cond_signal(C); });
}

int pthreadBroadcast(pthread_cond_t *C) {
  return signal(C, true, [=] { return Original.pthread_cond_broadcast(C); });
}

int init(pthread_cond_t *C, const pthread_condattr_t *A) {
  forgetObject(C);
  return Original.pthread_cond_init(C, A);
}

/// glibc counts who is on its way to the mutex again no more.
bool waitsStill(const Controlled &T, const Shadow &Condition) {
  return T.WaitsOn == &Condition && T.Ready == mayReturn && !isWoken(T) &&
         !T.Cancelled && !(T.Until && T.Until <= TheRun.Now);
}

bool nobodyWaits(const Controlled &Me) {
  for (Controlled *T = TheRun.First; T; T = T->Next)
    if (waitsStill(*T, *Me.Object))
      return false;
  return true;
}

/// libc's has no waiters here, and would not wait for them.
void waitUntilNobodyWaits(const void *C) {
  Controlled *Me = controlled();
  Shadow *S = Me ? knownShadow(C) : nullptr;
  if (!S)
    return;
  InController In(*Me);
  Me->Object = S;
  if (!nobodyWaits(*Me))
    takeStep(*Me, {Op::ConditionDestroy, S, nobodyWaits});
}

int destroy(pthread_cond_t *C) {
  waitUntilNobodyWaits(C);
  forgetObject(C);
  return Original.pthread_cond_destroy(C);
}

pthread_mutex_t *asMutex(mtx_t *M) {
  return reinterpret_cast<pthread_mutex_t *>(M);
}

int c11Wait(cnd_t *C, mtx_t *M) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.cnd_wait(C, M);
  InController In(*Me);
  return wait(
      *Me, In, C, asMutex(M), 0, 0, [=] { return Original.mtx_unlock(M); },
      [=] { return Original.mtx_lock(M); });
}

int c11TimedWait(cnd_t *C, mtx_t *M, const timespec *Until) {
  Controlled *Me = controlled();
  if (!Me || !isValid(Until))
    return Original.cnd_timedwait(C, M, Until);
  InController In(*Me);
  return wait(
      *Me, In, C, asMutex(M), momentOf(CLOCK_REALTIME, Until), thrd_timedout,
      [=] { return Original.mtx_unlock(M); },
      [=] { return Original.mtx_lock(M); });
}

int c11Signal(cnd_t *C) {
  return signal(C, false, [=] { return Original.cnd_signal(C); });
}

int c11Broadcast(cnd_t *C) {
  return signal(C, true, [=] { return Original.cnd_broadcast(C); });
}

int c11Init(cnd_t *C) {
  forgetObject(C);
  return Original.cnd_init(C);
}

void c11Destroy(cnd_t *C) {
  waitUntilNobodyWaits(C);
  forgetObject(C);
  Original.cnd_destroy(C);
}

} // namespace

bool isWoken(const Controlled &T) {
  Shadow *C = T.WaitsOn;
  return C && (T.Woken || C->Broadcast > T.WaitSequence ||
               signalFor(*C, T.WaitSequence));
}

void controlConditions() {
  put(Real.pthread_cond_wait, pthreadWait);
  put(Real.pthread_cond_timedwait, timedWait);
  put(Real.pthread_cond_clockwait, clockWait);
  put(Real.pthread_cond_signal, pthreadSignal);
  put(Real.pthread_cond_broadcast, pthreadBroadcast);
  put(Real.pthread_cond_init, init);
  put(Real.pthread_cond_destroy, destroy);
  put(Real.cnd_wait, c11Wait);
  put(Real.cnd_timedwait, c11TimedWait);
  put(Real.cnd_signal, c11Signal);
  put(Real.cnd_broadcast, c11Broadcast);
  put(Real.cnd_init, c11Init);
  put(Real.cnd_destroy, c11Destroy);
}

} // namespace raddle::stress
