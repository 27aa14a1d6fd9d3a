// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/commands/SummaryFiles.h"
#include "cli/execute/Files.h"
#include "cli/execute/Pipeline.h"
#include "cli/execute/Project.h"
#include "lockorder/model/SummaryIO.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <set>

using namespace llvm;

namespace raddle::cli {

namespace {

Expected<std::vector<std::string>>
summaryFiles(const std::vector<std::string> &Paths) {
  // Sorted, without doubles: the outcome does not depend on the order.
  std::set<std::string> Files;
  for (const std::string &Path : Paths) {
    if (!sys::fs::is_directory(Path)) {
      if (!sys::fs::exists(Path))
        return createStringError("'" + Path +
                                 "' does not exist; name summaries, or "
                                 "folders of them, that 'raddle extract -o "
                                 "FOLDER' wrote");
      Files.insert(Path);
      continue;
    }
    std::error_code Code;
    size_t Before = Files.size();
    for (sys::fs::recursive_directory_iterator It(Path, Code), End;
         It != End && !Code; It.increment(Code))
      if (sys::path::extension(It->path()) == ".summary")
        Files.insert(It->path());
    if (Code)
      return createStringError("'" + Path +
                               "' cannot be listed: " + Code.message());
    if (Files.size() == Before)
      return createStringError("there are no summaries (*.summary) in '" +
                               Path + "'; write some with 'raddle extract -o " +
                               Path + "'");
  }
  return std::vector<std::string>(Files.begin(), Files.end());
}

} // namespace

Expected<Results> linkFiles(const SummaryFilesOptions &O,
                            const Invocation &Call) {
  Expected<std::vector<std::string>> Files = summaryFiles(O.Paths);
  if (!Files)
    return Files.takeError();
  Unit Here;
  Here.Path = absolutePath("x");
  Project Where = findProject(Here, "");
  if (!O.Root.empty())
    Where.Root = absolutePath(O.Root);
  if (!O.ConfigFile.empty())
    Where.Config = O.ConfigFile;
  Expected<Config> Settings = loadConfig(Where.Config);
  if (!Settings)
    return Settings.takeError();
  Expected<CheckFilter> Checks = chosenChecks(*Settings, O.Checks);
  if (!Checks)
    return Checks.takeError();

  Results R;
  std::vector<model::TUSummary> Summaries;
  std::vector<std::string> MainFiles;
  for (const std::string &File : *Files) {
    Expected<std::string> Bytes = readFile(File);
    if (!Bytes) {
      R.Failed.push_back({File, toString(Bytes.takeError())});
      continue;
    }
    Expected<model::TUSummary> S = model::readSummary(*Bytes, File);
    if (!S) {
      R.Failed.push_back({File, toString(S.takeError())});
      continue;
    }
    MainFiles.push_back(S->string(S->MainFile).str());
    Summaries.push_back(std::move(*S));
  }
  Linked L = linkSummaries(Summaries, linkOptions(*Checks, !O.PartOfProgram));
  // File checks ran when the summaries were made; what is not wanted now goes.
  Checks->apply(L.Findings);
  if (Error E = applyConfig(*Settings, MainFiles, L.Findings))
    return E;
  R.Findings = std::move(L.Findings);
  R.Graph = std::move(L.Graph);
  R.Functions = L.Functions;
  R.TranslationUnits = Files->size();
  R.Root = Where.Root;
  R.Project = sys::path::filename(Where.Root).str();
  R.Command = Call.Typed;
  return R;
}

} // namespace raddle::cli
