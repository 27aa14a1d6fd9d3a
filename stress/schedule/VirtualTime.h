// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The time that the program sees. It moves a little with each step, and to the
// first time limit of those who wait when nobody else can run: a run sees the
// same times whenever it is made. TheRun.Now is CLOCK_MONOTONIC.
#ifndef RADDLE_STRESS_SCHEDULE_VIRTUALTIME_H
#define RADDLE_STRESS_SCHEDULE_VIRTUALTIME_H

#include "stress/schedule/Token.h"
#include <time.h>

namespace raddle::stress {

inline constexpr uint64_t SyncStepNs = 1000, AccessNs = 20;
/// Later than any time that the program can have read before: 30 years after
/// the machine was started, in 2036.
inline constexpr uint64_t FirstNow = 1000000000 * uint64_t(1000000000),
                          RealtimeAhead = 1100000000 * uint64_t(1000000000);

inline bool isValid(const timespec *T) {
  return T->tv_nsec >= 0 && T->tv_nsec < 1000000000;
}
/// The clock's time; false: it is none of those that are virtual.
bool virtualTime(clockid_t Clock, uint64_t &Ns);
/// The moment in TheRun.Now's time at which \p Clock shows \p Until; at least
/// 1. A time that has passed is one that is over at once.
uint64_t momentOf(clockid_t Clock, const timespec *Until);
/// \p Ns from now.
uint64_t momentIn(uint64_t Ns);

} // namespace raddle::stress

#endif
