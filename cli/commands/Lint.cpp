// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle lint
#include "cli/commands/Analysis.h"
#include "cli/commands/Outputs.h"
#include "cli/execute/Files.h"
#include "cli/findings/Baseline.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <CLI/CLI.hpp>

using namespace llvm;

namespace raddle::cli {

namespace {

struct LintOptions {
  AnalysisOptions Analysis;
  OutputOptions Output;
  std::string FailOn = "warning", BaselineFile, Revision;
};

/// Runs git in \p Folder; its output, or an error with what it said.
Expected<std::string> git(StringRef Folder, ArrayRef<StringRef> Arguments) {
  ErrorOr<std::string> Program = sys::findProgramByName("git");
  if (!Program)
    return createStringError("--diff needs git, and there is none in PATH");
  SmallString<128> Out, Errors;
  if (sys::fs::createTemporaryFile("raddle", "diff", Out) ||
      sys::fs::createTemporaryFile("raddle", "err", Errors))
    return createStringError("no temporary file could be made for --diff");
  std::vector<StringRef> Argv{*Program, "-C", Folder};
  Argv.insert(Argv.end(), Arguments.begin(), Arguments.end());
  std::optional<StringRef> Redirects[] = {StringRef(""), StringRef(Out),
                                          StringRef(Errors)};
  int Code = sys::ExecuteAndWait(*Program, Argv, std::nullopt, Redirects);
  Expected<std::string> Text = readFile(Out), Said = readFile(Errors);
  sys::fs::remove(Out);
  sys::fs::remove(Errors);
  if (!Text || !Said) {
    consumeError(Said.takeError());
    return Text.takeError();
  }
  if (Code)
    return createStringError("--diff: git says: " +
                             StringRef(*Said).trim().split('\n').first);
  return Text;
}

/// What --diff leaves: findings on changed lines, and in files that git does
/// not know yet.
struct Change {
  ChangedLines Lines;
  StringSet<> NewFiles;

