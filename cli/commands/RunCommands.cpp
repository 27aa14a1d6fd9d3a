// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle leaks, raddle locks: run a program with the runtime preloaded, and say
// what was seen.
#include "cli/commands/Durations.h"
#include "cli/commands/LiveDeadlocks.h"
#include "cli/commands/Outputs.h"
#include "cli/commands/Traces.h"
#include "cli/execute/Files.h"
#include "cli/run/Launch.h"
#include "cli/trace/RunFindings.h"
#include "cli/trace/Symbolise.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include <CLI/CLI.hpp>
#include <csignal>
#include <ctime>
#include <map>

using namespace llvm;

namespace raddle::cli {

namespace {

enum class Observe { Leaks, Locks };

struct RunOptions {
  Observe What = Observe::Leaks;
  std::string TraceFolder, FailOn = "warning", Root, IgnoreFile,
                           OnDeadlock = "report", SnapshotSignal = "USR2";
  std::vector<std::string> Ignore;
  std::chrono::milliseconds Grace{430}, Stall{0}, SnapshotEvery{0};
  unsigned Runs = 1;
  bool FollowChildren = false, All = false;
  OutputOptions Output;
};

/// 0 for "none".
Expected<int> snapshotSignal(StringRef Name) {
  if (Name == "none")
    return 0;
  Name.consume_front("SIG");
  for (auto [Known, Number] : {std::pair(StringRef("USR1"), SIGUSR1),
                               std::pair(StringRef("USR2"), SIGUSR2),
                               std::pair(StringRef("WINCH"), SIGWINCH)})
    if (Name == Known)
      return Number;
  return createStringError("--snapshot-signal: '" + Name +
                           "' is none of USR1, USR2, WINCH and none");
}

/// "leaks=1:grace_ms=100:..."
Expected<std::string> runtimeOptions(const RunOptions &O) {
  bool Leaks = O.All || O.What == Observe::Leaks;
  bool Locks = O.All || O.What == Observe::Locks;
  std::string Text =
      formatv("quiet=1:exitcode=0:leaks={0}:locks={1}:deadlocks={1}:"
              "grace_ms={2}:stall_ms={3}:on_deadlock={4}:follow_children={5}",
              int(Leaks), int(Locks), O.Grace.count(), O.Stall.count(),
              O.OnDeadlock, int(O.FollowChildren));
  if (O.SnapshotEvery.count())
    Text += ":profile=1";
  else if (Leaks)
    Text += ":profile_by_trace=1";
  std::string Rules;
  for (const std::string &Rule : O.Ignore) {
    if (StringRef(Rule).find_first_of("',") != StringRef::npos)
      return createStringError(
          "--ignore: '" + Rule +
          "' holds a quote or a comma; write '?' in its place, or put the rule "
          "in a file for --ignore-file");
    if (!StringRef(Rule).contains(':'))
      return createStringError(
          "--ignore: '" + Rule +
          "' is no rule; one is top:GLOB, any:GLOB, creator:GLOB, name:GLOB "
          "or module:GLOB");
    Rules += (Rules.empty() ? "" : ",") + Rule;
  }
  if (!Rules.empty())
    Text += ":ignore='" + Rules + "'";
  if (!O.IgnoreFile.empty()) {
    std::string Path = absolutePath(O.IgnoreFile);
    Expected<std::string> Content = readFile(Path);
    if (!Content)
      return Content.takeError();
    Text += ":ignore_file='" + Path + "'";
  }
  return Text;
}

/// What users wrote and nothing matched is a mistake, or out of date.
void printRules(const Results &R) {
  for (const std::string &Rule : R.UnusedRules)
    warn("the ignore rule '" + Rule + "' matched nothing");
}

void printGrowth(const Results &R) {
  for (const ProfileRow &Row : R.Run.Profile) {
    if (!Row.Grows)
      continue;
    std::string Counts;
    for (uint64_t Count : Row.Counts)
      Counts += (Counts.empty() ? "" : ", ") + std::to_string(Count);
    std::string Where;
    for (Index I : {Row.Creation, Row.Stack})
      if (I && Where.empty())
        for (const lockorder::Frame &F : R.Run.Stacks[*I])
          if (!isLibraryFrame(F)) {
            Where = ", made in " + frameText(F);
            break;
          }
    warn("the number of " + Row.Kind +
         "s alike grows and does not level off (" + Counts + ")" + Where);
  }
}

std::string summary(const std::vector<Trace> &Traces, const RunOptions &O) {
  uint64_t Threads = 0, Locks = 0, Edges = 0;
  for (const Trace &T : Traces) {
    Threads += T.Threads.size() - 1;
    Locks += T.Locks.size() - 1;
    Edges += T.Acquisitions.size();
  }
  std::string Text =
      howMany(Threads, "thread") + " in " +
      (Traces.size() == 1 ? std::string("1 process")
                          : std::to_string(Traces.size()) + " processes");
  if (O.All || O.What == Observe::Locks)
    Text += ", " + howMany(Locks, "lock") + ", " + howMany(Edges, "order") +
            " of acquisition";
  return Text;
}

/// That nothing was found may have its reason.
std::string unfinished(const std::vector<Trace> &Traces, const RunOptions &O) {
  unsigned Killed = 0, Replaced = 0;
  for (const Trace &T : Traces) {
    Killed += T.Head.End == trace::Ending::Running;
    Replaced += T.Head.End == trace::Ending::Execed;
  }
  std::string Text;
  if (Killed && (O.All || O.What == Observe::Leaks))
    Text += "; what was killed was not asked for leaks";
  if (Replaced && !O.FollowChildren)
    Text += "; the program replaced itself by another one (exec), which was "
            "not observed: add --follow-children";
  return Text;
}

int run(const RunOptions &O, const Invocation &Call, const char *Name) {
  if (!Call.HasBehind || Call.Behind.empty())
    return usageError(Twine("say which program to run: raddle ") + Name +
                      " [options] -- PROGRAM [arguments]");
  Expected<std::optional<lockorder::Level>> FailOn = failLevel(O.FailOn);
  if (!FailOn)
    return usageError(FailOn.takeError());
  Expected<Program> P = findProgram(Call.Behind[0]);
  if (!P)
    return usageError(P.takeError());
  Expected<std::string> Runtime = runtimeLibrary(ownProgram());
  if (!Runtime)
    return usageError(Runtime.takeError());
  Expected<std::string> Options = runtimeOptions(O);
  if (!Options)
    return usageError(Options.takeError());
  Expected<int> Signal = snapshotSignal(O.SnapshotSignal);
  if (!Signal)
    return usageError(Signal.takeError());
  Expected<TraceFolder> Folder = TraceFolder::open(O.TraceFolder);
  if (!Folder)
    return usageError(Folder.takeError());
  if (Folder->path().find('\'') != std::string::npos)
    return usageError("--trace: the folder's path holds a quote (')");
  Outputs Out;
  if (Error E = Out.openBesideProgram(O.Output))
    return usageError(std::move(E));
  if (P->IsScript && !O.FollowChildren && !O.Output.Quiet)
    warn("'" + P->Path +
         "' is a script: only its interpreter is observed; --follow-children "
         "observes the programs that it starts");

  Results Empty = emptyResults(Call, O.Root);
  // Other runs may leave their traces in the same folder.
  char Time[32] = "";
  std::time_t Now = std::time(nullptr);
  if (const std::tm *Local = std::localtime(&Now))
    std::strftime(Time, sizeof(Time), "%Y%m%d-%H%M%S", Local);
  std::string Prefix = sys::path::filename(P->Path).str() + "-" + Time + "-" +
                       std::to_string(::getpid());
  llvm::replace(Prefix, '%', '_');
  llvm::replace(Prefix, '\'', '_');
  LiveDeadlocks Live(*Folder, Prefix, Empty, Out.colour());
  int Code = 0;
  for (unsigned Run = 0; Run != O.Runs; ++Run) {
    LaunchOptions Launch{*Runtime,
                         *Options,
                         Folder->path(),
                         Prefix,
                         O.SnapshotEvery,
                         *Signal,
                         [&] {
                           if (O.All || O.What == Observe::Locks)
                             Live.look();
                         }};
    if (O.Runs > 1)
      Launch.TracePrefix += "-" + std::to_string(Run + 1);
    Expected<int> Ended = launch(*P, Call.Behind, Launch);
    if (!Ended)
      return usageError(Ended.takeError());
    if (!Code)
      Code = *Ended;
    // Whoever stops one run means all of them.
    if (is_contained({128 + SIGINT, 128 + SIGTERM, 128 + SIGQUIT}, *Ended))
      break;
  }

  std::vector<Trace> Traces;
  bool Broken = false;
  for (const std::string &File : Folder->files()) {
    if (!sys::path::filename(File).starts_with(Prefix))
      continue;
    Expected<Trace> T = readTrace(File);
    if (T) {
      Traces.push_back(std::move(*T));
      continue;
    }
    Broken = true;
    errs() << "raddle: error: " << toString(T.takeError()) << "\n";
  }
  if (Traces.empty()) {
    errs() << "raddle: error: '" << P->Path
           << "' left no trace: its loader did not load "
              "libraddle_rt.so, or the folder '"
           << Folder->path() << "' cannot be written\n";
    return Code ? Code : ExitIncomplete;
  }
  for (Trace &T : Traces) {
    if (T.Head.End == trace::Ending::NoSpace)
      T.Warnings.push_back("'" + T.File +
                           "': the disk was full; what came later is lost");
    else if (T.Head.Lost)
      T.Warnings.push_back("'" + T.File + "': " +
                           howMany(T.Head.Lost, "record") + " found no room");
  }
  Results R = traceResults(Traces, std::move(Empty));
  int Seen = exitCode(R, *FailOn);
  R.ExitCode = Code                          ? Code
               : Seen == ExitFindings        ? ExitSeen
               : Seen == ExitClean && Broken ? ExitIncomplete
                                             : Seen;
  // What was printed when it happened is not printed again, but is in files.
  if (Error E = Out.write(R, /*WithText=*/false))
    return usageError(std::move(E));
  size_t Found = R.Findings.size();
  if (Out.textOnStdout()) {
    Results Rest = R;
    erase_if(Rest.Findings, [&](const Finding &F) {
      return Live.printed().contains(F.Fingerprint);
    });
    if (!Rest.Findings.empty()) {
      WriterOptions As;
      As.Colour = Out.colour();
      consumeError(write(Format::Text, Rest, As, errs()));
    }
  }
  printRules(R);
  printGrowth(R);
  if (!O.Output.Quiet) {
    errs() << "raddle: " << (Found ? "observed " : "no findings in ")
           << summary(Traces, O) << unfinished(Traces, O) << "\n";
    if (!Folder->isTemporary())
      errs() << "raddle: one page with sources and stacks: raddle report "
             << O.TraceFolder << " -o report.html\n";
    else if (Found)
      errs() << "raddle: what it means: raddle explain "
             << R.Findings[0].What.Check
             << "; as one page: add -o report.html\n";
  }
  return R.ExitCode;
}

void addRun(CLI::App &App, Invocation &Call, Observe What, const char *Name,
            const char *Summary) {
  auto O = std::make_shared<RunOptions>();
  O->What = What;
  CLI::App *Command = App.add_subcommand(Name, Summary);
  Command->add_flag("--all", O->All,
                    What == Observe::Leaks ? "Watch locks and deadlocks too"
                                           : "Look for leaked tasks too");
  addDuration(*Command, "--grace-ms,--grace", O->Grace,
              "How long tasks may take to end; default: 430ms");
  Command
      ->add_option("--ignore", O->Ignore,
                   "Rule of tasks that are no leaks: top:GLOB, any:GLOB, "
                   "creator:GLOB, name:GLOB, module:GLOB. Can be repeated")
      ->allow_extra_args(false);
  Command->add_option("--ignore-file", O->IgnoreFile,
                      "File with such rules: one a line, each with '# reason'");
  addDuration(*Command, "--snapshot-every", O->SnapshotEvery,
              "Note where all tasks are, again and again (raddle profile)");
  Command
      ->add_option("--snapshot-signal", O->SnapshotSignal,
                   "Signal to raddle that asks for a snapshot (kill -USR2), or "
                   "'none'")
      ->capture_default_str();
  addDuration(*Command, "--stall-ms,--stall", O->Stall,
              "Report waits longer than this; default: none");
  Command
      ->add_option("--on-deadlock", O->OnDeadlock,
                   "report, or abort: end the program with exit code 24")
      ->check(CLI::IsMember({"report", "abort"}))
      ->capture_default_str();
  Command
      ->add_option("--runs", O->Runs, "Run it so often, and join what is seen")
      ->check(CLI::Range(1u, 100000u))
      ->capture_default_str();
  Command->add_flag("--follow-children", O->FollowChildren,
                    "Observe the programs that it starts too");
  Command->add_option("--trace", O->TraceFolder,
                      "Folder to keep the traces in, for raddle report");
  Command
      ->add_option(
          "--fail-on", O->FailOn,
          "Level from which the exit code is 23: note, warning, error, "
          "none")
      ->capture_default_str();
  addOutputOptions(*Command, O->Output, O->Root, "Of -o: ");
  Command->footer(
      "The program and its arguments stand behind '--'. "
      "The program's output and exit code are its own; if that is 0 and "
      "something was found, it is 23. 128 + N: signal N ended it. What is "
      "found "
      "goes to standard error.");
  Command->callback([O, &Call, Name] {
    Call.Run = [O, &Call, Name] { return run(*O, Call, Name); };
  });
}

} // namespace

void addLeaks(CLI::App &App, Invocation &Call) {
  addRun(App, Call, Observe::Leaks, "leaks",
         "Run a program and report the threads and tasks that it leaves");
}

void addLocks(CLI::App &App, Invocation &Call) {
  addRun(App, Call, Observe::Locks, "locks",
         "Run a program and report lock-order inversions and deadlocks");
}

} // namespace raddle::cli
