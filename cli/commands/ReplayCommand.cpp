// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle replay: make a failure that raddle stress has found come again.
#include "cli/commands/Durations.h"
#include "cli/commands/Interrupts.h"
#include "cli/commands/Outputs.h"
#include "cli/commands/Traces.h"
#include "cli/execute/Files.h"
#include "cli/execute/Progress.h"
#include "cli/output/Escape.h"
#include "cli/run/Program.h"
#include "cli/stress/EventLog.h"
#include "cli/stress/ReplayRun.h"
#include <CLI/CLI.hpp>

using namespace llvm;
using namespace raddle::stress;

namespace raddle::cli {

namespace {

/// It failed in another way than recorded; its schedule could not be followed.
constexpr int ExitOther = 1, ExitLeft = 3;

/// A seed of jitter only steers.
constexpr unsigned JitterRuns = 20;

struct ReplayOptions {
  std::string File, Minimised, Root;
  unsigned Runs = 0;
  std::optional<bool> Native;
  bool Force = false, Verbose = false;
  std::chrono::milliseconds Timeout{60000}, MinimiseTime{60000};
  OutputOptions Output;
};

/// What came of all runs.
struct Tally {
  uint64_t Runs = 0, AsRecorded = 0, Same = 0, Otherwise = 0, Left = 0;
  uint64_t NativeRuns = 0, NativeFailures = 0;
  double Seconds = 0;
  std::optional<RunResult> First; ///< That failed as recorded.
  std::string Other;              ///< How else it failed.
};

/// The program's own output, once: of the first run that is worth it.
void printOutput(const RunResult &R) {
  outs() << R.Out;
  outs().flush();
  errs() << R.Err;
  if (!R.Err.empty() && R.Err.back() != '\n')
    errs() << "\n";
}

std::string steps(uint64_t Events) { return howMany(Events, "event"); }

/// Where a run left its schedule, and what may have led it there.
void printWay(const ReplayRun &Replay, const RunResult &R, RunPlaces &Places) {
  if (R.Log.Found == Verdict::Diverged) {
    std::string Text = "the run left its schedule after " +
                       steps(R.Log.Events) + " of " +
                       std::to_string(Replay.file().Events);
    if (!R.Records.Events.empty()) {
      const RunEventRecord &Last = R.Records.Events.back();
      Text += ", behind " + Places.thread(Last.Head.Thread);
      if (std::string Where = Places.where(Last.Pc); !Where.empty())
        Text += " at " + Where;
    }
    warn(visible(Text + ": the program does not do what it did then"));
  }
  std::set<std::string> Said;
  for (const auto &[Pc, Function] : R.Records.Uncontrolled) {
    std::string Where = Places.where(Pc);
    std::string Text = Function + "()" + (Where.empty() ? "" : " at " + Where) +
                       " is decided by no seed; it may be why";
    if (Said.size() < 5 && Said.insert(Text).second)
      warn(visible(Text));
  }
}

class Command {
public:
  Command(const ReplayOptions &O, const Invocation &Call)
      : O(O), Call(Call), Bar(errs(), !O.Output.Quiet && progressWanted()) {}
  int run();

private:
  Error again();
  Error natively();
  Error minimise();
  int summary();
  void say(const Twine &Text) {
    if (!O.Output.Quiet)
      errs() << "raddle: " << visible(Text.str()) << "\n";
  }

