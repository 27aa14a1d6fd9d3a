// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Read-write locks and spin locks under control.
#include "stress/schedule/Names.h"
#include "stress/schedule/Spins.h"
#include "stress/schedule/VirtualTime.h"

namespace raddle::stress {

namespace {

bool never(const Controlled &) { return false; }

Hold *writerOf(const Shadow &S) {
  for (Hold *H = S.Holds; H; H = H->NextOfShadow)
    if (!H->Shared)
      return H;
  return nullptr;
}

/// glibc lets readers in before writers that wait, unless the lock was made
/// otherwise.
bool writersFirst(const Shadow &S) {
  auto *L = reinterpret_cast<const pthread_rwlock_t *>(S.Address);
  return L->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
}

bool writerWaits(const Shadow &S) {
  for (Controlled *T = TheRun.First; T; T = T->Next)
    if (T->Object == &S && T->Pending.Kind == Op::Lock &&
        standingOf(*T) == Standing::Waiting)
      return true;
  return false;
}

bool mayRead(const Controlled &T) {
  const Shadow &S = *T.Object;
  return !writerOf(S) && !(S.Holds && writersFirst(S) && writerWaits(S));
}

/// Who has it for writing is told so at once; who reads waits for itself.
CanGo readyFor(const Controlled &Me, const Shadow &S, bool Shared) {
  Hold *Own = holdOf(Me, S);
  if (Own && !Own->Shared)
    return nullptr;
  return Shared ? mayRead : lockIsFree;
}

template <typename Function>
int lock(pthread_rwlock_t *L, bool Shared, const timespec *Until,
         clockid_t Clock, Function Call) {
  Controlled *Me = controlled();
  uint64_t Shown;
  if (!Me || (Until && (!isValid(Until) || !virtualTime(Clock, Shown))))
    return Call();
  InController In(*Me);
  Shadow &S = shadowOf(L);
  Ask A = {Shared ? Op::SharedLock : Op::Lock, &S, readyFor(*Me, S, Shared)};
  A.Until = Until ? momentOf(Clock, Until) : 0;
  if (L->__data.__shared) {
    // Another process may have it: nothing is known of it here.
    A.Ready = nullptr;
    takeStep(*Me, A);
    return In.outside("pthread_rwlock_lock", Call);
  }
  if (!takeStep(*Me, A))
    return ETIMEDOUT;
  uint64_t Pc = Me->Site.Pc;
  int Result = In.real(Call);
  if (Result == 0)
    addHold(*Me, S, Shared, Pc);
  return Result;
}

template <typename Function>
int tryLock(const volatile void *L, bool Shared, Function Call) {
  Controlled *Me = controlled();
  if (!Me)
    return Call();
  InController In(*Me);
  Shadow &S = shadowOf(L);
  takeStep(*Me, {Shared ? Op::TrySharedLock : Op::TryLock, &S});
  int Result = In.real(Call);
  if (Result == 0) {
    addHold(*Me, S, Shared, Me->Site.Pc);
    progresses(*Me);
  } else {
    repeats(*Me);
  }
  return Result;
}

template <typename Function> int unlock(const volatile void *L, Function Call) {
  Controlled *Me = controlled();
  if (!Me)
    return Call();
  InController In(*Me);
  Shadow &S = shadowOf(L);
  takeStep(*Me, {Op::Unlock, &S});
  int Result = In.real(Call);
  if (Result == 0) {
    dropHold(*Me, S);
    afterStep(*Me);
  }
  return Result;
}

int readLock(pthread_rwlock_t *L) {
  return lock(L, true, nullptr, 0,
              [=] { return Original.pthread_rwlock_rdlock(L); });
}
int timedReadLock(pthread_rwlock_t *L, const timespec *Until) {
  return lock(L, true, Until, CLOCK_REALTIME,
              [=] { return Original.pthread_rwlock_timedrdlock(L, Until); });
}
int clockReadLock(pthread_rwlock_t *L, clockid_t Clock, const timespec *Until) {
  return lock(L, true, Until, Clock, [=] {
    return Original.pthread_rwlock_clockrdlock(L, Clock, Until);
  });
}
int writeLock(pthread_rwlock_t *L) {
  return lock(L, false, nullptr, 0,
              [=] { return Original.pthread_rwlock_wrlock(L); });
}
int timedWriteLock(pthread_rwlock_t *L, const timespec *Until) {
  return lock(L, false, Until, CLOCK_REALTIME,
              [=] { return Original.pthread_rwlock_timedwrlock(L, Until); });
}
int clockWriteLock(pthread_rwlock_t *L, clockid_t Clock,
                   const timespec *Until) {
  return lock(L, false, Until, Clock, [=] {
    return Original.pthread_rwlock_clockwrlock(L, Clock, Until);
  });
}
int tryReadLock(pthread_rwlock_t *L) {
  return tryLock(L, true, [=] { return Original.pthread_rwlock_tryrdlock(L); });
}
int tryWriteLock(pthread_rwlock_t *L) {
  return tryLock(L, false,
                 [=] { return Original.pthread_rwlock_trywrlock(L); });
}
int rwUnlock(pthread_rwlock_t *L) {
  return unlock(L, [=] { return Original.pthread_rwlock_unlock(L); });
}
int rwInit(pthread_rwlock_t *L, const pthread_rwlockattr_t *A) {
  forgetObject(L);
  return Original.pthread_rwlock_init(L, A);
}
int rwDestroy(pthread_rwlock_t *L) {
  forgetObject(L);
  return Original.pthread_rwlock_destroy(L);
}

int spinLock(pthread_spinlock_t *L) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.pthread_spin_lock(L);
  InController In(*Me);
  Shadow &S = shadowOf(L);
  takeStep(*Me, {Op::Lock, &S, holdOf(*Me, S) ? never : lockIsFree});
  uint64_t Pc = Me->Site.Pc;
  int Result = In.real([=] { return Original.pthread_spin_lock(L); });
  if (Result == 0)
    addHold(*Me, S, false, Pc);
  return Result;
}
int spinTryLock(pthread_spinlock_t *L) {
  return tryLock(L, false, [=] { return Original.pthread_spin_trylock(L); });
}
int spinUnlock(pthread_spinlock_t *L) {
  return unlock(L, [=] { return Original.pthread_spin_unlock(L); });
}
int spinInit(pthread_spinlock_t *L, int Shared) {
  forgetObject(L);
  return Original.pthread_spin_init(L, Shared);
}
int spinDestroy(pthread_spinlock_t *L) {
  forgetObject(L);
  return Original.pthread_spin_destroy(L);
}

} // namespace

