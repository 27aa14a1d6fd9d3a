// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A look at all tasks: which there are, what each waits for, who holds that,
// and what of it can never end.
#ifndef RADDLE_LEAK_TRACKER_TRACK_LOOK_H
#define RADDLE_LEAK_TRACKER_TRACK_LOOK_H

#include "leak_tracker/track/TaskInfo.h"

namespace raddle::leaks {

/// Adds all threads that the registry knows, the calling one, the main and
/// foreign ones too: what a task waits for may be theirs. Some us a thread;
/// takes the registry's lock.
void lookAtThreads(TaskList &Tasks);

/// Whether a thread may be a leak at all: started under our eyes and neither
/// main nor the calling one.
inline bool canLeak(const TaskInfo &T) {
  return T.Kind != trace::TaskKind::Thread ||
         (T.Id && !T.IsMain && !T.IsMe &&
          T.ThreadKind != trace::ThreadKind::Foreign);
}

/// The thread that \p T waits for, or null.
TaskInfo *ownerOf(TaskList &Tasks, const TaskInfo &T);

/// Sets Proven of what waits for itself, on a cycle, for a lock whose owner is
/// no more, or for one of these. Only waits without a time limit, and only what
/// is still as it was when it was looked at.
void proveByOwners(TaskList &Tasks);

/// Sets the stacks of \p T and of who holds what it waits for.
void lookAtStacks(TaskInfo &T);

} // namespace raddle::leaks

#endif
