// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Clocks, random numbers and sched_yield: what a run depends on besides its
// schedule. Nothing is observed; controlled schedules give answers of their
// own (stress/schedule).
//
// Allocators call some of these, also while the loader looks names up for us:
// nothing is looked up here. Before start-up the kernel is asked.
#include "runtime/Runtime.h"
#include <errno.h>

using namespace raddle;

namespace {

/// As libc returns it.
long asked(long Result) {
  if (Result >= 0)
    return Result;
  errno = int(-Result);
  return -1;
}

template <typename F> bool isThere(const F &Function) {
  if (RADDLE_UNLIKELY(!__atomic_load_n(&Function, __ATOMIC_ACQUIRE)))
    return false;
  return true;
}

} // namespace

/// The function behind it, or what else to return.
#define RADDLE_PASS_ON(Name, Passed, Else)                                     \
  if (RADDLE_UNLIKELY(!isThere(Real.Name)))                                    \
    return Else;                                                               \
  if (RADDLE_UNLIKELY(NoteSites))                                              \
    CurrentSite = RADDLE_CALL_SITE();                                          \
  return Real.Name Passed

RADDLE_EXPORT int clock_gettime(clockid_t Clock, timespec *To) noexcept {
  RADDLE_PASS_ON(clock_gettime, (Clock, To),
                 int(asked(sys::call(SYS_clock_gettime, Clock, long(To)))));
}

RADDLE_EXPORT int gettimeofday(timeval *__restrict To,
                               void *__restrict Zone) noexcept {
  RADDLE_PASS_ON(gettimeofday, (To, Zone),
                 int(asked(sys::call(SYS_gettimeofday, long(To), long(Zone)))));
}

RADDLE_EXPORT time_t time(time_t *To) noexcept {
  RADDLE_PASS_ON(time, (To), sys::call(SYS_time, long(To)));
}

RADDLE_EXPORT int timespec_get(timespec *To, int Base) noexcept {
  RADDLE_PASS_ON(timespec_get, (To, Base),
                 Base == TIME_UTC && sys::call(SYS_clock_gettime,
                                               CLOCK_REALTIME, long(To)) == 0
                     ? Base
                     : 0);
}

RADDLE_EXPORT ssize_t getrandom(void *To, size_t Size, unsigned Flags) {
  RADDLE_PASS_ON(getrandom, (To, Size, Flags),
                 asked(sys::call(SYS_getrandom, long(To), long(Size), Flags)));
}

RADDLE_EXPORT int getentropy(void *To, size_t Size) {
  RADDLE_PASS_ON(getentropy, (To, Size),
                 asked(sys::call(SYS_getrandom, long(To), long(Size))) < 0 ? -1
                                                                           : 0);
}

namespace {
uint32_t kernelNumber() {
  uint32_t Value = 0;
  sys::call(SYS_getrandom, long(&Value), sizeof(Value));
  return Value;
}
} // namespace

RADDLE_EXPORT uint32_t arc4random() noexcept {
  RADDLE_PASS_ON(arc4random, (), kernelNumber());
}

RADDLE_EXPORT void arc4random_buf(void *To, size_t Size) noexcept {
  RADDLE_PASS_ON(arc4random_buf, (To, Size),
                 void(sys::call(SYS_getrandom, long(To), long(Size))));
}

RADDLE_EXPORT uint32_t arc4random_uniform(uint32_t Limit) noexcept {
  RADDLE_PASS_ON(arc4random_uniform, (Limit),
                 uint32_t(uint64_t(kernelNumber()) * Limit >> 32));
}

/// std::random_device::operator(), which asks the processor. Looked up here:
/// most C programs do not have it, and a search that fails allocates.
RADDLE_EXPORT unsigned _ZNSt13random_device9_M_getvalEv(void *Device) {
  ensureReal();
  if (!isThere(Real._ZNSt13random_device9_M_getvalEv))
    __atomic_store_n(&Real._ZNSt13random_device9_M_getvalEv,
                     reinterpret_cast<unsigned (*)(void *)>(findNext(__func__)),
                     __ATOMIC_RELEASE);
  return Real._ZNSt13random_device9_M_getvalEv(Device);
}

RADDLE_EXPORT int sched_yield() noexcept {
  RADDLE_PASS_ON(sched_yield, (), int(sys::call(SYS_sched_yield)));
}

RADDLE_EXPORT void thrd_yield() {
  RADDLE_PASS_ON(thrd_yield, (), void(sys::call(SYS_sched_yield)));
}

#undef RADDLE_PASS_ON
