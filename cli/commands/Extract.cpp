// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle extract: the first phase by itself, for build systems and clusters.
#include "cli/commands/Analysis.h"
#include "cli/execute/Files.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include <CLI/CLI.hpp>
#include <set>

using namespace llvm;

namespace raddle::cli {

namespace {

struct ExtractOptions {
  AnalysisOptions Analysis;
  std::string Folder;
};

/// Names of the summaries that an earlier run of the same shard left.
std::set<std::string> earlier(StringRef Manifest) {
  std::set<std::string> Names;
  Expected<std::string> Text = readFile(Manifest);
  if (!Text) {
    consumeError(Text.takeError());
    return Names;
  }
  Expected<json::Value> V = json::parse(*Text);
  if (!V) {
    consumeError(V.takeError());
    return Names;
  }
  if (const json::Object *O = V->getAsObject())
    if (const json::Array *Files = O->getArray("summaries"))
      for (const json::Value &File : *Files)
        if (std::optional<StringRef> Name = File.getAsString())
          // Never anything but a summary below the folder.
          if (Name->ends_with(".summary") && !Name->contains('/'))
            Names.insert(Name->str());
  return Names;
}

int extract(const ExtractOptions &O, const Invocation &Call) {
  Expected<Prepared> P = prepare(O.Analysis, Call);
  if (!P)
    return usageError(P.takeError());
  if (std::error_code Code = sys::fs::create_directories(O.Folder))
    return usageError("'" + O.Folder + "' cannot be made (" + Code.message() +
                      "); name another folder with -o");
  std::string Part =
      O.Analysis.ShardText.empty() ? "1/1" : O.Analysis.ShardText;
  std::replace(Part.begin(), Part.end(), '/', '-');
  std::string Manifest = O.Folder + "/manifest-" + Part + ".json";
  if (Error E = replaceFile(O.Folder + "/.raddle-writable", ""))
    return usageError(toString(std::move(E)) + "; name another folder with -o");
  sys::fs::remove(O.Folder + "/.raddle-writable");

  Expected<Cache> Store = Cache::open(P->CacheFolder);
  if (!Store) {
    warn(toString(Store.takeError()));
    Store = Cache::open("");
  }
  Progress Shown(errs(), progressWanted());
  size_t Units = P->Units.size();
  Pipeline Run(std::move(P->Units), P->Frontend, P->Workers, std::move(*Store));
  Run.extract(Shown);
  // A summary's name changes with its content, so what an earlier run wrote
  // for the same units has to go.
  std::set<std::string> Old = earlier(Manifest), New;
  for (const Summary &S : Run.summaries(Shown)) {
    std::string Name = S.Address + ".summary";
    if (New.insert(Name).second)
      if (Error E = replaceFile(O.Folder + "/" + Name, S.Bytes))
        return usageError(std::move(E));
  }
  json::Array Files;
  for (const std::string &Name : New)
    Files.push_back(Name);
  std::string Text;
  raw_string_ostream(Text) << formatv("{0:2}",
                                      json::Value(json::Object{
                                          {"summaries", std::move(Files)}}))
                           << "\n";
  if (Error E = replaceFile(Manifest, Text))
    return usageError(std::move(E));
  for (const std::string &Name : Old)
    if (!New.count(Name))
      sys::fs::remove(O.Folder + "/" + Name);

  std::vector<FailedUnit> Failed = Run.failed();
  for (const FailedUnit &F : Failed)
    errs() << "raddle: error: " << F.File << ": " << F.Why << "\n";
  if (!O.Analysis.Quiet)
    outs() << howMany(Units, "translation unit") << " (" << Run.parsed()
           << " parsed, " << Run.fromCache() << " from cache), "
           << howMany(New.size(), "summary file") << " in '" << O.Folder
           << "'\n"
           << "what they say together: raddle link " << O.Folder << "\n";
  return Failed.empty() ? ExitClean : ExitIncomplete;
}

} // namespace

void addExtract(CLI::App &App, Invocation &Call) {
  auto O = std::make_shared<ExtractOptions>();
  CLI::App *Command = App.add_subcommand(
      "extract", "Write a summary file for each translation unit");
  addAnalysisOptions(*Command, O->Analysis);
  Command->add_option("-o,--output", O->Folder, "Folder for the summaries")
      ->required();
  Command->callback(
      [O, &Call] { Call.Run = [O, &Call] { return extract(*O, Call); }; });
}

} // namespace raddle::cli
