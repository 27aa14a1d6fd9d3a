// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs that follow a schedule: to replay it, and to look for a smaller one.
#ifndef RADDLE_STRESS_RUNNER_FOLLOWSCHEDULE_H
#define RADDLE_STRESS_RUNNER_FOLLOWSCHEDULE_H

#include "stress/runner/Failure.h"
#include "stress/runner/Minimise.h"

namespace raddle::stress {

/// Keeps a file with the schedule in a folder; not for several threads at once.
class FollowSchedule {
public:
  /// \p How: the request of the run that failed; its strategy is replaced.
  FollowSchedule(ProgramRunner &Runner, RunRequest How,
                 const std::string &Folder);
  ~FollowSchedule();
  FollowSchedule(const FollowSchedule &) = delete;

  /// \p Strict: the run is ended where the program leaves the schedule
  /// (Verdict::Diverged); else a switch that cannot be made is passed over.
  llvm::Expected<RunResult> run(const std::vector<ScheduleSwitch> &Schedule,
                                bool Strict, bool WantRecords);
  /// Runs that were made again, as the machine was too busy for a thread to be
  /// there in time.
  uint64_t repeated() const { return Repeated; }

private:
  uint64_t Repeated = 0;
  ProgramRunner &Runner;
  RunRequest How;
  std::string Options, File;
};

struct Shortened {
  Minimised What;
  RunResult Run; ///< Of the shortest schedule, followed strictly, with records.
};

/// Minimises \p Failed, a run with records that failed in the way of \p Kind
/// and \p Key, and shows that the result comes again when it is followed
/// strictly. Fails where it does not.
llvm::Expected<Shortened>
shorten(ProgramRunner &Runner, const RunRequest &How, const RunResult &Failed,
        llvm::StringRef Kind, llvm::StringRef Key, const std::string &Folder,
        const MinimiseLimits &Limits,
        const std::function<void(unsigned, uint64_t)> &Progress = {});

} // namespace raddle::stress

#endif
