// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading clocks under control: virtual time, a little more at each look. Who
// looks again and again without doing anything else waits for time to pass:
// it passes faster then, and others are let run before.
#include "stress/schedule/Names.h"
#include "stress/schedule/VirtualTime.h"
#include <sys/time.h>

namespace raddle::stress {

namespace {

/// A read of a clock moves time by that; twice as much after each further 32
/// that follow each other, up to 2^MostDoublings times.
constexpr uint64_t LookNs = 50;
constexpr uint32_t PerDoubling = 32, MostDoublings = 14;

/// False: the thread or the clock is none of ours.
bool look(clockid_t Clock, uint64_t &Ns) {
  Controlled *Me = controlled();
  if (!Me || !virtualTime(Clock, Ns))
    return false;
  // Also when a sanitizer looks, for a thread that it has not yet let begin.
  if (standingOf(*Me) == Standing::Outside)
    return true;
  InController In(*Me, InController::Access);
  if (Me->LooksAt != Me->Clock)
    Me->Looks = 0;
  uint32_t Doublings = ++Me->Looks / PerDoubling;
  TheRun.Now +=
      LookNs << (Doublings < MostDoublings ? Doublings : MostDoublings);
  if (Me->Looks % PerDoubling == 0) {
    Ask A = {Op::Yield};
    A.Writes = false;
    takeStep(*Me, A);
  }
  Me->LooksAt = Me->Clock;
  virtualTime(Clock, Ns);
  return true;
}

int getTime(clockid_t Clock, timespec *To) {
  uint64_t Ns;
  if (!To || !look(Clock, Ns))
    return Original.clock_gettime(Clock, To);
  *To = {time_t(Ns / 1000000000), long(Ns % 1000000000)};
  return 0;
}

int timeOfDay(timeval *To, void *Zone) {
  uint64_t Ns;
  if (!To || Zone || !look(CLOCK_REALTIME, Ns))
    return Original.gettimeofday(To, Zone);
  *To = {time_t(Ns / 1000000000), long(Ns % 1000000000 / 1000)};
  return 0;
}

time_t seconds(time_t *To) {
  uint64_t Ns;
  if (!look(CLOCK_REALTIME, Ns))
    return Original.time(To);
  time_t Now = time_t(Ns / 1000000000);
  if (To)
    *To = Now;
  return Now;
}

int c11Time(timespec *To, int Base) {
  uint64_t Ns;
  if (Base != TIME_UTC || !look(CLOCK_REALTIME, Ns))
    return Original.timespec_get(To, Base);
  *To = {time_t(Ns / 1000000000), long(Ns % 1000000000)};
  return Base;
}

} // namespace

void controlClocks() {
  put(Real.clock_gettime, getTime);
  put(Real.gettimeofday, timeOfDay);
  put(Real.time, seconds);
  put(Real.timespec_get, c11Time);
}

} // namespace raddle::stress
