// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All that is needed to make a failure come again: JSON, written beside and
// renamed. See docs/formats/replay.md.
#ifndef RADDLE_STRESS_RUNNER_REPLAYFILE_H
#define RADDLE_STRESS_RUNNER_REPLAYFILE_H

#include "stress/runner/Run.h"

namespace raddle::stress {

/// "Thread is stopped before its event number Clock, and Next goes on."
struct ScheduleSwitch {
  uint32_t Thread, Next;
  uint64_t Clock;
  bool operator==(const ScheduleSwitch &) const = default;
};

struct ReplayFile {
  std::string Program, BuildId;
  std::vector<std::string> Arguments;
  std::string Folder; ///< That it was run in.
  std::vector<std::pair<std::string, std::string>> Environment; ///< Changes.
  std::string Strategy; ///< "jitter", "pct", ...
  uint64_t Seed = 0;
  std::string Options; ///< RADDLE_OPTIONS of the run, for jitter.
  std::vector<ScheduleSwitch> Schedule;
  uint64_t Hash = 0, Events = 0; ///< Of the run that failed.
  /// What failed: kind and key as campaigns group them, and a sentence.
  std::string Kind, Key, Says;
  /// Jitter: how often this seed failed, of how many; and without the seed.
  uint64_t SeedFailures = 0, SeedRuns = 0, BaseFailures = 0, BaseRuns = 0;
};

llvm::Error writeReplay(const ReplayFile &R, llvm::StringRef Path);
/// Says the file and the place where something is wrong.
llvm::Expected<ReplayFile> readReplay(llvm::StringRef Path);
llvm::Expected<ReplayFile> parseReplay(llvm::StringRef Text,
                                       llvm::StringRef Name);

/// As the option "replay" wants it: a line "thread clock next" for each switch.
std::string scheduleText(const std::vector<ScheduleSwitch> &Schedule);
/// What went on in a run, as a schedule.
std::vector<ScheduleSwitch> scheduleOf(const RunRecords &Run);

/// Jitter has a seed and no schedule: it makes a failure likely, not certain.
inline bool isExact(const ReplayFile &R) { return R.Strategy != "jitter"; }

} // namespace raddle::stress

#endif
