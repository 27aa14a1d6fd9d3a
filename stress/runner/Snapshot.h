// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asks a process for a snapshot of its tasks, through the head of its trace:
// with the options profile=1 or profile_by_trace=1, and a trace.
#ifndef RADDLE_STRESS_RUNNER_SNAPSHOT_H
#define RADDLE_STRESS_RUNNER_SNAPSHOT_H

#include <chrono>
#include <string>

namespace raddle::stress {

/// False: there is no such trace, or it cannot be written.
bool askForSnapshot(const std::string &Trace);

/// Asks, and waits until it is there, at most \p Limit.
bool takeSnapshot(const std::string &Trace, std::chrono::milliseconds Limit);

} // namespace raddle::stress

#endif
