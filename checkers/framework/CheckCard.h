// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What raddle knows of its own checks: the front matter and text of the pages
// in checkers/checks/*.md, embedded at build time. Needs no Clang.
#ifndef RADDLE_CHECKERS_FRAMEWORK_CHECKCARD_H
#define RADDLE_CHECKERS_FRAMEWORK_CHECKCARD_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace raddle::checkers {

struct CheckCard {
  llvm::StringRef Id;      ///< "raddle-busy-spin"
  llvm::StringRef Summary; ///< One sentence.
  llvm::StringRef Level;   ///< "default" or "strict"
  llvm::StringRef Kind;    ///< "file", "program" or "runtime"
  llvm::StringRef Cwe;     ///< Number, or empty.
  llvm::StringRef Options; ///< Names, comma separated, or empty.
  llvm::StringRef Page;    ///< The page's text, Markdown.
};

/// Sorted by id.
llvm::ArrayRef<CheckCard> allChecks();

/// Null if there is none of that name.
const CheckCard *findCheck(llvm::StringRef Id);

} // namespace raddle::checkers

#endif
