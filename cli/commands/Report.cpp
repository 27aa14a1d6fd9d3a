// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle report: one HTML file, from a build, or from what earlier runs left.
#include "cli/commands/Analysis.h"
#include "cli/commands/Outputs.h"
#include "cli/commands/SummaryFiles.h"
#include "cli/commands/Traces.h"
#include "cli/execute/Files.h"
#include "cli/findings/MergeResults.h"
#include "cli/output/ReadJson.h"
#include "cli/output/StressWords.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <CLI/CLI.hpp>

using namespace llvm;

namespace raddle::cli {

namespace {

struct ReportOptions {
  AnalysisOptions Analysis;
  std::vector<std::string> Files;
  std::string Root;
};

/// Without -p, what is named are results, traces and summaries.
bool fromFiles(const ReportOptions &O) {
  return O.Analysis.Build.empty() && !O.Analysis.Paths.empty();
}

/// What the named files and folders hold, by kind.
struct Inputs {
  std::vector<std::string> Results, Traces, Summaries;
};

Inputs sortInputs(const std::vector<std::string> &Paths) {
  Inputs In;
  for (const std::string &Path : Paths) {
    if (!sys::fs::is_directory(Path)) {
      (sys::path::extension(Path) == ".json" ? In.Results
       : isTraceFile(Path)                   ? In.Traces
                                             : In.Summaries)
          .push_back(Path);
      continue;
    }
    size_t Before = In.Traces.size();
    std::error_code Code;
    for (sys::fs::recursive_directory_iterator It(Path, Code), End;
         It != End && !Code; It.increment(Code))
      if (isTraceFile(It->path()))
        In.Traces.push_back(It->path());
    llvm::sort(In.Traces.begin() + Before, In.Traces.end());
    bool HasSummaries = false;
    for (sys::fs::recursive_directory_iterator It(Path, Code), End;
         It != End && !Code && !HasSummaries; It.increment(Code))
      HasSummaries = sys::path::extension(It->path()) == ".summary";
    // Neither: what reads summaries says what is missing.
    if (HasSummaries || In.Traces.size() == Before)
      In.Summaries.push_back(Path);
  }
  return In;
}

/// Everything that is named, as one. A file that cannot be used is named among
/// what failed; the rest is shown.
Expected<Results> join(const ReportOptions &O, const Invocation &Call) {
  Inputs In = sortInputs(O.Analysis.Paths);
  Results R = emptyResults(Call, O.Root);
  if (!In.Summaries.empty()) {
    SummaryFilesOptions Input;
    Input.Paths = In.Summaries;
    Input.Checks = O.Analysis.Checks;
    Input.ConfigFile = O.Analysis.ConfigFile;
    Input.Root = O.Root;
    Expected<Results> Linked = linkFiles(Input, Call);
    if (!Linked)
      return Linked.takeError();
    R = std::move(*Linked);
  }
  bool Alone =
      In.Results.size() == 1 && In.Traces.empty() && In.Summaries.empty();
  for (const std::string &File : In.Results) {
    Expected<std::string> Text = readFile(File);
    if (!Text)
      return Text.takeError();
    Expected<Results> Read = readJson(*Text, File);
    if (!Read)
      return Read.takeError();
    if (Alone) {
      R.Project = Read->Project;
      R.Command = Read->Command;
    }
    mergeResults(R, std::move(*Read));
  }
  std::vector<Trace> Traces;
  for (const std::string &File : In.Traces) {
    Expected<Trace> T = readTrace(File);
    if (T)
      Traces.push_back(std::move(*T));
    else
      R.Failed.push_back({File, toString(T.takeError())});
  }
  return Traces.empty() ? std::move(R) : traceResults(Traces, std::move(R));
}

Expected<Results> gather(const ReportOptions &O, const Invocation &Call,
                         Outputs &Out, const OutputOptions &Wanted) {
  if (fromFiles(O)) {
    if (Error E = Out.open(Wanted))
      return E;
    return join(O, Call);
  }
  Expected<Prepared> P = prepare(O.Analysis, Call);
  if (!P)
    return P.takeError();
  if (Error E = Out.open(Wanted))
    return E;
  Counts Ignored;
  return analyse(std::move(*P), Call, Ignored);
}

int report(const ReportOptions &O, const Invocation &Call) {
  OutputOptions Wanted;
  Wanted.Files = O.Files;
  if (Wanted.Files.empty())
    Wanted.Files.push_back("raddle-report.html");
  Wanted.Quiet = true;
  Outputs Out;
  Expected<Results> R = gather(O, Call, Out, Wanted);
  if (!R)
    return usageError(R.takeError());
  // Making a report is what was asked for; that it has findings is no failure.
  R->ExitCode = R->Failed.empty() ? ExitClean : ExitIncomplete;
  if (Error E = Out.write(*R))
    return usageError(std::move(E));
  for (const FailedUnit &F : R->Failed)
    errs() << "raddle: error: " << F.File << ": " << F.Why << "\n";
  if (!O.Analysis.Quiet) {
    if (R->TranslationUnits || !hasRun(R->Run))
      outs() << howMany(R->TranslationUnits, "translation unit") << ", ";
    if (!R->Run.Programs.empty())
      outs() << howMany(R->Run.Programs.size(), "run") << ", ";
    if (!R->Run.Stress.empty())
      outs() << howMany(output::stressRuns(R->Run), "stress run") << ", ";
    outs() << howMany(R->Findings.size(), "finding") << ", "
           << howMany(R->Graph.Locks.size(), "lock") << "\n";
    for (const std::string &Name : Wanted.Files)
      outs() << "open it: xdg-open " << Name << "\n";
  }
  return R->ExitCode;
}

} // namespace

void addReport(CLI::App &App, Invocation &Call) {
  auto O = std::make_shared<ReportOptions>();
  CLI::App *Command = App.add_subcommand(
      "report", "Write one offline HTML page with findings and lock graph");
  addAnalysisOptions(*Command, O->Analysis);
  Command->add_option("--root", O->Root,
                      "Folder that the files' places are relative to");
  Command
      ->add_option("-o,--output", O->Files,
                   "File to write; default: raddle-report.html")
      ->allow_extra_args(false);
  Command->footer(
      "Without -p, the paths are what earlier runs left, any number "
      "of each: results ('raddle lint -o results.json', leaks, "
      "locks, stress), traces ('raddle leaks --trace FOLDER', locks), "
      "summaries ('raddle extract'), and folders of them.");
  Command->callback(
      [O, &Call] { Call.Run = [O, &Call] { return report(*O, Call); }; });
}

} // namespace raddle::cli
