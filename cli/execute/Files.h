// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading and replacing files, with errors for people.
#ifndef RADDLE_CLI_EXECUTE_FILES_H
#define RADDLE_CLI_EXECUTE_FILES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace raddle::cli {

/// The file's bytes; the error names it.
llvm::Expected<std::string> readFile(llvm::StringRef Path);

/// Writes beside \p Path, then renames: readers see the old content or the
/// new, also when the writer is killed half-way.
llvm::Error replaceFile(llvm::StringRef Path, llvm::StringRef Bytes);

/// \p Path made absolute (against \p Directory, or the working directory) and
/// without "." and "..".
std::string absolutePath(llvm::StringRef Path, llvm::StringRef Directory = "");

/// \p Path relative to \p Root where it is below it; else as it is.
std::string relativeTo(llvm::StringRef Path, llvm::StringRef Root);

/// \p Path is \p Folder or below it.
bool isBelow(llvm::StringRef Path, llvm::StringRef Folder);

/// As a shell would need it to be typed.
std::string shellQuoted(llvm::StringRef Argument);

/// The one of \p Known that \p Name is most likely meant to be, or "".
std::string nearest(llvm::StringRef Name, llvm::ArrayRef<std::string> Known);

} // namespace raddle::cli

#endif
