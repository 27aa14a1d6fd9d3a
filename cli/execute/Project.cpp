// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/execute/Project.h"
#include "cli/execute/Files.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace raddle::cli {

namespace {

/// The nearest folder from \p Folder upward that has \p Name, or "".
std::string upward(StringRef Folder, StringRef Name) {
  SmallString<256> Path(Folder);
  while (!Path.empty()) {
    SmallString<256> Candidate(Path);
    sys::path::append(Candidate, Name);
    if (sys::fs::exists(Candidate))
      return std::string(Path);
    if (!sys::path::has_parent_path(Path) ||
        sys::path::parent_path(Path) == Path.str())
      break;
    sys::path::remove_filename(Path);
  }
  return "";
}

std::string sourceFolderOfCMake(StringRef BuildDirectory) {
  Expected<std::string> Text =
      readFile((BuildDirectory + "/CMakeCache.txt").str());
  if (!Text) {
    consumeError(Text.takeError());
    return "";
  }
  StringRef Rest = *Text;
  while (!Rest.empty()) {
    auto [Line, Next] = Rest.split('\n');
    if (Line.consume_front("CMAKE_HOME_DIRECTORY:INTERNAL="))
      return Line.rtrim("\r/").str();
    Rest = Next;
  }
  return "";
}

} // namespace

std::string commonFolder(ArrayRef<std::string> Files) {
  if (Files.empty())
    return "";
  SmallString<256> Common(sys::path::parent_path(Files[0]));
  for (const std::string &File : Files)
    while (!isBelow(File, Common) && sys::path::has_parent_path(Common) &&
           sys::path::parent_path(Common) != Common.str())
      sys::path::remove_filename(Common);
  return std::string(Common);
}

Project findProject(ArrayRef<Unit> Units, StringRef BuildDirectory) {
  std::vector<std::string> Own, All;
  for (const Unit &U : Units) {
    All.push_back(U.Path);
    if (BuildDirectory.empty() || !isBelow(U.Path, BuildDirectory))
      Own.push_back(U.Path);
  }
  std::string Common = commonFolder(Own.empty() ? All : Own);
  std::string CMake = BuildDirectory.empty()
                          ? std::string()
                          : sourceFolderOfCMake(BuildDirectory);
  // A project whose sources share nothing but the file system's root is
  // looked for where CMake says it is.
  if (Common == "/" && !CMake.empty())
    Common = CMake;
  Project Result;
  if (std::string Folder = upward(Common, ".raddle.yaml"); !Folder.empty()) {
    Result.Root = Folder;
    Result.Config = Folder + (Folder == "/" ? "" : "/") + ".raddle.yaml";
    return Result;
  }
  std::string Git = upward(Common, ".git");
  if (!Git.empty())
    Result.Root = Git;
  else if (!CMake.empty() && isBelow(Common, CMake))
    Result.Root = CMake;
  else
    Result.Root = Common;
  return Result;
}

} // namespace raddle::cli