void forgetObject(const volatile void *Address) {
  Controlled *Me = controlled();
  if (!Me)
    return;
  InController In(*Me);
  forgetShadow(Address);
}

void controlLocks() {
  put(Real.pthread_rwlock_rdlock, readLock);
  put(Real.pthread_rwlock_timedrdlock, timedReadLock);
  put(Real.pthread_rwlock_clockrdlock, clockReadLock);
  put(Real.pthread_rwlock_wrlock, writeLock);
  put(Real.pthread_rwlock_timedwrlock, timedWriteLock);
  put(Real.pthread_rwlock_clockwrlock, clockWriteLock);
  put(Real.pthread_rwlock_tryrdlock, tryReadLock);
  put(Real.pthread_rwlock_trywrlock, tryWriteLock);
  put(Real.pthread_rwlock_unlock, rwUnlock);
  put(Real.pthread_rwlock_init, rwInit);
  put(Real.pthread_rwlock_destroy, rwDestroy);
  put(Real.pthread_spin_lock, spinLock);
  put(Real.pthread_spin_trylock, spinTryLock);
  put(Real.pthread_spin_unlock, spinUnlock);
  put(Real.pthread_spin_init, spinInit);
  put(Real.pthread_spin_destroy, spinDestroy);
}

} // namespace raddle::stress
