// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Signals.h"
#include "stress/schedule/Names.h"
#include "stress/schedule/Watch.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>

namespace raddle::stress {

namespace {

constexpr uint64_t bit(int Signal) { return uint64_t(1) << (Signal - 1); }
/// What a thread does to itself cannot wait; and by 33 libc changes the user of
/// all threads at once.
constexpr uint64_t NeverBlocked = bit(SIGSEGV) | bit(SIGBUS) | bit(SIGFPE) |
                                  bit(SIGILL) | bit(SIGTRAP) | bit(SIGSYS) |
                                  bit(SIGABRT) | bit(33);

bool hasHandler(int Signal, bool &Restarts) {
  struct sigaction Now;
  if (sigaction(Signal, nullptr, &Now) != 0)
    return false;
  Restarts = Now.sa_flags & SA_RESTART;
  return (Now.sa_flags & SA_SIGINFO) ||
         (Now.sa_handler != SIG_DFL && Now.sa_handler != SIG_IGN);
}

int sendSignal(pthread_t Handle, int Signal) {
  Controlled *Me = controlled();
  if (!Me || Handle == Me->Handle || Signal < 1 || Signal > 64)
    return Original.pthread_kill(Handle, Signal);
  InController In(*Me);
  Controlled *Target = threadOf(Handle);
  takeStep(*Me, {Op::Other, Target ? Target->Self : nullptr});
  bool Restarts = false, Handled = hasHandler(Signal, Restarts);
  int Result = In.real([=] { return Original.pthread_kill(Handle, Signal); });
  if (Result == 0) {
    ++TheRun.Transfers;
    if (Target && Handled) {
      Target->SignalNumber = Signal;
      Target->SignalRestarts = Restarts;
      Target->Signalled = true;
    }
  }
  afterStep(*Me);
  return Result;
}

/// Of the kernel's; also one that has just gone off. While its signal is
/// pending, as here all are held back, the kernel says of a timer that goes on
/// that no time is left, and it is not set anew before the signal is taken.
bool hasTimer() {
  itimerval Left = {};
  sys::call(SYS_getitimer, ITIMER_REAL, long(&Left));
  if (Left.it_value.tv_sec || Left.it_value.tv_usec ||
      Left.it_interval.tv_sec || Left.it_interval.tv_usec)
    return true;
  uint64_t Pending = 0;
  if (sys::call(SYS_rt_sigpending, long(&Pending), 8) == 0 &&
      Pending & ~TheRun.First->Mask & bit(SIGALRM))
    return true;
  int File = sys::open("/proc/self/timers", O_RDONLY);
  if (File < 0)
    return false;
  char Byte;
  bool Any = sys::read(File, &Byte, 1) == 1;
  sys::close(File);
  return Any;
}

} // namespace

void maskSignals(Controlled &Me) {
  if (Me.Masked)
    return;
  uint64_t All = ~NeverBlocked;
  sys::call(SYS_rt_sigprocmask, SIG_BLOCK, long(&All), long(&Me.Mask), 8);
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  Me.Masked = true;
}

void unmaskSignals(Controlled &Me) {
  if (!Me.Masked)
    return;
  Me.Signalled = Me.Masked = false;
  uint64_t Mask = Me.Mask;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  sys::call(SYS_rt_sigprocmask, SIG_SETMASK, long(&Mask), 0, 8);
}

bool wokenFromOutside() {
  // In real time: a timer of the kernel's knows no other.
  constexpr uint64_t MostNs = 2000000000, ForThreadsNs = 50000000;
  static uint64_t Since = 0, Progress = ~uint64_t(0);
  uint64_t Now = sys::now();
  if (Progress != TheRun.LastProgress) {
    Progress = TheRun.LastProgress;
    Since = Now;
  }
  bool Timer = hasTimer();
  // However long it has computed: it has not said yet that it wakes nobody.
  if (foreignThreadRuns())
    Since = Now;
  if (Now - Since > (Timer ? MostNs : ForThreadsNs) ||
      (!Timer && !hasForeignThreads()))
    return false;
  noteUncontrolled(Timer ? "(a timer)" : "(a thread that is not controlled)",
                   TheRun.First->Site.Pc);
  sleepABit();
  if (Timer) {
    TheRun.First->SignalNumber = 0;
    TheRun.First->Signalled = true;
  }
  return true;
}

void wakeFromOutside() {
  if (TheRun.Active && isActive())
    __atomic_fetch_add(&TheRun.ForeignWakes, 1, __ATOMIC_RELEASE);
}

void controlSignals() { put(Real.pthread_kill, sendSignal); }

} // namespace raddle::stress
