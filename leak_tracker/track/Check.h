// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A check: looks at all tasks again and again until none is left that counts,
// nothing can change any more, or the grace period is over; then tells.
#ifndef RADDLE_LEAK_TRACKER_TRACK_CHECK_H
#define RADDLE_LEAK_TRACKER_TRACK_CHECK_H

#include "leak_tracker/track/Reach.h"
#include "runtime/core/Print.h"

namespace raddle::leaks {

/// What was there at some time: threads and tasks up to these numbers.
struct Baseline {
  uint32_t Epoch, Threads;
};
/// All that there is now.
Baseline takeBaseline(const HostState &Host);

struct Scope {
  uint32_t Test; ///< Only what this test has started; 0: everything.
  Baseline Since;
  uint64_t GraceMs;
  bool AtExit;
};

/// The number of leaks. They are in the trace afterwards, and what people read
/// is in \p Text, empty if there are none. Each task is told of once in the
/// life of the process. May wait; any thread.
size_t check(const Scope &S, const HostState &Host, TextSink &Text);

/// Adds an ignore rule from code; false if it is none.
bool addRule(const char *Text, const char *Reason);

/// For others than checks: all tasks but coroutines with where they are. Sends
/// no signals.
void lookAtAll(TaskList &Tasks);

} // namespace raddle::leaks

#endif
