// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a plan: several workers, each with a folder and a runner of its own, and
// what they find, joined by kind and place. What is there is written to the
// campaign's folder now and then, so that a campaign that was killed goes on
// from there.
#ifndef RADDLE_STRESS_RUNNER_CAMPAIGN_H
#define RADDLE_STRESS_RUNNER_CAMPAIGN_H

#include "stress/runner/Failure.h"
#include "stress/runner/Plan.h"
#include <functional>

namespace raddle::stress {

/// Failures that are the same, and the first of them.
struct FailureGroup {
  std::string Kind, Key, Says;
  uint64_t Count = 0;
  uint32_t Test = 0, Program = 0;
  std::string Strategy; ///< "native": it needs no seed.
  uint64_t Seed = 0;
  std::string Options; ///< RADDLE_OPTIONS of that run.
  int Status = 0;
  uint64_t Events = 0, Hash = 0;
  double Seconds = 0; ///< Into the campaign, when it was met first.
  /// In the campaign's folder: "failure-3", with .out, .err, .log, .trace,
  /// .knowledge and .replay, as far as there is something for them.
  std::string Stem;
  // What confirmFailure() has found out.
  bool Confirmed = false;
  uint64_t SeedRuns = 0, SeedFailures = 0; ///< Jitter.
  uint64_t Preemptions = 0, PreemptionsBefore = 0;
};

struct CampaignResult {
  std::vector<Arm> Arms;
  std::vector<FailureGroup> Groups;
  uint64_t Runs = 0, Failed = 0;
  double Seconds = 0; ///< With those before it was resumed.
  /// Why it ended before its budget was spent: "interrupted", or an error.
  std::string CutShort;
  std::vector<std::string> Warnings; ///< Each once.
  /// Of each test: the next run, and those before it that are not done.
  std::vector<uint64_t> Next;
  std::vector<std::vector<uint64_t>> Open;
};

struct CampaignProgress {
  uint64_t Runs, Total;  ///< Total: 0: not known.
  double Seconds, Limit; ///< Limit of time; 0: none.
  uint64_t Failed;
  size_t Groups;
  std::string Now; ///< Test and strategy.
};

/// \p Stop ends it with what is there. \p Tell is called after each run, by one
/// thread at a time. \p Earlier: what loadState() gave; null: from the start.
/// Fails only where nothing could be run.
llvm::Expected<CampaignResult>
runCampaign(const CampaignOptions &O, const std::atomic<bool> &Stop,
            const std::function<void(const CampaignProgress &)> &Tell,
            const CampaignResult *Earlier = nullptr);

/// What is wrong with a run that \p O has asked for with \p Options.
std::vector<Failure> campaignFailures(const CampaignOptions &O,
                                      const RunResult &R,
                                      llvm::StringRef Options);
/// The kind, and key, that failuresOf() alone gives such a failure: what the
/// runtime says by an exit code.
llvm::StringRef plainKind(const FailureGroup &G);
/// \p R, a run with the options of \p G, failed as that did.
bool isFailure(const CampaignOptions &O, const FailureGroup &G,
               const RunResult &R);

/// The file "state.json" in \p O.Folder. Fails, saying why, if it is of another
/// campaign, or broken.
llvm::Expected<CampaignResult> loadState(const CampaignOptions &O);
llvm::Error saveState(const CampaignOptions &O, const CampaignResult &R);
/// The seed of the campaign in \p Folder.
llvm::Expected<uint64_t> seedOfState(llvm::StringRef Folder);

/// Path of what is kept of \p G: "/x/raddle-stress/failure-1.err".
std::string keptFile(const CampaignOptions &O, const FailureGroup &G,
                     llvm::StringRef Extension);

} // namespace raddle::stress

#endif
