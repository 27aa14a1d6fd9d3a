// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/commands/Common.h"
#include "checkers/framework/CheckCard.h"
#include "cli/execute/Files.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"

using namespace llvm;
using raddle::checkers::allChecks;
using raddle::checkers::CheckCard;

namespace raddle::cli {

int usageError(const Twine &Text) {
  errs() << "raddle: error: " << Text << "\n";
  return ExitUsage;
}

int usageError(Error E) { return usageError(toString(std::move(E))); }

void warn(const Twine &Text) { errs() << "raddle: warning: " << Text << "\n"; }

namespace {

/// "double-lock" for "raddle-double-lock" is understood.
std::string withPrefixes(StringRef Globs) {
  std::string Result;
  SmallVector<StringRef, 8> Words;
  SplitString(Globs, Words, ",\n");
  for (StringRef Word : Words) {
    Word = Word.trim();
    StringRef Sign = Word.take_while([](char C) { return C == '-'; });
    StringRef Name = Word.drop_front(Sign.size()).ltrim();
    if (Name.empty())
      continue;
    std::string Full = Name.str();
    if (checkers::findCheck("raddle-" + Full))
      Full = "raddle-" + Full;
    Result += (Result.empty() ? "" : ",") + Sign.str() + Full;
  }
  return Result;
}

Error unknownNames(StringRef Globs, StringRef Source, bool OthersAllowed) {
  Expected<CheckFilter> Filter = CheckFilter::create(Globs);
  if (!Filter)
    return createStringError(Source + ": " + toString(Filter.takeError()));
  std::vector<StringRef> Ids;
  std::vector<std::string> Names;
  for (const CheckCard &Card : allChecks()) {
    Ids.push_back(Card.Id);
    Names.push_back(Card.Id.str());
  }
  for (const std::string &Name : Filter->unused(Ids)) {
    // A configuration that clang-tidy reads too names its checks as well.
    if (OthersAllowed && !StringRef(Name).starts_with("raddle-"))
      continue;
    // Nobody mistypes '*': a family of checks that has no member yet.
    if (Name.find_first_of("*?[{") != std::string::npos && OthersAllowed)
      continue;
    std::string Meant = nearest(Name, Names);
    if (Meant.empty())
      Meant = nearest("raddle-" + Name, Names);
    return createStringError(
        Source + ": there is no check '" + Name + "'; " +
        (Meant.empty() ? std::string() : "did you mean '" + Meant + "'? ") +
        "'raddle checks' lists all");
  }
  return Error::success();
}

} // namespace

Expected<CheckFilter> chosenChecks(const Config &C, StringRef Option) {
  std::string Globs = "*";
  for (const CheckCard &Card : allChecks())
    if (Card.Level != "default")
      Globs += ",-" + Card.Id.str();
  auto Add = [&](StringRef More) {
    std::string List = withPrefixes(More);
    if (List.empty())
      return;
    if (List[0] == '-')
      Globs += "," + List;
    else
      Globs = List;
  };
  if (C.Checks) {
    if (Error E = unknownNames(withPrefixes(*C.Checks),
                               "'Checks' in .raddle.yaml", true))
      return E;
    Add(*C.Checks);
  }
  if (Error E = unknownNames(withPrefixes(Option), "--checks", false))
    return E;
  Add(Option);
  return CheckFilter::create(Globs);
}

std::vector<std::string> enabledChecks(const CheckFilter &Filter,
                                       StringRef Kind) {
  std::vector<std::string> Result;
  for (const CheckCard &Card : allChecks())
    if (Card.Kind == Kind && Filter.enabled(Card.Id))
      Result.push_back(Card.Id.str());
  return Result;
}

lockorder::LinkOptions linkOptions(const CheckFilter &Filter,
                                   bool WholeProgram) {
  lockorder::LinkOptions Options;
  Options.WholeProgram = WholeProgram;
  Options.Checks = enabledChecks(Filter, "program");
  // An empty list would mean all.
  if (Options.Checks.empty())
    Options.Checks.push_back("none");
  return Options;
}

namespace {

/// Hands raddle's own options to whom they are for. Those of clang-tidy's
/// checks are left out: both may read the same text.
Error takeCheckOptions(Config &C, StringRef File) {
  std::vector<std::string> Known;
  for (const CheckCard &Card : allChecks()) {
    SmallVector<StringRef, 4> Names;
    SplitString(Card.Options, Names, ", ");
    for (StringRef Name : Names)
      Known.push_back((Card.Id + "." + Name).str());
  }
  std::vector<std::pair<std::string, std::string>> Own;
  for (auto &[Name, Value] : C.CheckOptions) {
    if (!StringRef(Name).starts_with("raddle-"))
      continue;
    if (!is_contained(Known, Name)) {
      std::string Meant = nearest(Name, Known);
      return createStringError(
          File + ": 'CheckOptions': no check has the option '" + Name + "'; " +
          (Meant.empty() ? "'raddle explain CHECK' names those of a check"
                         : "did you mean '" + Meant + "'?"));
    }
    SmallVector<StringRef, 4> Values;
    SplitString(Value, Values, ";");
    if (Name == "raddle-unchecked-cancellation.CancellationTypes")
      C.Locks.CancellationTypes.insert(C.Locks.CancellationTypes.end(),
                                       Values.begin(), Values.end());
    else if (Name == "raddle-unchecked-cancellation.CancellationChecks")
      C.Locks.CancellationChecks.insert(C.Locks.CancellationChecks.end(),
                                        Values.begin(), Values.end());
    else
      Own.push_back({Name, Value});
  }
  C.CheckOptions = std::move(Own);
  return Error::success();
}

} // namespace

Expected<Config> loadConfig(StringRef File) {
  if (File.empty())
    return Config();
  Expected<std::string> Text = readFile(File);
  if (!Text)
    return Text.takeError();
  Expected<Config> C = parseConfig(*Text, File);
  if (C)
    if (Error E = takeCheckOptions(*C, File))
      return E;
  return C;
}

Error applyConfig(const Config &C, const std::vector<std::string> &MainFiles,
                  std::vector<Finding> &Findings) {
  if (C.HeaderFilterRegex && !C.HeaderFilterRegex->empty()) {
    Regex Headers(*C.HeaderFilterRegex);
    std::string Why;
    if (!Headers.isValid(Why))
      return createStringError("'HeaderFilterRegex' in .raddle.yaml is no "
                               "regular expression: " +
                               Why);
    StringSet<> Main;
    for (const std::string &File : MainFiles)
      Main.insert(File);
    std::erase_if(Findings, [&](const Finding &F) {
      return !Main.contains(F.What.Where.File) &&
             !Headers.match(F.What.Where.File);
    });
  }
  if (C.WarningsAsErrors) {
    Expected<CheckFilter> Raised =
        CheckFilter::create(withPrefixes(*C.WarningsAsErrors));
    if (!Raised)
      return Raised.takeError();
    for (Finding &F : Findings)
      if (F.What.Severity == lockorder::Level::Warning &&
          Raised->enabled(F.What.Check))
        F.What.Severity = lockorder::Level::Error;
  }
  return Error::success();
}

Expected<std::optional<lockorder::Level>> failLevel(StringRef Name) {
  using lockorder::Level;
  if (Name == "none")
    return std::nullopt;
  if (Name == "note")
    return Level::Note;
  if (Name == "warning")
    return Level::Warning;
  if (Name == "error")
    return Level::Error;
  return createStringError("--fail-on: '" + Name +
                           "' is no level; use note, warning, error or none");
}

int exitCode(const Results &R, std::optional<lockorder::Level> FailOn) {
  if (!R.Failed.empty())
    return ExitIncomplete;
  for (const Finding &F : R.Findings)
    if (FailOn && F.What.Severity >= *FailOn)
      return ExitFindings;
  return ExitClean;
}

std::string howMany(uint64_t Count, StringRef Noun) {
  return std::to_string(Count) + " " + Noun.str() + (Count == 1 ? "" : "s");
}

std::string ownProgram() {
  static int Anchor;
  return sys::fs::getMainExecutable("raddle", &Anchor);
}

std::string viewerFolder() {
  std::string Folder = sys::path::parent_path(ownProgram()).str();
  for (StringRef Below :
       {"../share/raddle/viewer", "../share/raddle", "../lockorder/viewer"}) {
    std::string Candidate = absolutePath(Below, Folder);
    if (sys::fs::exists(Candidate + "/report.html"))
      return Candidate;
  }
  return "";
}

} // namespace raddle::cli
