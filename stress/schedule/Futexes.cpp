// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// syscall(SYS_futex, ...) under control: std::atomic's wait, latches,
// semaphores, and the guards of static variables. Also the few other system
// calls made that way that control has to do with.
#include "stress/inject/Cores.h"
#include "stress/schedule/Names.h"
#include "stress/schedule/VirtualTime.h"
#include <linux/futex.h>
#include <stdarg.h>
#include <sys/random.h>
#include <sys/syscall.h>

namespace raddle::stress {

namespace {

bool isWoken(const Controlled &T) { return T.Woken; }

bool waitsAt(const Controlled &T, const Shadow &S) {
  return T.Object == &S && T.Ready == isWoken && !T.Woken &&
         standingOf(T) == Standing::Waiting;
}

/// In the order in which they came, as the kernel does.
long wake(const Shadow &S, long Count, uint32_t Bits) {
  long Woken = 0;
  while (Woken < Count) {
    Controlled *First = nullptr;
    for (Controlled *T = TheRun.First; T; T = T->Next)
      if (waitsAt(*T, S) && (T->Wanted & Bits) &&
          (!First || T->WaitSequence < First->WaitSequence))
        First = T;
    if (!First)
      break;
    First->Woken = true;
    ++Woken;
  }
  return Woken;
}

struct FutexCall {
  uint32_t *Word;
  int Operation;
  uint32_t Value;
  const timespec *Time;
  uint32_t *Other;
  uint32_t Bits;
};

uint64_t limitOf(const FutexCall &F) {
  if (!F.Time)
    return 0;
  if ((F.Operation & FUTEX_CMD_MASK) == FUTEX_WAIT)
    return momentIn(uint64_t(F.Time->tv_sec) * 1000000000u +
                    uint64_t(F.Time->tv_nsec));
  return momentOf(F.Operation & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME
                                                     : CLOCK_MONOTONIC,
                  F.Time);
}

template <typename Function>
long wait(Controlled &Me, InController &In, const FutexCall &F, Function Call) {
  Shadow &S = shadowOf(F.Word);
  takeStep(Me, {Op::FutexWait, &S});
  CallSite Site = Me.Site;
  bool Valid = F.Word && !(reinterpret_cast<uintptr_t>(F.Word) & 3) && F.Bits &&
               (!F.Time || (isValid(F.Time) && F.Time->tv_sec >= 0));
  // Also where the kernel will say what is wrong.
  if (!Valid || __atomic_load_n(F.Word, __ATOMIC_SEQ_CST) != F.Value)
    return In.real(Call);
  Me.Woken = false;
  Me.WaitSequence = ++TheRun.Sequence;
  Ask A = {Op::FutexWait, &S, isWoken};
  A.Wanted = F.Bits;
  A.Until = limitOf(F);
  if (takeStepAt(Me, A, Site))
    return 0;
  In.fails(ETIMEDOUT);
  return -1;
}

template <typename Function>
long futex(Controlled &Me, const FutexCall &F, Function Call) {
  InController In(Me);
  Me.Site = CurrentSite;
  switch (F.Operation & FUTEX_CMD_MASK) {
  case FUTEX_WAIT:
  case FUTEX_WAIT_BITSET:
    return wait(Me, In, F, Call);
  case FUTEX_WAKE:
  case FUTEX_WAKE_BITSET: {
    Shadow &S = shadowOf(F.Word);
    takeStep(Me, {Op::FutexWake, &S});
    long Woken = wake(S, int32_t(F.Value), F.Bits);
    long Others = In.real(Call);
    afterStep(Me);
    return Others < 0 ? Others : Others + Woken;
  }
  case FUTEX_REQUEUE:
  case FUTEX_CMP_REQUEUE:
  case FUTEX_WAKE_OP: {
    // All are woken, which a futex may do at any time, and look again.
    Shadow &S = shadowOf(F.Word);
    takeStep(Me, {Op::FutexWake, &S});
    long Result = In.real(Call);
    if (Result < 0)
      return Result;
    long Woken = wake(S, INT32_MAX, ~0u);
    if (F.Other)
      Woken += wake(shadowOf(F.Other), INT32_MAX, ~0u);
    afterStep(Me);
    return Result + Woken;
  }
  default:
    return In.outside("futex", Call);
  }
}

long systemCall(long Number, ...) {
  va_list Arguments;
  va_start(Arguments, Number);
  long A = va_arg(Arguments, long), B = va_arg(Arguments, long),
       C = va_arg(Arguments, long), D = va_arg(Arguments, long),
       E = va_arg(Arguments, long), F = va_arg(Arguments, long);
  va_end(Arguments);
  auto Call = [=] { return Original.syscall(Number, A, B, C, D, E, F); };
  Controlled *Me = controlled();
  if (!Me) {
    if (Number == SYS_futex)
      wakeFromOutside();
    return Call();
  }
  switch (Number) {
  case SYS_futex: {
    int Command = int(B) & FUTEX_CMD_MASK;
    bool HasBits = Command == FUTEX_WAIT_BITSET || Command == FUTEX_WAKE_BITSET;
    return futex(*Me,
                 {reinterpret_cast<uint32_t *>(A), int(B), uint32_t(C),
                  Command == FUTEX_WAIT || Command == FUTEX_WAIT_BITSET
                      ? reinterpret_cast<const timespec *>(D)
                      : nullptr,
                  reinterpret_cast<uint32_t *>(E), HasBits ? uint32_t(F) : ~0u},
                 Call);
  }
  case SYS_sched_yield:
    return Real.sched_yield();
  case SYS_nanosleep:
    return Real.nanosleep(reinterpret_cast<const timespec *>(A),
                          reinterpret_cast<timespec *>(B));
  case SYS_clock_gettime:
    return Real.clock_gettime(clockid_t(A), reinterpret_cast<timespec *>(B));
  case SYS_getrandom:
    return Real.getrandom(reinterpret_cast<void *>(A), size_t(B), unsigned(C));
  case SYS_sched_getaffinity: {
    long Size = Call();
    if (Size > 0)
      hideLimit(reinterpret_cast<void *>(C), size_t(Size));
    return Size;
  }
  default:
    return Call();
  }
}

} // namespace

void controlFutexes() {
  Real.syscall = reinterpret_cast<decltype(Real.syscall)>(systemCall);
}

} // namespace raddle::stress
