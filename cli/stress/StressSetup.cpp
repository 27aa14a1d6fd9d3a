// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stress/StressSetup.h"
#include "cli/execute/Files.h"
#include "cli/run/Program.h"
#include "stress/runner/GoogleTests.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <random>

using namespace llvm;
using namespace raddle::stress;

namespace raddle::cli {

namespace {

Error readStrategies(StringRef Text, CampaignOptions &O) {
  if (Text == "auto")
    return Error::success();
  for (StringRef Name : split(Text, ',')) {
    if (!is_contained(strategyNames(), Name))
      return createStringError("--strategy: there is no '" + Name +
                               "'; use auto, or some of " +
                               join(strategyNames(), ", "));
    if (!is_contained(O.Strategies, Name))
      O.Strategies.push_back(Name.str());
  }
  return Error::success();
}

/// "2x": twice as long, so 100 % more.
Error readSlowdown(StringRef Text, CampaignOptions &O) {
  double Times = 0;
  StringRef Number = Text;
  Number.consume_back("x");
  if (Number.getAsDouble(Times) || !(Times > 1) || Times > 1000)
    return createStringError("--slowdown: '" + Text +
                             "' is none; write 2x for runs that may take "
                             "twice as long, up to 1000x");
  O.SlowdownPercent = std::max(1u, unsigned((Times - 1) * 100 + 0.5));
  return Error::success();
}

Error readShard(StringRef Text, CampaignOptions &O) {
  if (Text.empty())
    return Error::success();
  auto [Which, Of] = Text.split('/');
  if (Which.getAsInteger(10, O.Shard) || Of.getAsInteger(10, O.Shards) ||
      !O.Shard || O.Shard > O.Shards || O.Shards > 100000)
    return createStringError("--shard: '" + Text +
                             "' is none; write 1/4 for the first of four");
  return Error::success();
}

Error readSeed(const StressAsked &Asked, CampaignOptions &O) {
  if (Asked.Resume) {
    Expected<uint64_t> Seed = seedOfState(O.Folder);
    if (!Seed)
      return Seed.takeError();
    O.Seed = *Seed;
    return Error::success();
  }
  if (Asked.Seed.empty()) {
    if (O.Shards > 1)
      return createStringError("--shard needs --seed: all machines have to "
                               "share out the same runs");
    std::random_device Random;
    O.Seed = Random(); // 32 bits are easier to type again.
    return Error::success();
  }
  if (StringRef(Asked.Seed).getAsInteger(0, O.Seed))
    return createStringError("--seed: '" + Asked.Seed +
                             "' is no number below 2^64");
  return Error::success();
}

/// Runs \p P once, before the campaign.
Expected<RunResult> runOnce(const CampaignOptions &O, const StressProgram &P,
                            const RunRequest &Request) {
  SmallString<128> Folder;
  if (std::error_code Code =
          sys::fs::createUniqueDirectory("raddle-stress", Folder))
    return createStringError("a folder to work in cannot be made (" +
                             Code.message() + "); set TMPDIR");
  scope_exit Remove([&] { sys::fs::remove_directories(Folder); });
  ProgramRunner::Settings S;
  S.Runtime = O.Runtime;
  S.WorkFolder = std::string(Folder);
  auto Runner = ProgramRunner::open(P, std::move(S));
  if (!Runner)
    return Runner.takeError();
  return (*Runner)->run(Request);
}

Expected<std::vector<std::string>> listTests(const CampaignOptions &O) {
  RunRequest List;
  List.Arguments = O.Arguments;
  List.Arguments.push_back("--gtest_list_tests");
  List.Timeout = O.Timeout;
  Expected<RunResult> R = runOnce(O, O.Programs[0], List);
  if (!R)
    return R.takeError();
  if (R->TimedOut || R->Status)
    return std::vector<std::string>();
  return parseTestList(R->Out);
}

/// Runs the loader alone: a build whose libraries are not found would fail in
/// each run.
Error checkLibraries(const CampaignOptions &O, const StressProgram &P) {
  RunRequest Load;
  Load.Environment = {{"LD_TRACE_LOADED_OBJECTS", "1"}};
  Load.Timeout = std::chrono::seconds(20);
  Expected<RunResult> R = runOnce(O, P, Load);
  if (!R)
    return R.takeError();
  for (StringRef Line : split(R->Out, '\n'))
    if (StringRef Library = Line.trim(); Library.consume_back("=> not found"))
      return createStringError(
          "'" + P.Path + "' cannot be started: its library " + Library.trim() +
          " is not found; link it with -Wl,-rpath,FOLDER, or set "
          "LD_LIBRARY_PATH");
  return Error::success();
}

/// What an earlier campaign has left: only what is surely one's.
void emptyFolder(StringRef Folder) {
  if (!sys::fs::exists(Folder + "/state.json"))
    return;
  std::vector<std::string> Old = {Folder.str() + "/state.json"};
  std::error_code Code;
  for (sys::fs::directory_iterator It(Folder, Code), End; It != End && !Code;
       It.increment(Code))
    if (sys::path::filename(It->path()).starts_with("failure-"))
      Old.push_back(It->path());
  for (const std::string &Path : Old)
    sys::fs::remove(Path);
}

} // namespace

Error prepareCampaign(const StressAsked &Asked, CampaignOptions &O,
                      std::vector<std::string> &Warnings) {
  if (Error E = readStrategies(Asked.Strategies, O))
    return E;
  if (Error E = readSlowdown(Asked.Slowdown, O))
    return E;
  if (Error E = readShard(Asked.Shard, O))
    return E;
  for (size_t I = 0; I != Asked.Also.size() + 1; ++I) {
    const std::string &Name = I ? Asked.Also[I - 1] : Asked.Program[0];
    Expected<Program> Found = findProgram(Name);
    if (!Found)
      return Found.takeError();
    Expected<StressProgram> P = examineProgram(Found->Path);
    if (!P)
      return P.takeError();
    for (const StressProgram &Other : O.Programs)
      if (Other.Path == P->Path)
        return createStringError("'" + Name + "' is named twice");
    if (Error E = checkLibraries(O, *P))
      return E;
    O.Programs.push_back(std::move(*P));
  }
  O.Arguments.assign(Asked.Program.begin() + 1, Asked.Program.end());
  O.Folder = absolutePath(Asked.Folder);
  if (O.Folder.find('\'') != std::string::npos)
    return createStringError("--out: the folder's path holds a quote (')");
  if (std::error_code Code = sys::fs::create_directories(O.Folder))
    return createStringError("'" + Asked.Folder + "' cannot be made (" +
                             Code.message() + "); name another with --out");
  if (Error E = readSeed(Asked, O))
    return E;
  if (O.Programs[0].GoogleTest && !Asked.Whole) {
    Expected<std::vector<std::string>> Tests = listTests(O);
    if (!Tests)
      return Tests.takeError();
    if (Tests->empty())
      Warnings.push_back("'" + Asked.Program[0] +
                         "' knows GoogleTest, but lists no tests; it is run "
                         "as a whole");
    O.Tests = std::move(*Tests);
  }
  if (!Asked.Resume)
    emptyFolder(O.Folder);
  return Error::success();
}

} // namespace raddle::cli
