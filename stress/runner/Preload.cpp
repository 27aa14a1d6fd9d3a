// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Preload.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <cstdlib>
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

StringRef environmentOptions() {
  const char *Own = std::getenv("RADDLE_OPTIONS");
  return Own ? Own : "";
}

namespace {

/// Of sanitizers, of test frameworks, of libc and of OpenMP. Not those of
/// people and their machines, as replay files are passed on.
constexpr StringRef KeptNames[] = {"TSAN_OPTIONS",
                                   "ASAN_OPTIONS",
                                   "UBSAN_OPTIONS",
                                   "LSAN_OPTIONS",
                                   "MSAN_OPTIONS",
                                   "LANG",
                                   "TZ",
                                   "GLIBC_TUNABLES",
                                   "MALLOC_CONF",
                                   "MALLOC_ARENA_MAX",
                                   "LD_LIBRARY_PATH"};
constexpr StringRef KeptPrefixes[] = {"GTEST_", "LC_", "OMP_"};

} // namespace

std::vector<std::pair<std::string, std::string>>
keptEnvironment(ArrayRef<std::string> Named) {
  std::vector<std::pair<std::string, std::string>> Result;
  for (char **Each = environ; *Each; ++Each) {
    auto [Name, Value] = StringRef(*Each).split('=');
    if (is_contained(KeptNames, Name) || is_contained(Named, Name) ||
        any_of(KeptPrefixes,
               [&, &Of = Name](StringRef P) { return Of.starts_with(P); }))
      Result.emplace_back(Name.str(), Value.str());
  }
  llvm::sort(Result);
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
