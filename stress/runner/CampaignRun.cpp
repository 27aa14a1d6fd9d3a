// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/CampaignRun.h"
#include "stress/runner/Campaign.h"
#include "stress/runner/FollowSchedule.h"
#include "stress/runner/GoogleTests.h"
#include "stress/runner/ReplayFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace raddle::stress {

std::string testName(const CampaignOptions &O, uint32_t Test) {
  return Test < O.Tests.size() ? O.Tests[Test] : "";
}

CampaignWorker::CampaignWorker(const CampaignOptions &O, std::string Folder,
                               const std::atomic<bool> &Over)
    : O(O), Over(Over), Folder(std::move(Folder)), Runners(O.Programs.size()) {}

Expected<ProgramRunner *> CampaignWorker::open(uint32_t Program) {
  std::unique_ptr<ProgramRunner> &Runner = Runners[Program];
  if (Runner)
    return Runner.get();
  ProgramRunner::Settings S;
  S.Runtime = O.Runtime;
  S.AccessPoints = O.AccessPoints;
  S.WorkFolder = Folder + "/" + std::to_string(Program);
  S.Stop = &Over;
  // Each run needs a trace of its own.
  S.ForkServer = !O.Leaks;
  if (std::error_code Code = sys::fs::create_directories(S.WorkFolder))
    return createStringError("'" + S.WorkFolder + "' cannot be made (" +
                             Code.message() + ")");
  Expected<std::unique_ptr<ProgramRunner>> New =
      ProgramRunner::open(O.Programs[Program], std::move(S));
  if (!New)
    return New.takeError();
  Runner = std::move(*New);
  return Runner.get();
}

/// What the scheduler has judged, and nobody else has seen, counts only if it
/// is so once more under the same schedule: else something has decided that the
/// scheduler does not know, such as a thread that a sanitizer made, and it may
/// have judged wrongly.
bool CampaignWorker::comesAgain(ProgramRunner &Runner, const Done &D) const {
  FollowSchedule Follow(Runner, D.Request, Folder);
  std::vector<ScheduleSwitch> Schedule = scheduleOf(D.Result.Records);
  for (bool Strict : {true, true, false}) {
    Expected<RunResult> R = Follow.run(Schedule, Strict, /*Records=*/true);
    if (!R) {
      consumeError(R.takeError());
      return true;
    }
    if (R->Stopped || any_of(failuresOf(*R), [&](const Failure &F) {
          return F.Kind == D.Failures.front().Kind;
        }))
      return true;
  }
  return false;
}

Expected<Done> CampaignWorker::run(const RunOfArm &What) {
  Done D;
  D.Arm = What.Arm;
  D.Index = What.Index;
  Expected<ProgramRunner *> Runner = open(What.Program);
  if (!Runner)
    return Runner.takeError();
  D.Seed = runSeed(O.Seed, testName(O, What.Test), What.Index);
  // What is learnt is about a program and a test, whatever strategy a
  // controlled schedule was chosen by. It is one worker's: files that two write
  // are nobody's.
  std::string Knowledge =
      Folder + "/" + std::to_string(What.Test) + "-" +
      std::to_string(What.Program) +
      (What.Strategy == "jitter" ? "-jitter" : "-schedules") + ".knowledge";
  D.Request.Arguments = O.Arguments;
  if (What.Test < O.Tests.size())
    D.Request.Arguments.push_back(testArgument(O.Tests[What.Test]));
  D.Request.Options = runOptions(O, What.Strategy, D.Seed, Knowledge);
  D.Request.Timeout = O.Timeout;
  if (What.Strategy == "jitter" || (O.Leaks && What.Strategy != "native"))
    D.Request.Trace = Folder + "/run.trace";
  if (What.Strategy == "jitter")
    if (auto Learnt = MemoryBuffer::getFile(Knowledge))
      D.Knowledge = (*Learnt)->getBuffer().str();
  Expected<RunResult> Result = (*Runner)->run(D.Request);
  if (!Result)
    return Result.takeError();
  D.Result = std::move(*Result);
  if (D.Result.Stopped)
    return D;
  D.Failures = campaignFailures(O, D.Result, D.Request.Options);
  // The first runs see most places; of those after them, ever fewer are read.
  bool Sample =
      D.Result.Log.Pid && (What.RunsBefore & (What.RunsBefore + 1)) == 0;
  if (!D.Failures.empty() || Sample) {
    Expected<RunRecords> Records = (*Runner)->lastRecords();
    if (Records)
      D.Result.Records = std::move(*Records);
    else
      D.Result.Trouble = toString(Records.takeError());
    // Now with the places that deadlocks are told apart by.
    if (D.Result.Log.Found != Verdict::None) {
      D.Failures = campaignFailures(O, D.Result, D.Request.Options);
      if (!D.Failures.empty() && !Over && !comesAgain(**Runner, D)) {
        D.Doubtful = D.Failures.front().Kind;
        D.Failures.clear();
      }
    }
  }
  return D;
}

} // namespace raddle::stress
