// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Places in the program that are equal in every run: file name of the module,
// and offset in it. Only for the thread that has the token.
#ifndef RADDLE_STRESS_SCHEDULE_PLACES_H
#define RADDLE_STRESS_SCHEDULE_PLACES_H

#include <stdint.h>

namespace raddle::stress {

/// Of a code address; a few ns for one that was met before. The first one in a
/// module notes that module in the run log.
uint64_t placeOf(uint64_t Pc);
void forgetPlaces();

} // namespace raddle::stress

#endif
