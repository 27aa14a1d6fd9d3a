// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads on their way to their first step. With a sanitizer in the program
// itself a new thread runs free until then. Where such a thread cannot be told
// from one that the sanitizer has for itself, and that never takes a step, no
// verdict may depend on which it is.
#ifndef RADDLE_STRESS_SCHEDULE_ARRIVALS_H
#define RADDLE_STRESS_SCHEDULE_ARRIVALS_H

#include "stress/schedule/Token.h"

namespace raddle::stress {

/// Who else can go on depends on those that have begun and are on their way.
/// Not for long: one may wait for who waits here. It is late then.
void waitForArrivals();
/// How many came from outside so far.
uint32_t arrivals();
/// \p Me came from outside, and stands in line.
void noteArrival(Controlled &Me);
/// A late thread that is surely the program's.
bool isOneOfTheProgram(const Controlled &Late);
/// Whether there is another late thread that may be the program's: it is not
/// asleep for a time, as a sanitizer's own is.
bool lateOneMayCome();

} // namespace raddle::stress

#endif
