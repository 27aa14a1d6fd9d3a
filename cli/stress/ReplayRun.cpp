// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stress/ReplayRun.h"
#include "cli/execute/Files.h"
#include "cli/stress/StressResults.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace llvm;
using namespace raddle::stress;

namespace raddle::cli {

namespace {

/// The file in "...:knowledge='/x/failure-1.knowledge':...".
std::string knowledgeOf(StringRef Options) {
  size_t At = Options.find("knowledge='");
  if (At == StringRef::npos)
    return "";
  return Options.substr(At + 11).split('\'').first.str();
}

} // namespace

Expected<std::unique_ptr<ReplayRun>>
ReplayRun::open(ReplayFile File, const ReplaySetup &How,
                std::vector<std::string> &Warnings) {
  std::unique_ptr<ReplayRun> Run(new ReplayRun);
  if (!sys::fs::exists(File.Program))
    return createStringError(
        "'" + File.Program +
        "' is gone: a failure comes again only in the program that failed; "
        "build it again, the same version with the same compiler");
  Expected<StressProgram> Program = examineProgram(File.Program);
  if (!Program)
    return Program.takeError();
  if (Program->BuildId != File.BuildId) {
    std::string Says = "'" + File.Program +
                       "' is not the build that failed: its build id is " +
                       Program->BuildId + ", and was " + File.BuildId;
    if (!How.Force)
      return createStringError(
          Says + "; build that version again, or say --force to try this one, "
                 "in which the schedule may lead elsewhere");
    Warnings.push_back(Says);
  }
  if (!File.Folder.empty())
    if (std::error_code Code = sys::fs::set_current_path(File.Folder)) {
      if (!How.Force)
        return createStringError("the folder '" + File.Folder +
                                 "', in which the program was run, cannot be "
                                 "entered (" +
                                 Code.message() +
                                 "); make it again, or say --force to run it "
                                 "here");
      Warnings.push_back("the program was run in '" + File.Folder +
                         "', which cannot be entered; it is run here");
    }
  SmallString<128> Temporary;
  if (std::error_code Code =
          sys::fs::createUniqueDirectory("raddle-replay", Temporary))
    return createStringError("a folder to work in cannot be made (" +
                             Code.message() + "); set TMPDIR");
  Run->Folder = std::string(Temporary);
  Run->Program = *Program;
  Run->How = How;
  ProgramRunner::Settings S;
  S.Runtime = How.Runtime;
  S.AccessPoints = How.AccessPoints;
  S.WorkFolder = Run->Folder;
  S.Stop = How.Stop;
  auto Runner = ProgramRunner::open(std::move(*Program), std::move(S));
  if (!Runner)
    return Runner.takeError();
  Run->Runner = std::move(*Runner);
  Run->Knowledge = knowledgeOf(File.Options);
  Run->File = std::move(File);
  if (isExact(Run->File))
    Run->Follow = std::make_unique<FollowSchedule>(*Run->Runner, Run->request(),
                                                   Run->Folder);
  return std::move(Run);
}

ReplayRun::~ReplayRun() {
  Follow.reset();
  Runner.reset();
  sys::fs::remove_directories(Folder);
}

RunRequest ReplayRun::request() const {
  RunRequest R;
  R.Arguments = File.Arguments;
  R.Environment = File.Environment;
  R.Options = File.Options;
  R.Timeout = How.Timeout;
  R.WantRecords = true;
  return R;
}

Expected<RunResult> ReplayRun::again() {
  if (Follow)
    return Follow->run(File.Schedule, /*Strict=*/true, /*WantRecords=*/true);
  RunRequest R = request();
  // Each run starts with what jitter knew then, and learns for nobody.
  if (!Knowledge.empty()) {
    std::string Copy = Folder + "/knowledge";
    sys::fs::remove(Copy);
    if (sys::fs::exists(Knowledge))
      sys::fs::copy_file(Knowledge, Copy);
    R.Options += ":knowledge='" + Copy + "'";
  }
  if (StringRef(R.Options).contains("profile_by_trace=1"))
    R.Trace = Folder + "/run.trace";
  return Runner->run(R);
}

Expected<RunResult> ReplayRun::natively() {
  RunRequest R = request();
  R.Options.clear();
  return Runner->run(R);
}

std::vector<Failure> ReplayRun::failures(const RunResult &R) const {
  return campaignFailures(CampaignOptions(), R, File.Options);
}

std::optional<Failure> ReplayRun::recorded(const RunResult &R) const {
  // The file has the kind without what the options say of exit codes.
  std::vector<Failure> Plain = failuresOf(R), Named = failures(R);
  for (size_t I = 0; I < Plain.size() && I < Named.size(); ++I)
    for (const std::vector<Failure> *Each : {&Plain, &Named})
      if ((*Each)[I].Kind == File.Kind && (*Each)[I].Key == File.Key)
        return Named[I];
  return std::nullopt;
}

bool ReplayRun::failsAsRecorded(const RunResult &R) const {
  return recorded(R).has_value();
}

bool ReplayRun::isSame(const RunResult &R) const {
  return R.Log.Events == File.Events && R.Log.Hash == File.Hash;
}

Expected<Shortened>
ReplayRun::shorten(const RunResult &Failed, const MinimiseLimits &Limits,
                   const std::function<void(unsigned, uint64_t)> &Progress) {
  Expected<Shortened> S = stress::shorten(*Runner, request(), Failed, File.Kind,
                                          File.Key, Folder, Limits, Progress);
  if (!S)
    return S;
  File.Schedule = S->What.Best.Made;
  File.Events = S->Run.Log.Events;
  File.Hash = S->Run.Log.Hash;
  return S;
}

Error ReplayRun::keep(const RunResult &R) {
  FailureGroup G;
  G.Kind = File.Kind;
  G.Key = File.Key;
  G.Says = File.Says;
  if (std::optional<Failure> F = recorded(R)) {
    G.Kind = F->Kind;
    G.Key = F->Key;
    G.Says = F->Says.empty() ? G.Says : F->Says;
  }
  G.Strategy = File.Strategy;
  G.Seed = File.Seed;
  G.Options = File.Options;
  G.Status = R.Status;
  G.Events = R.Log.Events;
  G.Hash = R.Log.Hash;
  G.Preemptions = attemptOf(R, true).preemptions();
  G.Stem = "kept";
  std::string Stem = Folder + "/" + G.Stem;
  if (Error E = replaceFile(Stem + ".out", R.Out))
    return E;
  if (Error E = replaceFile(Stem + ".err", R.Err))
    return E;
  if (R.Log.Pid) {
    Expected<std::string> Log = Runner->lastLog();
    if (!Log)
      return Log.takeError();
    if (Error E = replaceFile(Stem + ".log", *Log))
      return E;
  }
  if (sys::fs::exists(Folder + "/run.trace"))
    sys::fs::copy_file(Folder + "/run.trace", Stem + ".trace");
  Kept = std::move(G);
  return Error::success();
}

void ReplayRun::results(uint64_t Runs, uint64_t Failed, double Seconds,
                        uint64_t PreemptionsBefore, StringRef Command,
                        Results &Into, std::vector<std::string> &Warnings) {
  CampaignOptions O;
  O.Programs = {Program};
  O.Arguments = File.Arguments;
  O.Folder = Folder;
  CampaignResult C;
  Arm A;
  A.Strategy = File.Strategy;
  A.Runs = C.Runs = Runs;
  A.Failures = C.Failed = Failed;
  A.Seconds = C.Seconds = Seconds;
  C.Arms.push_back(std::move(A));
  if (Kept) {
    FailureGroup G = *Kept;
    G.Count = Failed;
    if (!isExact(File)) {
      G.SeedRuns = Runs;
      G.SeedFailures = Failed;
    } else if (PreemptionsBefore) {
      G.PreemptionsBefore = PreemptionsBefore;
    } else {
      G.Preemptions = 0; // Nobody knows how many there were.
    }
    C.Groups.push_back(std::move(G));
  }
  stressResults(O, C, Into, Warnings);
  for (StressView &V : Into.Run.Stress)
    for (StressFailure &F : V.Failures)
      F.Replay = Command.str();
}

std::string rateOfRuns(uint64_t Failures, uint64_t Runs) {
  std::string Text = std::to_string(Failures) + " of " + std::to_string(Runs) +
                     (Runs == 1 ? " run failed" : " runs failed");
  if (Runs < 2)
    return Text;
  // Wilson's score interval, which also holds near 0 and 1.
  double N = double(Runs), P = double(Failures) / N, Z = 1.96;
  double Centre = P + Z * Z / (2 * N);
  double Half = Z * std::sqrt(P * (1 - P) / N + Z * Z / (4 * N * N));
  double Scale = 1 + Z * Z / N;
  auto Percent = [](double Share) {
    return formatv("{0:f0} %", std::min(1.0, std::max(0.0, Share)) * 100).str();
  };
  return Text + " (" + Percent(P) + "; the rate is between " +
         Percent((Centre - Half) / Scale) + " and " +
         Percent((Centre + Half) / Scale) + ", 95 % sure)";
}

double chanceOfNoDifference(uint64_t SeedFailures, uint64_t SeedRuns,
                            uint64_t BaseFailures, uint64_t BaseRuns) {
  uint64_t All = SeedRuns + BaseRuns, Failed = SeedFailures + BaseFailures;
  auto Choose = [](uint64_t N, uint64_t K) {
    return std::lgamma(double(N) + 1) - std::lgamma(double(K) + 1) -
           std::lgamma(double(N - K) + 1);
  };
  double Sum = 0;
  for (uint64_t K = SeedFailures; K <= std::min(SeedRuns, Failed); ++K)
    if (Failed - K <= BaseRuns)
      Sum += std::exp(Choose(SeedRuns, K) + Choose(BaseRuns, Failed - K) -
                      Choose(All, Failed));
  return std::min(Sum, 1.0);
}

} // namespace raddle::cli
