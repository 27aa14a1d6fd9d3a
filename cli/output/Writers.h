// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One writer for each output format.
#ifndef RADDLE_CLI_OUTPUT_WRITERS_H
#define RADDLE_CLI_OUTPUT_WRITERS_H

#include "cli/findings/Finding.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace raddle::cli {

enum class Format : uint8_t { Text, Sarif, Json, GitHub, GitLab, JUnit, Html };

struct WriterOptions {
  bool Colour = false; ///< Text only.
  /// Folder with the viewer's report.html; found relative to the executable.
  std::string ViewerTemplate;
};

/// "text", "sarif", "json", "github", "gitlab", "junit", "html".
std::optional<Format> formatFromName(llvm::StringRef Name);
/// By extension: .txt .sarif .json .html .xml (JUnit).
std::optional<Format> formatFromFile(llvm::StringRef File);

/// Writes \p R to \p Out. Fails only where something that the format needs is
/// missing (the viewer's template).
llvm::Error write(Format F, const Results &R, const WriterOptions &Options,
                  llvm::raw_ostream &Out);

} // namespace raddle::cli

#endif
