// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle report: one HTML file, from a build, from summaries, or from saved
// results.
#include "cli/commands/Analysis.h"
#include "cli/commands/Outputs.h"
#include "cli/commands/SummaryFiles.h"
#include "cli/execute/Files.h"
#include "cli/output/ReadJson.h"
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

/// Without -p, what is named are summaries, or the results of a run.
bool fromFiles(const ReportOptions &O) {
  return O.Analysis.Build.empty() && !O.Analysis.Paths.empty();
}

Expected<Results> fromResults(const ReportOptions &O) {
  if (O.Analysis.Paths.size() != 1)
    return createStringError("a report shows the results of one run; to join "
                             "several, name their summaries instead");
  Expected<std::string> Text = readFile(O.Analysis.Paths[0]);
  if (!Text)
    return Text.takeError();
  Expected<Results> R = readJson(*Text, O.Analysis.Paths[0]);
  if (R)
    R->Root = absolutePath(O.Root.empty() ? "." : O.Root);
  return R;
}

Expected<Results> gather(const ReportOptions &O, const Invocation &Call,
                         Outputs &Out, const OutputOptions &Wanted) {
  if (fromFiles(O)) {
    if (Error E = Out.open(Wanted))
      return E;
    if (any_of(O.Analysis.Paths, [](StringRef Path) {
          return sys::path::extension(Path) == ".json";
        }))
      return fromResults(O);
    SummaryFilesOptions Input;
    Input.Paths = O.Analysis.Paths;
    Input.Checks = O.Analysis.Checks;
    Input.ConfigFile = O.Analysis.ConfigFile;
    Input.Root = O.Root;
    return linkFiles(Input, Call);
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
    outs() << howMany(R->TranslationUnits, "translation unit") << ", "
           << howMany(R->Findings.size(), "finding") << ", "
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
  Command->footer("Without -p, the paths are summaries, folders of them, or "
                  "the file of 'raddle lint -o results.json'.");
  Command->callback(
      [O, &Call] { Call.Run = [O, &Call] { return report(*O, Call); }; });
}

} // namespace raddle::cli
