// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NOLINT, NOLINTNEXTLINE, NOLINTBEGIN and NOLINTEND comments, read as
// clang-tidy reads them.
#ifndef RADDLE_CHECKERS_EXTRACT_NOLINT_H
#define RADDLE_CHECKERS_EXTRACT_NOLINT_H

#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include <map>

namespace raddle::checkers {

/// Checks that work on the linked program, and so ask at link time whether a
/// place is silenced.
llvm::ArrayRef<llvm::StringRef> programChecks();

/// Line -> names of program checks silenced there, comma separated, "*" for
/// all. Only lines that silence something are in it.
std::map<unsigned, std::string> silencedLines(llvm::StringRef Text);

/// The tables of a translation unit's files, made on first use.
class NoLintTable {
public:
  explicit NoLintTable(const clang::SourceManager &Sources)
      : Sources(Sources) {}
  /// Empty where nothing is silenced.
  llvm::StringRef silenced(clang::FileID File, unsigned Line);

private:
  const clang::SourceManager &Sources;
  llvm::DenseMap<clang::FileID, std::map<unsigned, std::string>> Files;
};

} // namespace raddle::checkers

#endif
