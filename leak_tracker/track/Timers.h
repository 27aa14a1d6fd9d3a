// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Timers of timer_create that were not deleted, and timer files that are open
// and armed.
#ifndef RADDLE_LEAK_TRACKER_TRACK_TIMERS_H
#define RADDLE_LEAK_TRACKER_TRACK_TIMERS_H

#include "leak_tracker/track/TaskInfo.h"

namespace raddle::leaks {

/// \p Handle: a timer_t or a descriptor. What had it before is over.
void timerMade(Thread &T, trace::TaskKind Kind, uint64_t Handle, bool Loud,
               const CallSite &Site);
/// Only timer_create's: how a descriptor is closed is not seen.
void timerGone(uint64_t Handle);

/// Adds those that are left; one that is not armed is Idle. A file that was
/// closed, or is not armed, is passed over.
void lookAtTimers(TaskList &Tasks);

} // namespace raddle::leaks

#endif
