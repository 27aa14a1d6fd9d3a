// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Waiting for time to pass.
#include "runtime/interpose/Blocking.h"

using namespace raddle;

namespace {
template <typename Function>
auto asleep(const CallSite &Site, Function Call) -> decltype(Call()) {
  return waitOutside(trace::WaitKind::Sleep, nullptr, true, Site, Call);
}
} // namespace

RADDLE_EXPORT unsigned sleep(unsigned Seconds) {
  ensureReal();
  return asleep(RADDLE_CALL_SITE(), [=] { return Real.sleep(Seconds); });
}

RADDLE_EXPORT int usleep(useconds_t Microseconds) {
  ensureReal();
  return asleep(RADDLE_CALL_SITE(), [=] { return Real.usleep(Microseconds); });
}

RADDLE_EXPORT int nanosleep(const timespec *For, timespec *Left) {
  ensureReal();
  return asleep(RADDLE_CALL_SITE(), [=] { return Real.nanosleep(For, Left); });
}

RADDLE_EXPORT int clock_nanosleep(clockid_t Clock, int Flags,
                                  const timespec *For, timespec *Left) {
  ensureReal();
  return asleep(RADDLE_CALL_SITE(),
                [=] { return Real.clock_nanosleep(Clock, Flags, For, Left); });
}
