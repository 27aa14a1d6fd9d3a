// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// C11 threads. glibc's go to its own internals and not through the POSIX names.
// An mtx_t is a pthread_mutex_t, a cnd_t a pthread_cond_t, a thrd_t a
// pthread_t.
#include "runtime/interpose/Blocking.h"
#include "runtime/interpose/Mutexes.h"
#include "runtime/interpose/ThreadLife.h"
#include "runtime/trace/TraceWriter.h"

using namespace raddle;

namespace {

int trampoline(void *Argument) {
  Thread *T = static_cast<Thread *>(Argument);
  threadStarts(*T, __builtin_frame_address(0));
  return T->StartC11(T->Argument);
}

pthread_mutex_t *asMutex(mtx_t *M) {
  return reinterpret_cast<pthread_mutex_t *>(M);
}

template <typename Function>
inline int lock(mtx_t *M, bool Timed, const CallSite &Site, Function Call) {
  return lockMutex(
      asMutex(M), Timed, Site, thrd_busy, [M] { return Real.mtx_trylock(M); },
      Call, [](int Result) { return Result == thrd_success; });
}

template <typename Function>
inline int wait(cnd_t *C, mtx_t *M, bool Timed, const CallSite &Site,
                Function Call) {
  Thread *T = observed();
  if (!T)
    return Call();
  return waitOnCondition(*T, C, M, kindOf(asMutex(M)), Timed, Site, Call);
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
  return waitOutside(trace::WaitKind::Sleep, nullptr, true, RADDLE_CALL_SITE(),
                     [=] { return Real.thrd_sleep(For, Left); });
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
      lockAcquired(*T, useOf(asMutex(M), trace::AcquiredByTry),
                   RADDLE_CALL_SITE());
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
  return wait(C, M, false, RADDLE_CALL_SITE(),
              [=] { return Real.cnd_wait(C, M); });
}

RADDLE_EXPORT int cnd_timedwait(cnd_t *C, mtx_t *M, const timespec *Until) {
  ensureReal();
  return wait(C, M, true, RADDLE_CALL_SITE(),
              [=] { return Real.cnd_timedwait(C, M, Until); });
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
  destroyCondition(*reinterpret_cast<pthread_cond_t *>(C), RADDLE_CALL_SITE(),
                   [=] { Real.cnd_destroy(C); });
}
