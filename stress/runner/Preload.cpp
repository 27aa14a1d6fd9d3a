// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Preload.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <unistd.h>
#include <utility>

using namespace llvm;

namespace raddle::stress {

namespace {
bool isSplit(StringRef Path) {
  return Path.find_first_of(" :\t\n") != StringRef::npos;
}
} // namespace

Expected<PreloadPath> PreloadPath::of(const std::string &Library) {
  PreloadPath Result;
  Result.Path = Library;
  if (!isSplit(Library))
    return Result;
  SmallString<128> Folder;
  std::error_code Code = sys::fs::createUniqueDirectory("raddle", Folder);
  if (!Code) {
    Result.Folder = std::string(Folder);
    Result.Path = (Folder + "/" + sys::path::filename(Library)).str();
    Code = sys::fs::create_link(Library, Result.Path);
  }
  if (Code || isSplit(Result.Path))
    return createStringError(
        "'" + Library +
        "' cannot be preloaded, because its path holds a blank or a colon; "
        "set TMPDIR to a folder without, for a link to it");
  return Result;
}

PreloadPath::PreloadPath(PreloadPath &&Other) noexcept
    : Path(std::move(Other.Path)),
      Folder(std::exchange(Other.Folder, std::string())) {}

PreloadPath::~PreloadPath() {
  if (!Folder.empty())
    sys::fs::remove_directories(Folder);
}

std::vector<std::string> preloadEnvironment(ArrayRef<std::string> Libraries,
                                            StringRef Options) {
  std::string Preload, Ours;
  for (const std::string &Library : Libraries)
    Preload += (Preload.empty() ? "" : ":") + Library;
  std::vector<std::string> Result;
  for (char **Each = environ; *Each; ++Each) {
    StringRef Entry = *Each;
    if (Entry.consume_front("LD_PRELOAD=")) {
      if (!Entry.empty())
        Preload += (Preload.empty() ? "" : ":") + Entry.str();
    } else if (Entry.consume_front("RADDLE_OPTIONS=")) {
      if (!Entry.empty())
        Ours += Entry.str() + ":";
    } else {
      Result.push_back(Entry.str());
    }
  }
  if (!Preload.empty())
    Result.push_back("LD_PRELOAD=" + Preload);
  Result.push_back("RADDLE_OPTIONS=" + Ours + Options.str());
  return Result;
}

std::vector<char *> pointers(const std::vector<std::string> &Texts) {
  std::vector<char *> Result;
  for (const std::string &Text : Texts)
    Result.push_back(const_cast<char *>(Text.c_str()));
  Result.push_back(nullptr);
  return Result;
}

} // namespace raddle::stress