  const ReplayOptions &O;
  const Invocation &Call;
  Progress Bar;
  std::unique_ptr<ReplayRun> Replay;
  std::unique_ptr<Symboliser> Symbols;
  Results R;
  Tally All;
  uint64_t PreemptionsBefore = 0;
  std::string Minimised; ///< Absolute; empty: not wanted.
};

Error Command::again() {
  bool Exact = isExact(Replay->file());
  unsigned Runs = O.Runs ? O.Runs : Exact ? 1 : JitterRuns;
  bool Printed = false;
  for (unsigned I = 0; I != Runs && !Interrupted; ++I) {
    if (Runs > 1)
      Bar.show("[" + std::to_string(I + 1) + "/" + std::to_string(Runs) + "] " +
               std::to_string(All.AsRecorded) + " failed as recorded");
    Expected<RunResult> Run = Replay->again();
    if (!Run)
      return Run.takeError();
    if (Run->Stopped)
      break;
    ++All.Runs;
    All.Seconds += Run->Seconds;
    bool AsRecorded = Replay->failsAsRecorded(*Run);
    All.AsRecorded += AsRecorded;
    All.Same += Exact && Replay->isSame(*Run);
    bool Left = Run->Log.Found == Verdict::Diverged;
    All.Left += Left;
    if (!AsRecorded && !Left)
      if (std::vector<Failure> F = Replay->failures(*Run); !F.empty()) {
        ++All.Otherwise;
        All.Other = F.front().Says;
      }
    // The first that fails, or the only one there is.
    bool First = AsRecorded && !All.First;
    if (!Printed && (First || I + 1 == Runs)) {
      Bar.clear();
      printOutput(*Run);
      Printed = true;
      RunPlaces Places(Run->Records, *Symbols, R.Root);
      if (O.Verbose && Exact)
        printEvents(Run->Records, Places, errs());
      else if (O.Verbose)
        printDelays(Run->Records, Places, errs());
      if (Exact && (Left || !Replay->isSame(*Run)))
        printWay(*Replay, *Run, Places);
    }
    if (First) {
      if (Error E = Replay->keep(*Run))
        return E;
      All.First = std::move(*Run);
    }
  }
  Bar.clear();
  return Error::success();
}

Error Command::natively() {
  bool Wanted = O.Native.value_or(!isExact(Replay->file()));
  for (uint64_t I = 0; Wanted && I != All.Runs && !Interrupted; ++I) {
    Bar.show("[" + std::to_string(I + 1) + "/" + std::to_string(All.Runs) +
             "] without raddle");
    Expected<RunResult> Run = Replay->natively();
    if (!Run)
      return Run.takeError();
    if (Run->Stopped)
      break;
    ++All.NativeRuns;
    All.NativeFailures += Replay->failsAsRecorded(*Run);
  }
  Bar.clear();
  return Error::success();
}

Error Command::minimise() {
  if (O.Minimised.empty())
    return Error::success();
  if (!isExact(Replay->file()))
    return createStringError("only a controlled schedule can be minimised, and "
                             "this is a seed of jitter");
  if (!All.First)
    return createStringError(
        "it did not fail as recorded: there is nothing to minimise");
  MinimiseLimits Limits;
  Limits.Time = O.MinimiseTime;
  Limits.Runs = 10000;
  Expected<Shortened> S = Replay->shorten(
      *All.First, Limits, [&](unsigned Runs, uint64_t Preemptions) {
        Bar.show(howMany(Runs, "run") + ", " +
                 howMany(Preemptions, "preemption") + " left");
      });
  Bar.clear();
  if (!S)
    return S.takeError();
  PreemptionsBefore = S->What.PreemptionsBefore;
  say(howMany(S->What.Best.preemptions(), "preemption") + " of " +
      std::to_string(PreemptionsBefore) + " left after " +
      howMany(S->What.Runs, "run") +
      (S->What.Complete ? "" : "; there was no time to try all") +
      ", written to '" + O.Minimised + "'");
  if (Error E = Replay->keep(S->Run))
    return E;
  All.First = std::move(S->Run);
  return writeReplay(Replay->file(), Minimised);
}

int Command::summary() {
  const ReplayFile &File = Replay->file();
  bool Exact = isExact(File);
  uint64_t Not = All.Runs - All.AsRecorded;
  std::string Says = File.Says.empty() ? File.Kind : File.Says;
  if (!Exact) {
    say("with seed " + std::to_string(File.Seed) + " " +
        rateOfRuns(All.AsRecorded, All.Runs) + ": " + Says);
    if (File.SeedRuns)
      say("in the campaign " + rateOfRuns(File.SeedFailures, File.SeedRuns));
    // The campaign's runs count too: they were of the same program.
    uint64_t Runs = All.NativeRuns + File.BaseRuns,
             Failures = All.NativeFailures + File.BaseFailures;
    if (Runs) {
      say("without raddle " + rateOfRuns(Failures, Runs));
      if (All.AsRecorded &&
          chanceOfNoDifference(All.AsRecorded, All.Runs, Failures, Runs) > 0.05)
        say("so few runs do not show that the seed makes a difference; try "
            "more with --runs");
    }
  } else if (All.Runs == 1 && All.AsRecorded && All.Same) {
    say("it failed as recorded, with the same " + steps(File.Events) + ": " +
        Says);
  } else if (All.AsRecorded) {
    say(std::to_string(All.AsRecorded) + " of " + howMany(All.Runs, "run") +
        " failed as recorded, " + std::to_string(All.Same) + " with the same " +
        steps(File.Events) + ": " + Says);
    if (All.Same != All.Runs)
      warn("the steps were not always the same: something else than the "
           "schedule decides");
  }
  if (Replay->repeated())
    say(howMany(Replay->repeated(), "run") +
        " made again, as the machine was too busy for a thread to be there in "
        "time");
  if (!All.AsRecorded && Exact)
    say("it did not fail as recorded (" + Says + ")");
  if (All.Otherwise)
    say(std::to_string(All.Otherwise) + " of " + howMany(All.Runs, "run") +
        " failed in another way: " + All.Other);
  if (All.AsRecorded)
    return ExitSeen;
  if (All.Otherwise)
    return ExitOther;
  return All.Left && All.Left == Not ? ExitLeft : ExitClean;
}

int Command::run() {
  Expected<ReplayFile> File = readReplay(O.File);
  if (!File)
    return usageError(File.takeError());
  Expected<std::string> Runtime = runtimeLibrary(ownProgram());
  if (!Runtime)
    return usageError(Runtime.takeError());
  OutputOptions Wanted = O.Output;
  // The program is run in its own folder.
  for (std::string &Name : Wanted.Files)
    if (Name != "-")
      Name = absolutePath(Name);
  Outputs Out;
  if (Error E = Out.openBesideProgram(std::move(Wanted)))
    return usageError(std::move(E));
  R = emptyResults(Call, O.Root);
  Minimised = O.Minimised.empty() ? "" : absolutePath(O.Minimised);

  ReplaySetup How;
  How.Runtime = *Runtime;
  How.AccessPoints = accessPointLibrary(*Runtime);
  How.Timeout = O.Timeout;
  How.Force = O.Force;
  How.Stop = &Interrupted;
  std::vector<std::string> Warnings;
  Expected<std::unique_ptr<ReplayRun>> Opened =
      ReplayRun::open(std::move(*File), How, Warnings);
  if (!Opened)
    return usageError(Opened.takeError());
  Replay = std::move(*Opened);
  for (const std::string &Warning : Warnings)
    warn(Warning);
  Warnings.clear();
  Symbols = std::make_unique<Symboliser>(R.Root);

  heedInterrupts();
  if (Error E = again())
    return usageError(std::move(E));
  if (Error E = natively())
    return usageError(std::move(E));
  if (!All.Runs) {
    warn("interrupted before the first run was over");
    return ExitIncomplete;
  }
  Error Minimising = minimise();
  int Code = summary();
  R.ExitCode = Code;
  Replay->results(All.Runs, All.AsRecorded, All.Seconds, PreemptionsBefore,
                  Call.Typed, R, Warnings);
  for (const std::string &Warning : Warnings)
    warn(Warning);
  if (Error E = Out.write(R, /*WithText=*/false)) {
    consumeError(std::move(Minimising));
    return usageError(std::move(E));
  }
  if (Out.textOnStdout()) {
    WriterOptions As;
    As.Colour = Out.colour();
    consumeError(write(Format::Text, R, As, errs()));
  }
  if (Minimising)
    return usageError(std::move(Minimising));
  return Code;
}

} // namespace

void addReplay(CLI::App &App, Invocation &Call) {
  auto O = std::make_shared<ReplayOptions>();
  CLI::App *Command = App.add_subcommand(
      "replay", "Make a failure that raddle stress has found come again");
  Command->add_option("FILE", O->File, "Replay file of raddle stress")
      ->required();
  Command
      ->add_option("--runs", O->Runs,
                   "How often; default: once, and 20 times for jitter, which "
                   "makes a failure likely and not certain")
      ->check(CLI::Range(1u, 1000000u));
  Command->add_flag_callback(
      "--native", [O] { O->Native = true; },
      "Run it as often without raddle too, for the base rate; default for "
      "jitter");
  Command->add_flag_callback(
      "--no-native", [O] { O->Native = false; }, "Do not");
  Command->add_option("--minimise", O->Minimised,
                      "Look for the schedule with the fewest preemptions that "
                      "still fails, and write it to this file");
  addDuration(*Command, "--minimise-time", O->MinimiseTime,
              "How long to look; default: 60s");
  addDuration(*Command, "--timeout", O->Timeout,
              "A run that takes longer is a failure; default: 60s");
  Command->add_flag("--force", O->Force,
                    "Go on although the program is another build, or its "
                    "folder is gone");
  Command->add_flag("-v,--verbose", O->Verbose,
                    "Show every event of the run; of jitter, every delay");
  addOutputOptions(*Command, O->Output, O->Root, "Of -o: ");
  Command->footer(
      "The program's output is shown once, that of the first run that failed. "
      "Exit code: 0: no run failed; 23: it failed as recorded; 1: only in "
      "another way; 2: it could not be run; 3: the schedule could not be "
      "followed.");
  Command->callback([O, &Call] {
    Call.Run = [O, &Call] { return cli::Command(*O, Call).run(); };
  });
}

} // namespace raddle::cli
