// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A controlled run as what it is: one thread runs for a while, then another.
#ifndef RADDLE_CLI_STRESS_RUNSLICES_H
#define RADDLE_CLI_STRESS_RUNSLICES_H

#include "stress/runner/Run.h"
#include <optional>

namespace raddle::cli {

/// Events of one thread without another one's in between.
struct RunSlice {
  uint32_t Thread;
  size_t Begin, End; ///< Into Events.
  size_t Resumes;    ///< Where the thread goes on; past the last event: never.
  /// Why it was over; absent: nothing in the log says it, as at the end.
  std::optional<stress::RunSwitchRecord::Reason> Why;
};

std::vector<RunSlice> slicesOf(const stress::RunRecords &Run);

/// \p Kind may change what it works on, for others to see.
bool changes(stress::Op Kind);
/// Locks, unlocks and the like; not plain or atomic data.
bool isOnLock(stress::Op Kind);
/// Data: plain or atomic.
bool isAccess(stress::Op Kind);

/// Says nothing by itself: what comes after a call that was a step of its own.
bool isSilent(stress::Op Kind);
/// The last event of \p Slice that says something; its last, if none does.
size_t lastOf(const stress::RunRecords &Run, const RunSlice &Slice);
/// Where the thread of \p Slice goes on with something that says something;
/// past the last event: never.
size_t nextOf(const stress::RunRecords &Run, const RunSlice &Slice);

/// Objects that explain the run: what a stopped thread uses before or after,
/// and others use, with a change among it, while it stands.
struct KeyObject {
  uint32_t Object;
  size_t Slice; ///< At whose end the thread is stopped.
};
std::vector<KeyObject> keyObjects(const stress::RunRecords &Run,
                                  const std::vector<RunSlice> &Slices);

} // namespace raddle::cli

#endif
