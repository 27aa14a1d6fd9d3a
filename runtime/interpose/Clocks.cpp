// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Clocks, random numbers and sched_yield: what a run depends on besides its
// schedule. Nothing is observed; controlled schedules give answers of their
// own (stress/schedule).
#include "runtime/Runtime.h"

using namespace raddle;

RADDLE_EXPORT int clock_gettime(clockid_t Clock, timespec *To) noexcept {
  ensureReal();
  return Real.clock_gettime(Clock, To);
}

RADDLE_EXPORT int gettimeofday(timeval *__restrict To,
                               void *__restrict Zone) noexcept {
  ensureReal();
  return Real.gettimeofday(To, Zone);
}

RADDLE_EXPORT time_t time(time_t *To) noexcept {
  ensureReal();
  return Real.time(To);
}

RADDLE_EXPORT int timespec_get(timespec *To, int Base) noexcept {
  ensureReal();
  return Real.timespec_get(To, Base);
}

RADDLE_EXPORT ssize_t getrandom(void *To, size_t Size, unsigned Flags) {
  ensureReal();
  return Real.getrandom(To, Size, Flags);
}

RADDLE_EXPORT int getentropy(void *To, size_t Size) {
  ensureReal();
  return Real.getentropy(To, Size);
}

RADDLE_EXPORT uint32_t arc4random() noexcept {
  ensureReal();
  return Real.arc4random();
}

RADDLE_EXPORT void arc4random_buf(void *To, size_t Size) noexcept {
  ensureReal();
  Real.arc4random_buf(To, Size);
}

RADDLE_EXPORT uint32_t arc4random_uniform(uint32_t Limit) noexcept {
  ensureReal();
  return Real.arc4random_uniform(Limit);
}

/// std::random_device::operator(): it asks the processor.
RADDLE_EXPORT unsigned _ZNSt13random_device9_M_getvalEv(void *Device) {
  ensureReal();
  return Real._ZNSt13random_device9_M_getvalEv(Device);
}

RADDLE_EXPORT int sched_yield() noexcept {
  ensureReal();
  return Real.sched_yield();
}

RADDLE_EXPORT void thrd_yield() {
  ensureReal();
  Real.thrd_yield();
}
