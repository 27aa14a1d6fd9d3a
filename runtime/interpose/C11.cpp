// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C11 threads. glibc's go to its own internals and not through the POSIX names.
// An mtx_t is a pthread_mutex_t, a cnd_t a pthread_cond_t, a thrd_t a
// pthread_t.
#include "runtime/interpose/Locking.h"
#include "runtime/interpose/ThreadLife.h"
#include "runtime/trace/TraceWriter.h"

using namespace raddle;

namespace {

int trampoline(void *Argument) {
  Thread *T = static_cast<Thread *>(Argument);
  threadStarts(*T, __builtin_frame_address(0));
  return T->StartC11(T->Argument);
}

trace::LockKind kindOf(const mtx_t *M) {
  int Kind = reinterpret_cast<const pthread_mutex_t *>(M)->__data.__kind & 3;
  return Kind == PTHREAD_MUTEX_RECURSIVE_NP ? trace::LockKind::RecursiveMutex
                                            : trace::LockKind::Mutex;
}

LockUse useOf(const mtx_t *M, uint8_t Flags = 0) {
  trace::LockKind Kind = kindOf(M);
  return {M, Kind, trace::Mode::Exclusive, Flags,
          Kind == trace::LockKind::RecursiveMutex};
}

template <typename Function>
int lock(mtx_t *M, bool Timed, const CallSite &Site, Function Call) {
  Thread *T = observed();
  if (!T)
    return Call();
  auto *P = reinterpret_cast<pthread_mutex_t *>(M);
  int Result;
  if (RADDLE_UNLIKELY(__atomic_load_n(&P->__data.__lock, __ATOMIC_RELAXED))) {
    int Owner = __atomic_load_n(&P->__data.__owner, __ATOMIC_RELAXED);
    Result = waitForLock(*T, M, kindOf(M), trace::WaitKind::Mutex, Timed, Owner,
                         Site, Call);
  } else {
    Result = Call();
  }
  if (KeepHeldLocks && Result == thrd_success)
    lockAcquired(*T, useOf(M, Timed ? trace::AcquiredTimed : 0), Site);
  return Result;
}

} // namespace

RADDLE_EXPORT int thrd_create(thrd_t *Handle, thrd_start_t Start,
                              void *Argument) {
  ensureReal();
  Thread *Me = observed();
  if (!Me)
    return Real.thrd_create(Handle, Start, Argument);
  Thread *T = threadCreated(trace::ThreadKind::C11, *Me, RADDLE_CALL_SITE());
  if (!T)
    return Real.thrd_create(Handle, Start, Argument);
  T->StartC11 = Start;
  T->Argument = Argument;
  T->StackSize = 8u << 20;
  writeThread(*T);
  uint32_t Id = T->Id;
  int Result;
  {
    Busy B(Me);
    Result = Real.thrd_create(Handle, trampoline, T);
  }
  if (Result == thrd_success)
    threadHasHandle(Id, Handle);
  else
    TheRegistry.remove(T);
  return Result;
}

RADDLE_EXPORT int thrd_join(thrd_t Handle, int *Value) {
  ensureReal();
  return joinThread(
      Handle, false, true, RADDLE_CALL_SITE(),
      [=] { return Real.thrd_join(Handle, Value); }, thrd_success);
}

RADDLE_EXPORT int thrd_detach(thrd_t Handle) {
  ensureReal();
  return detachThread(
      Handle, [=] { return Real.thrd_detach(Handle); }, thrd_success);
}

RADDLE_EXPORT int thrd_sleep(const timespec *For, timespec *Left) {
  ensureReal();
  Thread *T = observed();
  auto Call = [=] { return Real.thrd_sleep(For, Left); };
  return T ? waitFor(*T, trace::WaitKind::Sleep, nullptr, true,
                     RADDLE_CALL_SITE(), Call)
           : Call();
}

RADDLE_EXPORT int mtx_lock(mtx_t *M) {
  ensureReal();
  return lock(M, false, RADDLE_CALL_SITE(), [=] { return Real.mtx_lock(M); });
}

RADDLE_EXPORT int mtx_timedlock(mtx_t *M, const timespec *Until) {
  ensureReal();
  return lock(M, true, RADDLE_CALL_SITE(),
              [=] { return Real.mtx_timedlock(M, Until); });
}

RADDLE_EXPORT int mtx_trylock(mtx_t *M) {
  ensureReal();
  int Result = Real.mtx_trylock(M);
  if (KeepHeldLocks && Result == thrd_success)
    if (Thread *T = observed())
      lockAcquired(*T, useOf(M, trace::AcquiredByTry), RADDLE_CALL_SITE());
  return Result;
}

RADDLE_EXPORT int mtx_unlock(mtx_t *M) {
  ensureReal();
  if (KeepHeldLocks)
    if (Thread *T = observed())
      lockReleased(*T, M);
  return Real.mtx_unlock(M);
}

RADDLE_EXPORT int mtx_init(mtx_t *M, int Type) {
  ensureReal();
  if (KeepHeldLocks)
    lockMade(M, sizeof(*M));
  return Real.mtx_init(M, Type);
}

RADDLE_EXPORT void mtx_destroy(mtx_t *M) {
  ensureReal();
  if (KeepHeldLocks)
    lockMade(M, sizeof(*M));
  Real.mtx_destroy(M);
}

RADDLE_EXPORT int cnd_wait(cnd_t *C, mtx_t *M) {
  ensureReal();
  Thread *T = observed();
  auto Call = [=] { return Real.cnd_wait(C, M); };
  return T ? waitOnCondition(*T, C, M, kindOf(M), false, RADDLE_CALL_SITE(),
                             Call)
           : Call();
}

RADDLE_EXPORT int cnd_timedwait(cnd_t *C, mtx_t *M, const timespec *Until) {
  ensureReal();
  Thread *T = observed();
  auto Call = [=] { return Real.cnd_timedwait(C, M, Until); };
  return T ? waitOnCondition(*T, C, M, kindOf(M), true, RADDLE_CALL_SITE(),
                             Call)
           : Call();
}

RADDLE_EXPORT int cnd_signal(cnd_t *C) {
  ensureReal();
  conditionSignalled(C, RADDLE_CALL_SITE());
  return Real.cnd_signal(C);
}

RADDLE_EXPORT int cnd_broadcast(cnd_t *C) {
  ensureReal();
  conditionSignalled(C, RADDLE_CALL_SITE());
  return Real.cnd_broadcast(C);
}

RADDLE_EXPORT int cnd_init(cnd_t *C) {
  ensureReal();
  if (KeepHeldLocks)
    lockMade(C, sizeof(*C));
  return Real.cnd_init(C);
}

RADDLE_EXPORT void cnd_destroy(cnd_t *C) {
  ensureReal();
  if (KeepHeldLocks)
    lockMade(C, sizeof(*C));
  Real.cnd_destroy(C);
}
