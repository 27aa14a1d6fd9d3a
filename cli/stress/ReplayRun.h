// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A failure that is to come again, from its replay file.
#ifndef RADDLE_CLI_STRESS_REPLAYRUN_H
#define RADDLE_CLI_STRESS_REPLAYRUN_H

#include "cli/findings/Finding.h"
#include "stress/runner/Campaign.h"
#include "stress/runner/FollowSchedule.h"
#include "stress/runner/ReplayFile.h"

namespace raddle::cli {

struct ReplaySetup {
  std::string Runtime, AccessPoints; ///< Libraries.
  std::chrono::milliseconds Timeout{60000};
  bool Force = false; ///< Also with another build of the program.
  const std::atomic<bool> *Stop = nullptr;
};

class ReplayRun {
public:
  /// Goes to the folder that the program was run in. Fails, saying what to do,
  /// if the program is gone or is another one now; with Force the latter is a
  /// sentence in \p Warnings.
  static llvm::Expected<std::unique_ptr<ReplayRun>>
  open(stress::ReplayFile File, const ReplaySetup &How,
       std::vector<std::string> &Warnings);
  ~ReplayRun();
  ReplayRun(const ReplayRun &) = delete;

  /// As it failed: along its schedule, which it may not leave, or with its
  /// seed. With records.
  llvm::Expected<stress::RunResult> again();
  /// Without raddle: how often it fails by itself.
  llvm::Expected<stress::RunResult> natively();

  std::vector<stress::Failure> failures(const stress::RunResult &R) const;
  bool failsAsRecorded(const stress::RunResult &R) const;
  /// It took the very same steps. Only for controlled schedules.
  bool isSame(const stress::RunResult &R) const;

  /// Minimises \p Failed, a run of again(), and makes the file's schedule that
  /// of the result.
  llvm::Expected<stress::Shortened>
  shorten(const stress::RunResult &Failed, const stress::MinimiseLimits &Limits,
          const std::function<void(unsigned, uint64_t)> &Progress);

  /// Keeps \p R, the run that was made last, for results().
  llvm::Error keep(const stress::RunResult &R);
  /// As findings and views: those of a campaign of \p Runs runs, of which
  /// \p Failed failed as the one that was kept.
  void results(uint64_t Runs, uint64_t Failed, double Seconds,
               uint64_t PreemptionsBefore, llvm::StringRef Command,
               Results &Into, std::vector<std::string> &Warnings);

  /// See FollowSchedule::repeated().
  uint64_t repeated() const { return Follow ? Follow->repeated() : 0; }
  const stress::ReplayFile &file() const { return File; }

private:
  ReplayRun() = default;
  /// That of \p R which the file is about.
  std::optional<stress::Failure> recorded(const stress::RunResult &R) const;
  stress::RunRequest request() const;

  stress::ReplayFile File;
  ReplaySetup How;
  stress::StressProgram Program;
  std::string Folder;    ///< Temporary.
  std::string Knowledge; ///< That jitter had; empty: none.
  std::unique_ptr<stress::ProgramRunner> Runner;
  std::unique_ptr<stress::FollowSchedule> Follow;
  std::optional<stress::FailureGroup> Kept;
};

/// What two counts of failures say: "13 of 20 runs failed (65 %, between 43 %
/// and 82 % at 95 % confidence)".
std::string rateOfRuns(uint64_t Failures, uint64_t Runs);
/// The chance to see at least so many failures with the seed if it made no
/// difference: Fisher's exact test, one-sided.
double chanceOfNoDifference(uint64_t SeedFailures, uint64_t SeedRuns,
                            uint64_t BaseFailures, uint64_t BaseRuns);

} // namespace raddle::cli

#endif
