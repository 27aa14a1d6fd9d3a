// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Summaries and link results of earlier runs, in a folder of files:
//   units/<key>      what a unit's extraction read, and its summary's address
//   summaries/<address>
//   results/<key>
// Files are only ever replaced as a whole and carry a checksum, so a killed
// run, two runs at once or a damaged file cost at most a second extraction.
// Not for use from several threads at once.
#ifndef RADDLE_CLI_EXECUTE_CACHE_H
#define RADDLE_CLI_EXECUTE_CACHE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace raddle::cli {

/// 32 hex digits that stand for \p Text.
std::string cacheKey(llvm::StringRef Text);

class Cache {
public:
  /// Makes the folders. Empty \p Folder: a cache that holds nothing.
  static llvm::Expected<Cache> open(llvm::StringRef Folder);

  bool enabled() const { return !Folder.empty(); }

  /// Address of the summary of the unit \p Key, if everything it was made from
  /// is unchanged. Costs a stat per file read, once per file and run.
  std::optional<std::string> findUnit(llvm::StringRef Key);
  std::optional<std::string> readSummary(llvm::StringRef Address);

  /// \p StartedNs: when its extraction started, as a file time; what was
  /// changed after that is not what the unit read, and nothing is stored.
  void storeUnit(llvm::StringRef Key, llvm::StringRef Summary,
                 llvm::StringRef Address,
                 llvm::ArrayRef<std::string> Dependencies, int64_t StartedNs);

  std::optional<std::string> readResult(llvm::StringRef Key);
  void storeResult(llvm::StringRef Key, llvm::StringRef Bytes);

  /// Hash of a program's content; remembered by its size and time.
  std::string programIdentity(llvm::StringRef Path);

  /// Takes out what no unit refers to any more; at most once a day.
  void trim();

  /// Now, as file times count.
  static int64_t now();

private:
  struct FileState {
    bool Exists = false;
    uint64_t Size = 0;
    int64_t Modified = 0;
    std::optional<uint64_t> Content;
  };
  struct Dependency {
    std::string Path;
    uint64_t Size = 0;
    int64_t Modified = 0;
    uint64_t Content = 0;
  };
  struct UnitEntry {
    std::string Address;
    std::vector<Dependency> Files;
  };

  FileState &state(llvm::StringRef Path);
  uint64_t content(llvm::StringRef Path, FileState &State);
  std::string place(llvm::StringRef Kind, llvm::StringRef Name) const;
  void writeUnit(llvm::StringRef Key, const UnitEntry &Entry);
  std::optional<UnitEntry> readUnit(llvm::StringRef Key);

  std::string Folder;
  llvm::StringMap<FileState> States;
  bool Stored = false;
};

} // namespace raddle::cli

#endif
