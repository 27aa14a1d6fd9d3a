// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Jitter's functions in the table of real functions: a point before each call
// and one after it, and what the call is to other threads meanwhile: does it
// wait? The moment after a call matters as much as the one before: after an
// unlock, a signal or a create, what the thread does next races with whoever
// was let go.
#include "runtime/Runtime.h"
#include "runtime/thread/Registry.h"
#include "stress/inject/Cores.h"
#include "stress/inject/Hook.h"
#include "stress/inject/Jitter.h"
#include <errno.h>
#include <linux/futex.h>
#include <stdarg.h>

namespace raddle::stress {

namespace {

RealTable Old;

/// Where the program called, behind libraries that only pass the call on
/// (libstdc++, a sanitizer).
uint64_t programPc(const Thread &T) {
  CallSite Site = CurrentSite;
  if (RADDLE_LIKELY(!isPassedOn(Site.Pc)))
    return Site.Pc;
  Frame Frames[12];
  unsigned Count = unwind(Site, ownStack(T, Site.Sp), Frames, 12);
  for (unsigned I = 0; I != Count; ++I)
    if (!isPassedOn(Frames[I].Pc))
      return Frames[I].Pc;
  return Site.Pc;
}

class Call {
public:
  Call(Op Kind, const void *Object) : Kind(Kind), Object(Object) {
    Thread *Of = observed();
    T = Of ? jitterThread() : nullptr;
    if (T)
      Pc = programPc(*Of);
  }
  void before() { at(Kind, false); }
  void after() { at(Kind, true); }
  void at(Op What, bool After) {
    if (T)
      jitterCall(*T, What, After, Object, Pc);
  }
  /// The call waits, and so it does not matter to others that hold.
  template <typename Function> auto wait(Function F) {
    if (T)
      TheJitterThreads.setState(*T, JitterThread::Blocked);
    auto Result = F();
    if (T)
      TheJitterThreads.setState(*T, JitterThread::Running);
    return Result;
  }
  JitterThread *T;

private:
  Op Kind;
  const void *Object;
  uint64_t Pc = 0;
};

/// The interposed functions try a lock first and wait for it if another thread
/// has it: one call of the program's, and one point before it.
template <typename Function>
int tryLock(Op Kind, const void *Lock, int Success, Function F) {
  Call C(Kind, Lock);
  C.before();
  int Result = F();
  if (C.T)
    C.T->Tried = Result == Success ? nullptr : Lock;
  if (Result == Success)
    C.after();
  return Result;
}

template <typename Function> int lock(Op Kind, const void *Lock, Function F) {
  Call C(Kind, Lock);
  if (C.T && C.T->Tried != Lock)
    C.before();
  if (C.T)
    C.T->Tried = nullptr;
  int Result = C.wait(F);
  C.after();
  return Result;
}

/// Does not wait.
template <typename Function>
auto quick(Op Kind, const void *Object, Function F) {
  Call C(Kind, Object);
  C.before();
  auto Result = F();
  C.after();
  return Result;
}

/// Ends by itself, and soon as a rule: what else waits for that may be what is
/// looked for. So it counts as running.
template <typename Function>
auto waitsForTime(Op Kind, const void *Object, Function F) {
  return quick(Kind, Object, F);
}

template <typename Function>
auto waits(Op Kind, const void *Object, Function F) {
  Call C(Kind, Object);
  C.before();
  auto Result = C.wait(F);
  C.after();
  return Result;
}

const void *handle(pthread_t Of) { return reinterpret_cast<void *>(Of); }
const void *file(int Descriptor) {
  return reinterpret_cast<void *>(intptr_t(Descriptor) + 1);
}

/// The runtime has marked the caller as busy, as a sanitizer below makes calls
/// of its own meanwhile.
template <typename Function>
int create(const void *Object, int Success, Function F) {
  JitterThread *T = jitterThread();
  Thread *Of = T ? currentThread() : nullptr;
  if (!Of)
    return F();
  uint64_t Pc = programPc(*Of);
  T->LastChild = T->Busy ? nullptr : T->LastChild;
  int Result = F();
  if (Result != Success && T->LastChild)
    TheJitterThreads.ended(*T->LastChild);
  T->LastChild = nullptr;
  if (Result == Success)
    jitterCall(*T, Op::Create, true, Object, Pc);
  return Result;
}

int createPthread(pthread_t *To, const pthread_attr_t *A,
                  void *(*Start)(void *), void *Argument) noexcept {
  return create(To, 0,
                [=] { return Old.pthread_create(To, A, Start, Argument); });
}
int createC11(thrd_t *To, thrd_start_t Start, void *Argument) {
  return create(To, thrd_success,
                [=] { return Old.thrd_create(To, Start, Argument); });
}

long systemCall(long Number, ...) noexcept {
  va_list Arguments;
  va_start(Arguments, Number);
  long A = va_arg(Arguments, long), B = va_arg(Arguments, long),
       C = va_arg(Arguments, long), D = va_arg(Arguments, long),
       E = va_arg(Arguments, long), F = va_arg(Arguments, long);
  va_end(Arguments);
  auto Make = [=] { return Old.syscall(Number, A, B, C, D, E, F); };
  if (Number != SYS_futex)
    return Make();
  auto *Object = reinterpret_cast<void *>(A);
  switch (B & FUTEX_CMD_MASK) {
  case FUTEX_WAIT:
  case FUTEX_WAIT_BITSET:
    return waits(Op::FutexWait, Object, Make);
  case FUTEX_WAKE:
  case FUTEX_WAKE_BITSET:
    return quick(Op::FutexWake, Object, Make);
  default:
    return Make();
  }
}

} // namespace

static void hookLocks() {
  HOOK(pthread_mutex_trylock, int, (pthread_mutex_t * M), (M),
       tryLock(Op::Lock, M, 0, X));
  HOOK(pthread_mutex_lock, int, (pthread_mutex_t * M), (M),
       lock(Op::Lock, M, X));
  HOOK(pthread_mutex_timedlock, int, (pthread_mutex_t * M, const timespec *U),
       (M, U), lock(Op::Lock, M, X));
  if (Real.pthread_mutex_clocklock)
    HOOK(pthread_mutex_clocklock, int,
         (pthread_mutex_t * M, clockid_t C, const timespec *U), (M, C, U),
         lock(Op::Lock, M, X));
  HOOK(pthread_mutex_unlock, int, (pthread_mutex_t * M), (M),
       quick(Op::Unlock, M, X));
  HOOK(pthread_rwlock_tryrdlock, int, (pthread_rwlock_t * L), (L),
       tryLock(Op::SharedLock, L, 0, X));
  HOOK(pthread_rwlock_rdlock, int, (pthread_rwlock_t * L), (L),
       lock(Op::SharedLock, L, X));
  HOOK(pthread_rwlock_timedrdlock, int,
       (pthread_rwlock_t * L, const timespec *U), (L, U),
       lock(Op::SharedLock, L, X));
  HOOK(pthread_rwlock_trywrlock, int, (pthread_rwlock_t * L), (L),
       tryLock(Op::Lock, L, 0, X));
  HOOK(pthread_rwlock_wrlock, int, (pthread_rwlock_t * L), (L),
       lock(Op::Lock, L, X));
  HOOK(pthread_rwlock_timedwrlock, int,
       (pthread_rwlock_t * L, const timespec *U), (L, U), lock(Op::Lock, L, X));
  HOOK(pthread_rwlock_unlock, int, (pthread_rwlock_t * L), (L),
       quick(Op::Unlock, L, X));
  HOOK(pthread_spin_trylock, int, (pthread_spinlock_t * L), (L),
       tryLock(Op::Lock, const_cast<int *>(L), 0, X));
  HOOK(pthread_spin_lock, int, (pthread_spinlock_t * L), (L),
       lock(Op::Lock, const_cast<int *>(L), X));
  HOOK(pthread_spin_unlock, int, (pthread_spinlock_t * L), (L),
       quick(Op::Unlock, const_cast<int *>(L), X));
  HOOK_WAIT(mtx_trylock, int, (mtx_t * M), (M),
            tryLock(Op::Lock, M, thrd_success, X));
  HOOK_WAIT(mtx_lock, int, (mtx_t * M), (M), lock(Op::Lock, M, X));
  HOOK_WAIT(mtx_timedlock, int, (mtx_t * M, const timespec *U), (M, U),
            lock(Op::Lock, M, X));
  HOOK_WAIT(mtx_unlock, int, (mtx_t * M), (M), quick(Op::Unlock, M, X));
}

static void hookWaits() {
  HOOK_WAIT(pthread_cond_wait, int, (pthread_cond_t * C, pthread_mutex_t * M),
            (C, M), waits(Op::Wait, C, X));
  HOOK_WAIT(pthread_cond_timedwait, int,
            (pthread_cond_t * C, pthread_mutex_t * M, const timespec *U),
            (C, M, U), waitsForTime(Op::Wait, C, X));
  if (Real.pthread_cond_clockwait)
    HOOK_WAIT(pthread_cond_clockwait, int,
              (pthread_cond_t * C, pthread_mutex_t * M, clockid_t K,
               const timespec *U),
              (C, M, K, U), waitsForTime(Op::Wait, C, X));
  HOOK(pthread_cond_signal, int, (pthread_cond_t * C), (C),
       quick(Op::Signal, C, X));
  HOOK(pthread_cond_broadcast, int, (pthread_cond_t * C), (C),
       quick(Op::Broadcast, C, X));
  HOOK_WAIT(cnd_wait, int, (cnd_t * C, mtx_t * M), (C, M),
            waits(Op::Wait, C, X));
  HOOK_WAIT(cnd_timedwait, int, (cnd_t * C, mtx_t * M, const timespec *U),
            (C, M, U), waitsForTime(Op::Wait, C, X));
  HOOK_WAIT(cnd_signal, int, (cnd_t * C), (C), quick(Op::Signal, C, X));
  HOOK_WAIT(cnd_broadcast, int, (cnd_t * C), (C), quick(Op::Broadcast, C, X));
  HOOK_WAIT(sem_wait, int, (sem_t * S), (S), waits(Op::SemaphoreWait, S, X));
  HOOK_WAIT(sem_timedwait, int, (sem_t * S, const timespec *U), (S, U),
            waitsForTime(Op::SemaphoreWait, S, X));
  if (Real.sem_clockwait)
    HOOK_WAIT(sem_clockwait, int, (sem_t * S, clockid_t C, const timespec *U),
              (S, C, U), waitsForTime(Op::SemaphoreWait, S, X));
  HOOK(sem_trywait, int, (sem_t * S), (S), quick(Op::SemaphoreWait, S, X));
  HOOK(sem_post, int, (sem_t * S), (S), quick(Op::SemaphorePost, S, X));
  HOOK(pthread_barrier_wait, int, (pthread_barrier_t * B), (B),
       waits(Op::BarrierWait, B, X));
}

static void hookThreads() {
  // The function that is called once may be cancelled or throw.
  HOOK_WAIT(pthread_once, int, (pthread_once_t * O, void (*F)()), (O, F),
            quick(Op::Other, O, X));
  HOOK(sched_yield, int, (), (), quick(Op::Yield, nullptr, X));
  Real.pthread_create = createPthread;
  Real.thrd_create = createC11;
  HOOK_WAIT(pthread_join, int, (pthread_t T, void **V), (T, V),
            waits(Op::Join, handle(T), X));
  HOOK_WAIT(pthread_timedjoin_np, int,
            (pthread_t T, void **V, const timespec *U), (T, V, U),
            waits(Op::Join, handle(T), X));
  if (Real.pthread_clockjoin_np)
    HOOK_WAIT(pthread_clockjoin_np, int,
              (pthread_t T, void **V, clockid_t C, const timespec *U),
              (T, V, C, U), waits(Op::Join, handle(T), X));
  HOOK_WAIT(thrd_join, int, (thrd_t T, int *V), (T, V),
            waits(Op::Join, handle(T), X));
}

static void hookSleeps() {
  HOOK_WAIT(sleep, unsigned, (unsigned S), (S),
            waitsForTime(Op::Sleep, nullptr, X));
  HOOK_WAIT(usleep, int, (useconds_t S), (S),
            waitsForTime(Op::Sleep, nullptr, X));
  HOOK_WAIT(nanosleep, int, (const timespec *F, timespec *L), (F, L),
            waitsForTime(Op::Sleep, nullptr, X));
  HOOK_WAIT(clock_nanosleep, int,
            (clockid_t C, int G, const timespec *F, timespec *L), (C, G, F, L),
            waitsForTime(Op::Sleep, nullptr, X));
  HOOK_WAIT(thrd_sleep, int, (const timespec *F, timespec *L), (F, L),
            waitsForTime(Op::Sleep, nullptr, X));
}

static void hookFiles() {
  HOOK_WAIT(poll, int, (pollfd * F, nfds_t N, int T), (F, N, T),
            waits(Op::Io, nullptr, X));
  HOOK_WAIT(ppoll, int,
            (pollfd * F, nfds_t N, const timespec *T, const sigset_t *M),
            (F, N, T, M), waits(Op::Io, nullptr, X));
  HOOK_WAIT(select, int, (int N, fd_set *R, fd_set *W, fd_set *E, timeval *T),
            (N, R, W, E, T), waits(Op::Io, nullptr, X));
  HOOK_WAIT(epoll_wait, int, (int F, epoll_event *E, int N, int T),
            (F, E, N, T), waits(Op::Io, file(F), X));
  HOOK_WAIT(read, ssize_t, (int F, void *To, size_t N), (F, To, N),
            waits(Op::Io, file(F), X));
  HOOK_WAIT(write, ssize_t, (int F, const void *B, size_t N), (F, B, N),
            waits(Op::Io, file(F), X));
  HOOK_WAIT(readv, ssize_t, (int F, const iovec *V, int N), (F, V, N),
            waits(Op::Io, file(F), X));
  HOOK_WAIT(writev, ssize_t, (int F, const iovec *V, int N), (F, V, N),
            waits(Op::Io, file(F), X));
  HOOK_WAIT(recv, ssize_t, (int F, void *To, size_t N, int G), (F, To, N, G),
            waits(Op::Io, file(F), X));
  HOOK_WAIT(send, ssize_t, (int F, const void *B, size_t N, int G),
            (F, B, N, G), waits(Op::Io, file(F), X));
  HOOK_WAIT(recvmsg, ssize_t, (int F, msghdr *M, int G), (F, M, G),
            waits(Op::Io, file(F), X));
  HOOK_WAIT(sendmsg, ssize_t, (int F, const msghdr *M, int G), (F, M, G),
            waits(Op::Io, file(F), X));
  HOOK_WAIT(accept, int, (int F, sockaddr *A, socklen_t *L), (F, A, L),
            waits(Op::Io, file(F), X));
  HOOK_WAIT(accept4, int, (int F, sockaddr *A, socklen_t *L, int G),
            (F, A, L, G), waits(Op::Io, file(F), X));
  HOOK_WAIT(connect, int, (int F, const sockaddr *A, socklen_t L), (F, A, L),
            waits(Op::Io, file(F), X));
}

#undef HOOK
#undef HOOK_WAIT

void hookCalls() {
  __builtin_memcpy(&Old, &Real, sizeof(Old));
  hookLocks();
  hookWaits();
  hookThreads();
  hookSleeps();
  hookFiles();
  Real.syscall = systemCall;
  hideCores();
}

} // namespace raddle::stress
