// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which findings are asked for: by check and by changed lines.
#ifndef RADDLE_CLI_FINDINGS_FILTERS_H
#define RADDLE_CLI_FINDINGS_FILTERS_H

#include "cli/findings/Finding.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/GlobPattern.h"
#include <memory>

namespace raddle::cli {

/// A list of globs as clang-tidy's --checks: separated by commas or newlines,
/// '-' takes out, the last one that matches decides, nothing matches the empty
/// list. "*,-raddle-busy-spin" is all but one.
class CheckFilter {
public:
  static llvm::Expected<CheckFilter> create(llvm::StringRef Globs);

  bool enabled(llvm::StringRef Check) const;
  /// Globs that match none of \p Checks: most likely mistyped.
  std::vector<std::string>
  unused(const std::vector<llvm::StringRef> &Checks) const;
  /// Returns how many were taken out.
  size_t apply(std::vector<Finding> &Findings) const;

private:
  struct Item {
    bool Takes; ///< Or takes out.
    /// On the heap, for Glob refers to it.
    std::shared_ptr<const std::string> Text;
    llvm::GlobPattern Glob;
  };
  std::vector<Item> Items;
};

/// Lines that a change adds or touches. A deleted line touches the two around
/// it: taking out an unlock() is a change of what stays.
class ChangedLines {
public:
  /// Reads a unified diff ("git diff", any number of context lines). Its paths
  /// start at the top of the repository; \p Prefix is the project's root below
  /// that, "" or "dir/". Files outside of it are left out. \p Name stands for
  /// the diff in the error.
  static llvm::Expected<ChangedLines> parse(llvm::StringRef Diff,
                                            llvm::StringRef Name,
                                            llvm::StringRef Prefix = "");

  bool contains(const lockorder::Place &Where) const;
  /// The finding's place or any step of a witness is on a changed line: a
  /// change can close a cycle whose other half is what gets reported.
  bool touches(const Finding &F) const;
  /// Returns how many were taken out.
  size_t apply(std::vector<Finding> &Findings) const;

  std::vector<std::string> files() const;

private:
  struct Range {
    unsigned First, Last;
  };
  void add(llvm::StringRef File, unsigned First, unsigned Last);

  llvm::StringMap<std::vector<Range>> Files; ///< Ranges ascend.
};

} // namespace raddle::cli

#endif
