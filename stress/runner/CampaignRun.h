// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One run of a campaign, as one of its workers makes it.
#ifndef RADDLE_STRESS_RUNNER_CAMPAIGNRUN_H
#define RADDLE_STRESS_RUNNER_CAMPAIGNRUN_H

#include "stress/runner/Failure.h"
#include "stress/runner/Plan.h"

namespace raddle::stress {

/// What is to be run: an arm of the plan, as it is now, and the run's number.
struct RunOfArm {
  size_t Arm;
  uint32_t Test, Program;
  std::string Strategy;
  uint64_t RunsBefore; ///< Of the arm.
  uint64_t Index;      ///< Of the test.
};

/// A run, with all that it takes to make it again.
struct Done {
  size_t Arm;
  RunRequest Request;
  RunResult Result;
  uint64_t Index, Seed;
  std::string Knowledge; ///< That jitter had before the run.
  std::vector<Failure> Failures;
  std::string Doubtful; ///< Kind of what did not come again; "": nothing.
};

/// GoogleTest's name of it; "" where the program is run whole.
std::string testName(const CampaignOptions &O, uint32_t Test);

/// A folder, and in it a runner for each program. It is one thread's: programs
/// end with the thread that has started them.
class CampaignWorker {
public:
  /// \p Folder is there. \p Over ends a run early.
  CampaignWorker(const CampaignOptions &O, std::string Folder,
                 const std::atomic<bool> &Over);
  CampaignWorker(CampaignWorker &&) = default;

  /// Fails where the program could not be run. A run that was ended early has
  /// Result.Stopped and nothing else.
  llvm::Expected<Done> run(const RunOfArm &What);
  /// The runner of a program that was run.
  ProgramRunner &runner(uint32_t Program) { return *Runners[Program]; }
  /// Ends the programs.
  void close() { Runners.clear(); }

private:
  llvm::Expected<ProgramRunner *> open(uint32_t Program);
  bool comesAgain(ProgramRunner &Runner, const Done &D) const;

  const CampaignOptions &O;
  const std::atomic<bool> &Over;
  std::string Folder;
  std::vector<std::unique_ptr<ProgramRunner>> Runners; ///< Of each program.
};

} // namespace raddle::stress

#endif
