// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle baseline create|prune|diff
#include "cli/commands/Analysis.h"
#include "cli/findings/Baseline.h"
#include "llvm/Support/FileSystem.h"
#include <CLI/CLI.hpp>

using namespace llvm;

namespace raddle::cli {

namespace {

struct BaselineOptions {
  AnalysisOptions Analysis;
  std::string File = "raddle-baseline.txt";
};

Expected<Results> current(const BaselineOptions &O, const Invocation &Call) {
  Expected<Prepared> P = prepare(O.Analysis, Call);
  if (!P)
    return P.takeError();
  Counts Ignored;
  return analyse(std::move(*P), Call, Ignored);
}

int finish(const Results &R, int Code) {
  for (const FailedUnit &F : R.Failed)
    errs() << "raddle: error: " << F.File << ": " << F.Why << "\n";
  return R.Failed.empty() ? Code : ExitIncomplete;
}

std::string buildOption(const BaselineOptions &O) {
  return O.Analysis.Build.empty() ? "" : " -p " + O.Analysis.Build;
}

int create(const BaselineOptions &O, const Invocation &Call) {
  // Before the analysis, which may take long.
  if (sys::fs::exists(O.File) &&
      (!sys::fs::is_regular_file(O.File) || !sys::fs::can_write(O.File)))
    return usageError("'" + O.File +
                      "' cannot be written; name another file with -o");
  Expected<Results> R = current(O, Call);
  if (!R)
    return usageError(R.takeError());
  Baseline New = Baseline::of(R->Findings);
  if (Error E = New.write(O.File))
    return usageError(std::move(E));
  outs() << howMany(New.size(), "finding") << " in '" << O.File << "'\n"
         << "only new ones from now on: raddle lint" << buildOption(O)
         << " --baseline " << O.File << "\n";
  return finish(*R, ExitClean);
}

int prune(const BaselineOptions &O, const Invocation &Call) {
  Expected<Baseline> Old = Baseline::read(O.File);
  if (!Old)
    return usageError(Old.takeError());
  Expected<Results> R = current(O, Call);
  if (!R)
    return usageError(R.takeError());
  // What could not be analysed may still have its findings.
  if (!R->Failed.empty()) {
    errs() << "raddle: error: nothing is pruned, since not all could be "
              "analysed\n";
    return finish(*R, ExitIncomplete);
  }
  size_t Gone = Old->prune(R->Findings);
  if (Error E = Old->write(O.File))
    return usageError(std::move(E));
  outs() << howMany(Gone, "entry") << " taken out of '" << O.File << "', "
         << Old->size() << " left\n";
  return ExitClean;
}

int diff(const BaselineOptions &O, const Invocation &Call) {
  Expected<Baseline> Old = Baseline::read(O.File);
  if (!Old)
    return usageError(Old.takeError());
  Expected<Results> R = current(O, Call);
  if (!R)
    return usageError(R.takeError());
  Baseline::Difference D = Old->diff(R->Findings);
  for (const Finding *F : D.New)
    outs() << "+ " << F->Fingerprint << "  " << F->What.Check << " "
           << F->What.Where.File << ":" << F->What.Where.Line << ": "
           << F->What.Message << "\n";
  for (const Baseline::Entry *E : D.Gone)
    outs() << "- " << E->Text << "\n";
  outs() << D.New.size() << " new, " << D.Gone.size() << " gone\n";
  return finish(*R, D.New.empty() ? ExitClean : ExitFindings);
}

} // namespace

void addBaseline(CLI::App &App, Invocation &Call) {
  CLI::App *Group = App.add_subcommand(
      "baseline", "Findings the project has decided to live with for now");
  Group->require_subcommand(1);
  auto Add = [&](const char *Name, const char *What, auto Function) {
    auto O = std::make_shared<BaselineOptions>();
    CLI::App *Command = Group->add_subcommand(Name, What);
    addAnalysisOptions(*Command, O->Analysis);
    Command->add_option("-o,--baseline", O->File, "The baseline's file")
        ->capture_default_str();
    Command->callback([O, &Call, Function] {
      Call.Run = [O, &Call, Function] { return Function(*O, Call); };
    });
  };
  Add("create", "Write all current findings", create);
  Add("prune", "Take out what is no longer found", prune);
  Add("diff", "Show what is new and what is gone", diff);
}

} // namespace raddle::cli
