// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Leaks as people read them in a terminal.
#ifndef RADDLE_LEAK_TRACKER_TRACK_LEAKTEXT_H
#define RADDLE_LEAK_TRACKER_TRACK_LEAKTEXT_H

#include "leak_tracker/track/TaskInfo.h"
#include "runtime/core/Print.h"

namespace raddle::leaks {

/// "mutex", "condition variable"...
const char *describe(trace::WaitKind Kind);

/// "1.25 s", "12 ms".
void writeDuration(uint64_t Ns, TextSink &To);

/// Sets Alike: leaks with the same kind, state, stacks and kind of wait are
/// one group, which its first one stands for. What has a rule is no leak.
void groupAlike(TaskList &Tasks, bool (*IsLeak)(const TaskInfo &));

/// All groups, each with where its tasks came from, where they are and what
/// they wait for. \p Now: the time of the look.
void writeLeaks(const TaskList &Tasks, uint64_t Now, TextSink &To);

} // namespace raddle::leaks

#endif
