// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle stress: run a program again and again, each time in another order of
// its threads' steps, until it fails or the budget is spent.
#include "cli/commands/Durations.h"
#include "cli/commands/Interrupts.h"
#include "cli/commands/Outputs.h"
#include "cli/commands/Traces.h"
#include "cli/execute/Files.h"
#include "cli/execute/Progress.h"
#include "cli/run/Program.h"
#include "cli/stress/StressResults.h"
#include "cli/stress/StressSetup.h"
#include "cli/trace/RunFindings.h"
#include "stress/runner/Confirm.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include <CLI/CLI.hpp>
#include <thread>

using namespace llvm;
using namespace raddle::stress;

namespace raddle::cli {

namespace {

/// When nobody says how long.
constexpr uint64_t DefaultRuns = 1000;

struct StressOptions {
  StressAsked Asked;
  CampaignOptions Campaign;
  std::string Resume, Root;
  std::vector<std::string> Variables; ///< NAME or NAME=VALUE.
  bool NoMinimise = false;
  OutputOptions Output;
};

std::string progressLine(const CampaignProgress &P) {
  double Rate = P.Seconds > 0 ? double(P.Runs) / P.Seconds : 0;
  std::string Line = P.Total ? formatv("[{0}/{1}]", P.Runs, P.Total).str()
                             : formatv("[{0}]", howMany(P.Runs, "run")).str();
  double Left = P.Limit ? P.Limit - P.Seconds : -1;
  if (P.Total && Rate > 0) {
    double ByRuns = double(P.Total - std::min(P.Total, P.Runs)) / Rate;
    Left = Left < 0 ? ByRuns : std::min(Left, ByRuns);
  }
  Line += formatv(" {0:f1}/s", Rate);
  if (Left >= 0)
    Line += ", " + durationText(std::max(1.0, Left)) + " left";
  if (P.Failed)
    Line += ", " + std::to_string(P.Failed) + " failed";
  return Line + "  " + P.Now;
}

/// Of failures that are looked at once more; with many, the first ones tell
/// enough.
constexpr unsigned MaxConfirmed = 10;

/// Minimises schedules, and counts how often seeds fail.
void confirm(const CampaignOptions &C, CampaignResult &R, Progress &Bar,
             std::vector<std::string> &Warnings) {
  unsigned Count = 0;
  for (FailureGroup &G : R.Groups) {
    if (G.Confirmed || Interrupted || Count == MaxConfirmed ||
        (G.Strategy == "native" && G.Kind != "timeout"))
      continue;
    ++Count;
    ConfirmLimits Limits;
    Limits.Minimise.Time = std::chrono::seconds(10);
    Error E = confirmFailure(C, G, Limits, Interrupted, [&](StringRef What) {
      Bar.show((Twine(G.Kind) + ": " + What).str());
    });
    if (E && Interrupted)
      consumeError(std::move(E));
    else if (E)
      Warnings.push_back(G.Stem + " (" + G.Kind +
                         "): " + toString(std::move(E)));
  }
  Bar.clear();
  if (Count)
    if (Error E = saveState(C, R))
      Warnings.push_back(toString(std::move(E)));
}

/// What a campaign without a failure is worth, beyond the rates that the
/// writers give.
std::string worth(const CampaignResult &C) {
  uint64_t Schedules = 0;
  std::set<uint64_t> Places;
  for (const Arm &A : C.Arms) {
    Schedules += A.Schedules.size() + A.EarlierSchedules;
    Places.insert(A.Places.begin(), A.Places.end());
  }
  if (!Schedules)
    return "";
  return "at least " + howMany(Schedules, "different schedule") + ", through " +
         howMany(Places.size(), "place") + " where threads can be stopped";
}

int run(StressOptions &O, const Invocation &Call) {
  if (!Call.HasBehind || Call.Behind.empty())
    return usageError("say which program to run: raddle stress [options] -- "
                      "PROGRAM [arguments]");
  O.Asked.Program = Call.Behind;
  O.Asked.Resume = !O.Resume.empty();
  if (O.Asked.Resume)
    O.Asked.Folder = O.Resume;
  CampaignOptions &C = O.Campaign;
  if (!C.Runs && !C.Time.count() && !C.UntilFail)
    C.Runs = DefaultRuns;
  if (C.Runs)
    C.NativeRuns = std::min(C.NativeRuns, C.Runs / 4);
  for (StringRef Each : O.Variables) {
    auto [Name, Value] = Each.split('=');
    if (Name.empty() || Name == "LD_PRELOAD" || Name == "RADDLE_OPTIONS")
      return usageError("--env: '" + Each.str() +
                        "' is none; write NAME=VALUE, or NAME for what it is "
                        "now");
    if (Name.size() != Each.size())
      ::setenv(Name.str().c_str(), Value.str().c_str(), 1);
    C.Variables.push_back(Name.str());
  }
  Expected<std::string> Runtime = runtimeLibrary(ownProgram());
  if (!Runtime)
    return usageError(Runtime.takeError());
  C.Runtime = *Runtime;
  C.AccessPoints = accessPointLibrary(*Runtime);
  Outputs Out;
  if (Error E = Out.open(O.Output))
    return usageError(std::move(E));
  std::vector<std::string> Warnings;
  if (Error E = prepareCampaign(O.Asked, C, Warnings))
    return usageError(std::move(E));
  std::optional<CampaignResult> Earlier;
  if (O.Asked.Resume) {
    Expected<CampaignResult> State = loadState(C);
    if (!State)
      return usageError(State.takeError());
    Earlier = std::move(*State);
  }
  for (const std::string &Warning : Warnings)
    warn(Warning);
  Warnings.clear();
  if (!O.Output.Quiet)
    errs() << "raddle: seed " << C.Seed
           << (C.Tests.empty() ? "" : ", " + howMany(C.Tests.size(), "test"))
           << "\n";

  heedInterrupts();
  Progress Bar(errs(), !O.Output.Quiet && progressWanted());
  auto Last = std::chrono::steady_clock::now();
  auto Tell = [&](const CampaignProgress &P) {
    auto Now = std::chrono::steady_clock::now();
    if (Now - Last < std::chrono::milliseconds(100))
      return;
    Last = Now;
    Bar.show(progressLine(P));
  };
  Expected<CampaignResult> Result =
      runCampaign(C, Interrupted, Tell, Earlier ? &*Earlier : nullptr);
  Bar.clear();
  if (!Result)
    return usageError(Result.takeError());
  Warnings = Result->Warnings;
  if (!O.NoMinimise)
    confirm(C, *Result, Bar, Warnings);

  Results R = emptyResults(Call, O.Root);
  stressResults(C, *Result, R, Warnings);
  for (const std::string &Warning : Warnings)
    warn(Warning);
  bool Cut = !Result->CutShort.empty();
  R.ExitCode = Result->Failed ? ExitSeen : Cut ? ExitIncomplete : ExitClean;
  if (Error E = Out.write(R))
    return usageError(std::move(E));
  if (O.Output.Quiet)
    return R.ExitCode;
  if (Cut)
    warn("the campaign was cut short (" + Result->CutShort +
         "); raddle stress --resume " + shellQuoted(O.Asked.Folder) +
         " with the same options goes on with it");
  if (!Result->Failed) {
    if (std::string Worth = worth(*Result); !Worth.empty())
      errs() << "raddle: " << Worth << "\n";
    if (none_of(C.Programs, [](const StressProgram &P) {
          return P.Kind == Build::Points || P.Kind == Build::TSanShared;
        }))
      errs() << "raddle: between two accesses to memory no thread was stopped "
                "by a schedule; a build with points at accesses is tried in "
                "more orders (docs/stress-build.md)\n";
    return R.ExitCode;
  }
  for (const StressFailure &F : R.Run.Stress.back().Failures)
    if (!F.Replay.empty()) {
      errs() << "raddle: to make it fail again: " << F.Replay << "\n";
      break;
    }
  return R.ExitCode;
}

} // namespace

void addStress(CLI::App &App, Invocation &Call) {
  auto O = std::make_shared<StressOptions>();
  CLI::App *Command = App.add_subcommand(
      "stress", "Run a program in many orders of its threads' steps until it "
                "fails");
  CampaignOptions &C = O->Campaign;
  StressAsked &A = O->Asked;
  Command
      ->add_option("--runs", C.Runs,
                   "How often each test is run; default: 1000, or as --time "
                   "allows")
      ->check(CLI::Range(uint64_t(1), uint64_t(1000000000)));
  addDuration(*Command, "--time", C.Time, "How long runs are begun");
  Command->add_option("--seed", A.Seed,
                      "What all that is random follows from; default: a new "
                      "one, which is printed");
  C.Jobs = std::max(1u, std::thread::hardware_concurrency() / 2);
  Command->add_option("-j,--jobs", C.Jobs, "Runs at the same time")
      ->check(CLI::Range(1u, 1024u))
      ->capture_default_str();
  addDuration(*Command, "--timeout", C.Timeout,
              "A run that takes longer is a failure; default: 60s");
  A.Strategies = "auto";
  Command
      ->add_option(
          "--strategy", A.Strategies,
          "Ways to run, separated by commas: native, jitter, or the "
          "schedules random, pct, pos, surw, orders, portfolio; auto: what "
          "suits the build")
      ->capture_default_str();
  A.Slowdown = "2x";
  Command
      ->add_option("--slowdown", A.Slowdown,
                   "How much longer a run may take under jitter")
      ->capture_default_str();
  Command
      ->add_option("--depth", C.Depth,
                   "Of the strategy pct: how many orders a bug needs")
      ->check(CLI::Range(1u, 20u))
      ->capture_default_str();
  Command
      ->add_option("--also", A.Also,
                   "Another build of the program, run with the same "
                   "arguments: with a sanitizer, or points at accesses. "
                   "Can be repeated")
      ->allow_extra_args(false);
  Command
      ->add_option("--env", O->Variables,
                   "NAME=VALUE: set for each run, and kept in replay files; "
                   "NAME: kept as it is now. Can be repeated")
      ->allow_extra_args(false);
  Command
      ->add_option("--step-limit", C.StepLimit,
                   "A controlled run that takes more steps is a failure; "
                   "default: 2000000")
      ->check(CLI::Range(uint64_t(1), uint64_t(4000000000)));
  Command->add_flag("--until-fail", C.UntilFail,
                    "End the campaign at the first failure, and not before");
  Command->add_flag("--keep-going", C.KeepGoing,
                    "Go on with a test that has failed, for its rate");
  C.NativeRuns = 10;
  Command
      ->add_option("--native", C.NativeRuns,
                   "Runs of each test without raddle, for the base rate")
      ->capture_default_str();
  Command->add_flag("--leaks", C.Leaks,
                    "Threads and tasks that are left at the end are failures");
  Command->add_flag("--no-minimise", O->NoMinimise,
                    "Leave failures as they were met: no fewest preemptions, "
                    "no rates of seeds");
  Command->add_flag("--whole", A.Whole,
                    "Do not split a GoogleTest program into its tests");
  Command->add_option("--shard", A.Shard,
                      "Run only the part i/n of the runs; needs --seed");
  A.Folder = "raddle-stress";
  Command
      ->add_option("--out", A.Folder,
                   "Folder for what failed: output, logs, replay files")
      ->capture_default_str();
  Command->add_option("--resume,--state", O->Resume,
                      "Go on with the campaign in this folder");
  addOutputOptions(*Command, O->Output, O->Root);
  Command->footer(
      "The program and its arguments stand behind '--'. Exit code: 0: no run "
      "failed; 23: some did; 2: it could not be started; 3: the campaign was "
      "cut short, and nothing had failed.");
  Command->callback(
      [O, &Call] { Call.Run = [O, &Call] { return run(*O, Call); }; });
}

} // namespace raddle::cli
