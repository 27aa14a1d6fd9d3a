// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/commands/Selection.h"
#include "cli/execute/Files.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace raddle::cli {

Expected<Shard> parseShard(StringRef Text) {
  Shard S;
  auto [Index, Count] = Text.split('/');
  if (Index.getAsInteger(10, S.Index) || Count.getAsInteger(10, S.Count) ||
      S.Index == 0 || S.Index > S.Count)
    return createStringError("--shard: '" + Text +
                             "' is not of the form i/n with i from 1 to n, as "
                             "in --shard 2/5");
  return S;
}

void keepShard(std::vector<Unit> &Units, const Shard &S) {
  if (S.Count == 1)
    return;
  std::string Common;
  if (!Units.empty()) {
    Common = sys::path::parent_path(Units[0].Path).str();
    for (const Unit &U : Units)
      while (!isBelow(U.Path, Common))
        Common = sys::path::parent_path(Common).str();
  }
  // Relative, so that machines that check out elsewhere agree.
  std::erase_if(Units, [&](const Unit &U) {
    return xxh3_64bits(StringRef(U.Path).drop_front(Common.size())) % S.Count !=
           S.Index - 1;
  });
}

Error keepPaths(std::vector<Unit> &Units, const std::vector<std::string> &Paths,
                StringRef Database) {
  if (Paths.empty())
    return Error::success();
  std::vector<bool> Keep(Units.size());
  for (const std::string &Path : Paths) {
    std::string Absolute = absolutePath(Path);
    std::optional<GlobPattern> Glob;
    if (Path.find_first_of("*?[{") != std::string::npos) {
      Expected<GlobPattern> G = GlobPattern::create(Absolute);
      if (!G)
        return createStringError("'" + Path + "' is not a usable pattern: " +
                                 toString(G.takeError()));
      Glob = std::move(*G);
    }
    bool Any = false;
    for (size_t I = 0; I < Units.size(); ++I)
      if (isBelow(Units[I].Path, Absolute) ||
          (Glob && Glob->match(Units[I].Path)))
        Any = Keep[I] = true;
    if (!Any)
      return createStringError("no translation unit of '" + Database +
                               "' matches '" + Path +
                               "'; name a source it compiles, a folder, or a "
                               "pattern such as 'src/*.cpp'");
  }
  std::vector<Unit> Kept;
  for (size_t I = 0; I < Units.size(); ++I)
    if (Keep[I])
      Kept.push_back(std::move(Units[I]));
  Units = std::move(Kept);
  return Error::success();
}

Unit unitFromCommand(StringRef Source, std::vector<std::string> Command) {
  Unit U;
  U.Path = absolutePath(Source);
  U.Command.Directory = absolutePath(".");
  U.Command.File = Source.str();
  bool OnlyOptions = Command.empty() || StringRef(Command[0]).starts_with("-");
  if (OnlyOptions) {
    bool C = sys::path::extension(Source) == ".c";
    Command.insert(Command.begin(), C ? "clang" : "clang++");
    Command.push_back(Source.str());
  }
  U.Command.Arguments = std::move(Command);
  return U;
}

} // namespace raddle::cli
