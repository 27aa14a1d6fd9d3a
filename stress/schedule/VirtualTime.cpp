// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/VirtualTime.h"

namespace raddle::stress {

bool virtualTime(clockid_t Clock, uint64_t &Ns) {
  switch (Clock) {
  case CLOCK_MONOTONIC:
  case CLOCK_MONOTONIC_RAW:
  case CLOCK_MONOTONIC_COARSE:
  case CLOCK_BOOTTIME:
    Ns = TheRun.Now;
    return true;
  case CLOCK_REALTIME:
  case CLOCK_REALTIME_COARSE:
  case CLOCK_TAI:
    Ns = TheRun.Now + RealtimeAhead;
    return true;
  default:
    return false;
  }
}

uint64_t momentIn(uint64_t Ns) {
  uint64_t At;
  return __builtin_add_overflow(TheRun.Now, Ns, &At) ? UINT64_MAX : At;
}

uint64_t momentOf(clockid_t Clock, const timespec *Until) {
  uint64_t Shown;
  if (!virtualTime(Clock, Shown))
    Shown = TheRun.Now;
  if (Until->tv_sec < 0)
    return TheRun.Now;
  uint64_t Wanted;
  if (__builtin_mul_overflow(uint64_t(Until->tv_sec), 1000000000u, &Wanted) ||
      __builtin_add_overflow(Wanted, uint64_t(Until->tv_nsec), &Wanted))
    return UINT64_MAX;
  return Wanted > Shown ? momentIn(Wanted - Shown) : TheRun.Now;
}

} // namespace raddle::stress
