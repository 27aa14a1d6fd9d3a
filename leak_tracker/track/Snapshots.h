// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Snapshots of all tasks in the trace, for raddle profile.
#ifndef RADDLE_LEAK_TRACKER_TRACK_SNAPSHOTS_H
#define RADDLE_LEAK_TRACKER_TRACK_SNAPSHOTS_H

#include "runtime/stack/Unwind.h"

namespace raddle::leaks {

/// Writes one now: threads, reported tasks and timers, those that are alike
/// (kind, state and stacks) as one. \p Caller: where the calling thread is, if
/// it is the host's. Sends no signals, so a thread that runs has no stack. Not
/// coroutines: a look at the heap takes too long for a process at work.
void takeSnapshot(const CallSite *Caller);

} // namespace raddle::leaks

#endif