  bool touches(const Finding &F) const {
    return Lines.touches(F) || NewFiles.contains(F.What.Where.File);
  }
};

Expected<Change> readChange(StringRef Revision, StringRef Root) {
  if (Revision.starts_with("-"))
    return createStringError("--diff: '" + Revision +
                             "' is no revision; use one as in --diff "
                             "origin/main");
  Expected<std::string> Top = git(Root, {"rev-parse", "--show-toplevel"});
  if (!Top)
    return Top.takeError();
  Expected<std::string> Diff =
      git(Root, {"diff", "-U0", "--no-color", "--no-ext-diff", "--relative",
                 Revision, "--"});
  if (!Diff)
    return Diff.takeError();
  Expected<ChangedLines> Lines = ChangedLines::parse(*Diff, "git diff");
  if (!Lines)
    return Lines.takeError();
  Expected<std::string> Added =
      git(Root, {"ls-files", "-z", "--others", "--exclude-standard"});
  if (!Added)
    return Added.takeError();
  Change Result{std::move(*Lines), {}};
  SmallVector<StringRef, 16> Names;
  StringRef(*Added).split(Names, '\0', -1, /*KeepEmpty=*/false);
  Result.NewFiles.insert_range(Names);
  return Result;
}

void printFailures(const Results &R) {
  for (const FailedUnit &F : R.Failed)
    errs() << "raddle: error: " << F.File << ": " << F.Why << "\n";
}

/// The next command to type.
std::string nextStep(const LintOptions &O, const Results &R, const Outputs &Out,
                     bool Single) {
  if (Single)
    return R.Findings.empty() ? ""
                              : "what a finding means: raddle explain " +
                                    R.Findings[0].What.Check;
  std::string Build = O.Analysis.Build.empty() ? "" : " -p " + O.Analysis.Build;
  if (!R.Failed.empty())
    return "mend what is named above, then: raddle lint" + Build;
  if (R.Findings.empty())
    return Out.has(Format::Html) ? ""
                                 : "see the lock graph: raddle report" + Build +
                                       " -o report.html";
  if (Out.has(Format::Html))
    return "what a finding means: raddle explain " + R.Findings[0].What.Check;
  return "see each call chain beside its source: raddle report" + Build +
         " -o report.html";
}

void printSummary(const LintOptions &O, const Results &R, const Counts &C,
                  const Outputs &Out, bool Single, size_t Known) {
  raw_ostream &To = Out.textOnStdout() ? outs() : errs();
  // As text, the findings end with their number and that of the units.
  if (!Out.textOnStdout())
    To << howMany(R.Findings.size(), "finding") << " in "
       << howMany(R.TranslationUnits, "translation unit") << ", ";
  To << C.Parsed << " parsed, " << C.FromCache << " from cache";
  if (Known)
    To << ", " << howMany(Known, "finding") << " left out by the baseline";
  To << "\n";
  for (const std::string &Name : O.Output.Files)
    if (Name != "-")
      To << "written: " << Name << "\n";
  if (std::string Next = nextStep(O, R, Out, Single); !Next.empty())
    To << Next << "\n";
}

int lint(const LintOptions &O, const Invocation &Call) {
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
  Expected<Prepared> P = prepare(O.Analysis, Call);
  if (!P)
    return usageError(P.takeError());
  std::optional<Change> Changed;
  if (!O.Revision.empty()) {
    Expected<Change> C = readChange(O.Revision, P->Where.Root);
    if (!C)
      return usageError(C.takeError());
    Changed = std::move(*C);
  }
  Outputs Out;
  if (Error E = Out.open(O.Output))
    return usageError(std::move(E));
  bool Single = P->Database.empty();
  Counts Counted;
  Expected<Results> R = analyse(std::move(*P), Call, Counted);
  if (!R)
    return usageError(R.takeError());
  size_t Known = Old ? Old->removeKnown(R->Findings) : 0;
  if (Changed)
    std::erase_if(R->Findings,
                  [&](const Finding &F) { return !Changed->touches(F); });
  R->ExitCode = exitCode(*R, *FailOn);
  // As a step of a compilation it says nothing where there is nothing to say.
  bool Silent = (O.Output.Quiet || Single) && R->Findings.empty();
  if (Error E = Out.write(*R, /*WithText=*/!Silent))
    return usageError(std::move(E));
  if (!Out.textOnStdout() || Silent)
    printFailures(*R);
  if (!O.Output.Quiet && !Silent)
    printSummary(O, *R, Counted, Out, Single, Known);
  return R->ExitCode;
}

} // namespace

void addLint(CLI::App &App, Invocation &Call) {
  auto O = std::make_shared<LintOptions>();
  CLI::App *Command =
      App.add_subcommand("lint", "Analyse a build and report what is found");
  addAnalysisOptions(*Command, O->Analysis);
  Command->add_option("--format", O->Output.Format,
                      "text, sarif, json, github, gitlab, junit, html");
  Command
      ->add_option("-o,--output", O->Output.Files,
                   "Also write to a file; its extension says the format. "
                   "Can be repeated")
      ->allow_extra_args(false);
  Command
      ->add_option("--fail-on", O->FailOn,
                   "Level from which the exit code is 1: note, warning, "
                   "error, none")
      ->capture_default_str();
  Command->add_option("--baseline", O->BaselineFile,
                      "Leave out the findings of this file");
  Command->add_option("--diff", O->Revision,
                      "Only findings on lines changed since this git "
                      "revision");
  Command->add_option("--color", O->Output.Colour, "auto, always, never")
      ->capture_default_str();
  Command->footer("As CMake's compile step: "
                  "set(CMAKE_CXX_CLANG_TIDY raddle lint --quiet)");
  Command->callback([O, &Call] {
    O->Output.Quiet = O->Analysis.Quiet;
    Call.Run = [O, &Call] { return lint(*O, Call); };
  });
}

} // namespace raddle::cli
