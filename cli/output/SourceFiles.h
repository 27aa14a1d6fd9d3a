// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lines of the sources that findings name. A source that cannot be read, or
// that has changed since, yields no lines; that is nobody's error.
#ifndef RADDLE_CLI_OUTPUT_SOURCEFILES_H
#define RADDLE_CLI_OUTPUT_SOURCEFILES_H

#include "lockorder/link/Diagnosis.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include <optional>

namespace raddle::cli {

/// Reads each file once, at first use. Lines live as long as this does.
class SourceFiles {
public:
  explicit SourceFiles(llvm::StringRef Root) : Root(Root.str()) {}

  /// Without its end. \p Line counts from 1.
  std::optional<llvm::StringRef> line(llvm::StringRef File, unsigned Line);
  /// None also if the line has no such column.
  std::optional<llvm::StringRef> line(const lockorder::Place &Where);
  unsigned lines(llvm::StringRef File);

  /// Columns of a Place count bytes; editors, SARIF and JavaScript count
  /// UTF-16 units. Unchanged where the source is not at hand.
  lockorder::Place inUtf16(lockorder::Place Where);

private:
  struct Source {
    std::unique_ptr<llvm::MemoryBuffer> Buffer;
    std::vector<llvm::StringRef> Lines;
  };
  const Source &source(llvm::StringRef File);

  std::string Root;
  llvm::StringMap<Source> Sources;
};

} // namespace raddle::cli

#endif
