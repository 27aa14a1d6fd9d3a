// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks that the program reports itself: created, started, finished. The three
// calls touch the thread's own memory and the task's, nothing that is shared:
// some ns each. 64 bytes a live task.
#ifndef RADDLE_LEAK_TRACKER_TRACK_TASKS_H
#define RADDLE_LEAK_TRACKER_TRACK_TASKS_H

#include "leak_tracker/track/TaskInfo.h"

namespace raddle::leaks {

/// Which task; 0: none. An index and a count of the slot's users, so that a
/// call too many does not hit another task.
using TaskHandle = uint64_t;

/// \p Site: who calls.
TaskHandle taskCreated(Thread &T, const char *Name, const CallSite &Site);
void taskStarted(Thread &T, TaskHandle Task);
void taskFinished(Thread &T, TaskHandle Task);

/// Adds all tasks that are not finished. Those that run have the place and the
/// wait of the thread that they were last started on, which must be in
/// \p Tasks already.
void lookAtTasks(TaskList &Tasks);
/// Gives \p T a number that the trace knows.
void writeTask(TaskInfo &T);

/// Gives back what a thread that ends has kept for itself.
void forgetTaskCache();

/// Counted up by each baseline; tasks carry the one of their creation.
extern uint32_t TaskEpoch;

} // namespace raddle::leaks

#endif
