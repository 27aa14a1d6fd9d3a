// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Timers that are made and deleted. Whether one is armed, the kernel tells.
#include "runtime/Observers.h"
#include "runtime/Runtime.h"

using namespace raddle;

RADDLE_EXPORT int timer_create(clockid_t Clock, sigevent *__restrict Event,
                               timer_t *__restrict Timer) noexcept {
  ensureReal();
  bool Loud = !Event || Event->sigev_notify != SIGEV_NONE;
  int Result = Real.timer_create(Clock, Event, Timer);
  if (Result == 0)
    if (Thread *T = observed())
      RADDLE_TELL(TimerMade, *T, trace::TaskKind::Timer,
                  reinterpret_cast<uint64_t>(*Timer), Loud, RADDLE_CALL_SITE());
  return Result;
}

RADDLE_EXPORT int timer_delete(timer_t Timer) noexcept {
  ensureReal();
  // Before: afterwards another thread may get the same number.
  if (isActive())
    RADDLE_TELL(TimerGone, reinterpret_cast<uint64_t>(Timer));
  return Real.timer_delete(Timer);
}

RADDLE_EXPORT int timerfd_create(int Clock, int Flags) noexcept {
  ensureReal();
  int Result = Real.timerfd_create(Clock, Flags);
  if (Result >= 0)
    if (Thread *T = observed())
      RADDLE_TELL(TimerMade, *T, trace::TaskKind::TimerFd, uint64_t(Result),
                  true, RADDLE_CALL_SITE());
  return Result;
}
