// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/commands/Analysis.h"
#include "cli/execute/Files.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <CLI/CLI.hpp>
#include <thread>

using namespace llvm;

namespace raddle::cli {

void addAnalysisOptions(CLI::App &Command, AnalysisOptions &O) {
  Command.add_option("-p", O.Build,
                     "Build folder with compile_commands.json, or that file");
  Command.add_option("paths", O.Paths,
                     "Sources, folders or patterns; default: all of the "
                     "compile database");
  Command.add_option("-j,--jobs", O.Jobs,
                     "Frontend processes; default: one per processor");
  Command.add_option("--checks", O.Checks,
                     "Checks as in clang-tidy: '-*,raddle-double-lock'");
  Command.add_option("--config", O.ConfigFile,
                     "Instead of the nearest .raddle.yaml");
  Command.add_option("--cache-dir", O.CacheFolder,
                     "Default: <build folder>/.raddle-cache");
  Command.add_flag("--no-cache", O.NoCache, "Parse everything again");
  Command.add_option("--shard", O.ShardText,
                     "i/n: only every n-th translation unit");
  Command
      .add_option("--extra-arg", O.ExtraArguments,
                  "Appended to each compile command")
      ->allow_extra_args(false);
  Command
      .add_option("--extra-arg-before", O.ExtraArgumentsBefore,
                  "Put before each compile command's arguments")
      ->allow_extra_args(false);
  Command
      .add_option("--memory-limit", O.MemoryLimit,
                  "MiB of address space per frontend process; 0: none")
      ->capture_default_str();
  Command
      .add_option("--unit-timeout", O.UnitTimeout,
                  "Seconds for one translation unit; 0: none")
      ->capture_default_str();
  Command.add_flag("-q,--quiet", O.Quiet, "Findings and errors only");
}

namespace {

Error selectUnits(const AnalysisOptions &O, const Invocation &Call,
                  Prepared &P) {
  if (Call.HasBehind) {
    if (O.Paths.size() != 1)
      return createStringError(
          "a command behind '--' belongs to exactly one source; " +
          Twine(O.Paths.empty() ? "none is" : "several are") +
          " named before it");
    P.Units.push_back(unitFromCommand(O.Paths[0], Call.Behind));
    P.WholeProgram = false;
    if (!sys::fs::exists(P.Units[0].Path))
      return createStringError("'" + O.Paths[0] +
                               "' does not exist; name a source before '--'");
    return Error::success();
  }
  Expected<std::string> File = findDatabase(O.Build);
  if (!File)
    return File.takeError();
  Expected<CompileDatabase> Database = readDatabase(*File);
  if (!Database)
    return Database.takeError();
  P.Database = *File;
  P.Units = std::move(Database->Units);
  // The project is what is built, not what is looked at this time: names of
  // files and fingerprints must not depend on that.
  P.Where = findProject(P.Units, Database->Directory);
  size_t All = P.Units.size();
  if (Error E = keepPaths(P.Units, O.Paths, *File))
    return E;
  if (!O.ShardText.empty()) {
    Expected<Shard> S = parseShard(O.ShardText);
    if (!S)
      return S.takeError();
    keepShard(P.Units, *S);
  }
  P.WholeProgram = P.Units.size() == All;
  if (!O.NoCache && O.CacheFolder.empty())
    P.CacheFolder = Database->Directory + "/.raddle-cache";
  return Error::success();
}

} // namespace

Expected<Prepared> prepare(const AnalysisOptions &O, const Invocation &Call) {
  Prepared P;
  if (Error E = selectUnits(O, Call, P))
    return E;
  if (P.Where.Root.empty())
    P.Where = findProject(P.Units, "");
  if (!O.ConfigFile.empty())
    P.Where.Config = absolutePath(O.ConfigFile);
  Expected<Config> Settings = loadConfig(P.Where.Config);
  if (!Settings)
    return Settings.takeError();
  P.Settings = std::move(*Settings);
  Expected<CheckFilter> Checks = chosenChecks(P.Settings, O.Checks);
  if (!Checks)
    return Checks.takeError();
  P.Checks = std::move(*Checks);
  if (!O.NoCache && !O.CacheFolder.empty())
    P.CacheFolder = absolutePath(O.CacheFolder);

  P.Frontend.Extract.Root = P.Where.Root;
  P.Frontend.Extract.Locks = P.Settings.Locks;
  P.Frontend.CheckOptions = P.Settings.CheckOptions;
  P.Frontend.FileChecks = join(enabledChecks(P.Checks, "file"), ",");
  P.Frontend.ExtraArguments = O.ExtraArguments;
  P.Frontend.ExtraArgumentsBefore = O.ExtraArgumentsBefore;

  Expected<std::string> Program = findFrontend();
  if (!Program)
    return Program.takeError();
  P.Workers.Executable = std::move(*Program);
  P.Workers.Jobs =
      O.Jobs ? O.Jobs : std::max(1u, std::thread::hardware_concurrency());
  P.Workers.MemoryLimit = uint64_t(O.MemoryLimit) << 20;
  P.Workers.UnitTimeout = std::chrono::seconds(O.UnitTimeout);
  return P;
}

Expected<Results> analyse(Prepared P, const Invocation &Call, Counts &Counted) {
  Expected<Cache> Store = Cache::open(P.CacheFolder);
  if (!Store) {
    // Slower, not wrong: build folders of others are often read-only.
    warn(toString(Store.takeError()));
    Store = Cache::open("");
  }
  std::vector<std::string> MainFiles;
  for (const Unit &U : P.Units)
    MainFiles.push_back(relativeTo(U.Path, P.Where.Root));
  Progress Shown(errs(), progressWanted());
  Pipeline Run(std::move(P.Units), P.Frontend, P.Workers, std::move(*Store));
  Run.extract(Shown);
  Linked L = Run.link(linkOptions(P.Checks, P.WholeProgram), Shown);

  Results R;
  R.Findings = std::move(L.Findings);
  R.Graph = std::move(L.Graph);
  R.Functions = L.Functions;
  R.Failed = Run.failed();
  R.TranslationUnits = MainFiles.size();
  R.Root = P.Where.Root;
  R.Project = sys::path::filename(P.Where.Root).str();
  R.Command = Call.Typed;
  Counted.Parsed = Run.parsed();
  Counted.FromCache = Run.fromCache();
  if (Error E = applyConfig(P.Settings, MainFiles, R.Findings))
    return E;
  return R;
}

} // namespace raddle::cli
