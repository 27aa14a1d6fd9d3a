// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle link: the second phase by itself.
#include "cli/commands/Outputs.h"
#include "cli/commands/SummaryFiles.h"
#include "cli/findings/Baseline.h"
#include <CLI/CLI.hpp>

using namespace llvm;

namespace raddle::cli {

namespace {

struct LinkCommandOptions {
  SummaryFilesOptions Input;
  OutputOptions Output;
  std::string FailOn = "warning", BaselineFile;
};

int link(const LinkCommandOptions &O, const Invocation &Call) {
  Expected<std::optional<lockorder::Level>> FailOn = failLevel(O.FailOn);
  if (!FailOn)
    return usageError(FailOn.takeError());
  std::optional<Baseline> Old;
  if (!O.BaselineFile.empty()) {
    Expected<Baseline> B = Baseline::read(O.BaselineFile);
    if (!B)
      return usageError(B.takeError());
    Old = std::move(*B);
  }
  Outputs Out;
  if (Error E = Out.open(O.Output))
    return usageError(std::move(E));
  Expected<Results> R = linkFiles(O.Input, Call);
  if (!R)
    return usageError(R.takeError());
  if (Old)
    Old->removeKnown(R->Findings);
  R->ExitCode = exitCode(*R, *FailOn);
  if (Error E = Out.write(*R))
    return usageError(std::move(E));
  for (const FailedUnit &F : R->Failed)
    errs() << "raddle: error: " << F.Why << "\n";
  if (!O.Output.Quiet) {
    raw_ostream &To = Out.textOnStdout() ? outs() : errs();
    To << howMany(R->TranslationUnits, "summary file") << ", "
       << howMany(R->Findings.size(), "finding") << "\n";
    if (!R->Findings.empty())
      To << "what a finding means: raddle explain " << R->Findings[0].What.Check
         << "\n";
  }
  return R->ExitCode;
}

} // namespace

void addLink(CLI::App &App, Invocation &Call) {
  auto O = std::make_shared<LinkCommandOptions>();
  CLI::App *Command =
      App.add_subcommand("link", "Join summaries and report what is found");
  Command
      ->add_option("summaries", O->Input.Paths,
                   "Summary files, or folders of them")
      ->required();
  Command->add_option("--checks", O->Input.Checks,
                      "Checks as in clang-tidy: '-*,raddle-double-lock'");
  Command->add_option("--root", O->Input.Root,
                      "Folder that the summaries' places are relative to");
  Command->add_option("--config", O->Input.ConfigFile,
                      "Instead of the nearest .raddle.yaml");
  Command->add_flag("--part", O->Input.PartOfProgram,
                    "The summaries are not the whole program");
  Command->add_option("--format", O->Output.Format,
                      "text, sarif, json, github, gitlab, junit, html");
  Command->add_option("-o,--output", O->Output.Files, "Also write to a file")
      ->allow_extra_args(false);
  Command->add_option("--fail-on", O->FailOn, "note, warning, error, none")
      ->capture_default_str();
  Command->add_option("--baseline", O->BaselineFile,
                      "Leave out the findings of this file");
  Command->add_option("--color", O->Output.Colour, "auto, always, never")
      ->capture_default_str();
  Command->add_flag("-q,--quiet", O->Output.Quiet, "Findings and errors only");
  Command->callback(
      [O, &Call] { Call.Run = [O, &Call] { return link(*O, Call); }; });
}

} // namespace raddle::cli
