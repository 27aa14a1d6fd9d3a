// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sleeping, and sched_yield, under control. Sleeps take virtual time. A short
// one is over whenever the strategy likes: any machine holds threads up for as
// long. Longer ones last until nobody else can run, or time has come: programs
// that take a sleep for a promise are not blamed for it.
#include "stress/schedule/Cancel.h"
#include "stress/schedule/Names.h"
#include "stress/schedule/VirtualTime.h"

namespace raddle::stress {

namespace {

constexpr uint64_t ShortNs = 1000000;

bool never(const Controlled &) { return false; }

/// False: it was interrupted by a signal.
bool sleepUntil(Controlled &Me, InController &In, uint64_t Moment) {
  bool CanCancel = testCancel(Me, In);
  Ask A = {Op::Sleep, nullptr,
           Moment - TheRun.Now <= ShortNs || Moment <= TheRun.Now ? nullptr
                                                                  : never};
  A.Until = Moment;
  A.CanCancel = CanCancel;
  A.Interrupts = true;
  A.Writes = false;
  while (!takeStep(Me, A) && Me.GaveUp) {
    if (testCancel(Me, In))
      return false;
    A.CanCancel = false;
  }
  if (TheRun.Now < Moment)
    TheRun.Now = Moment;
  return true;
}

uint64_t leftOf(uint64_t Moment) {
  return Moment > TheRun.Now ? Moment - TheRun.Now : 0;
}

unsigned sleepSeconds(unsigned Seconds) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.sleep(Seconds);
  InController In(*Me);
  uint64_t Moment = momentIn(uint64_t(Seconds) * 1000000000);
  return sleepUntil(*Me, In, Moment)
             ? 0
             : unsigned((leftOf(Moment) + 500000000) / 1000000000);
}

int sleepMicroseconds(useconds_t Microseconds) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.usleep(Microseconds);
  InController In(*Me);
  if (sleepUntil(*Me, In, momentIn(uint64_t(Microseconds) * 1000)))
    return 0;
  In.fails(EINTR);
  return -1;
}

bool isLength(const timespec *For) {
  return For && isValid(For) && For->tv_sec >= 0;
}

uint64_t lengthOf(const timespec *For) {
  uint64_t Ns;
  return __builtin_mul_overflow(uint64_t(For->tv_sec), 1000000000u, &Ns) ||
                 __builtin_add_overflow(Ns, uint64_t(For->tv_nsec), &Ns)
             ? UINT64_MAX
             : Ns;
}

/// False: interrupted, and \p Left says how much it lacked.
bool sleepFor(Controlled &Me, InController &In, const timespec *For,
              timespec *Left) {
  uint64_t Moment = momentIn(lengthOf(For));
  if (sleepUntil(Me, In, Moment))
    return true;
  if (Left) {
    uint64_t Ns = leftOf(Moment);
    *Left = {time_t(Ns / 1000000000), long(Ns % 1000000000)};
  }
  return false;
}

int sleepNanoseconds(const timespec *For, timespec *Left) {
  Controlled *Me = controlled();
  if (!Me || !isLength(For))
    return Original.nanosleep(For, Left);
  InController In(*Me);
  if (sleepFor(*Me, In, For, Left))
    return 0;
  In.fails(EINTR);
  return -1;
}

int sleepOnClock(clockid_t Clock, int Flags, const timespec *For,
                 timespec *Left) {
  Controlled *Me = controlled();
  uint64_t Shown;
  if (!Me || !isLength(For) || !virtualTime(Clock, Shown))
    return Original.clock_nanosleep(Clock, Flags, For, Left);
  InController In(*Me);
  bool Slept = Flags & TIMER_ABSTIME ? sleepUntil(*Me, In, momentOf(Clock, For))
                                     : sleepFor(*Me, In, For, Left);
  return Slept ? 0 : EINTR;
}

int c11Sleep(const timespec *For, timespec *Left) {
  Controlled *Me = controlled();
  if (!Me || !isLength(For))
    return Original.thrd_sleep(For, Left);
  InController In(*Me);
  return sleepFor(*Me, In, For, Left) ? 0 : -1;
}

int yield() {
  Controlled *Me = controlled();
  // A sanitizer's wait for something of its own, often.
  if (!Me || TheRun.Alive == 1)
    return Original.sched_yield();
  InController In(*Me);
  Ask A = {Op::Yield};
  A.Writes = false;
  takeStep(*Me, A);
  return 0;
}

void c11Yield() {
  if (controlled())
    yield();
  else
    Original.thrd_yield();
}

} // namespace

void controlSleeps() {
  put(Real.sleep, sleepSeconds);
  put(Real.usleep, sleepMicroseconds);
  put(Real.nanosleep, sleepNanoseconds);
  put(Real.clock_nanosleep, sleepOnClock);
  put(Real.thrd_sleep, c11Sleep);
  put(Real.sched_yield, yield);
  put(Real.thrd_yield, c11Yield);
}

} // namespace raddle::stress
