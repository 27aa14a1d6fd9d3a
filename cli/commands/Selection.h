// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which translation units are meant.
#ifndef RADDLE_CLI_COMMANDS_SELECTION_H
#define RADDLE_CLI_COMMANDS_SELECTION_H

#include "cli/execute/CompileDatabase.h"

namespace raddle::cli {

/// One of several machines: unit number Index of each Count, from 1.
struct Shard {
  unsigned Index = 1, Count = 1;
};

/// "2/5".
llvm::Expected<Shard> parseShard(llvm::StringRef Text);

/// Units in this shard: by a hash of their source, so that a new file moves no
/// other.
void keepShard(std::vector<Unit> &Units, const Shard &S);

/// Keeps the units that some of \p Paths means: a source, a folder, or a glob
/// over absolute paths or paths below the working directory. One that means
/// none is an error.
llvm::Error keepPaths(std::vector<Unit> &Units,
                      const std::vector<std::string> &Paths,
                      llvm::StringRef Database);

/// The unit of CMake's CMAKE_CXX_CLANG_TIDY: `source -- compiler args`. Only
/// options behind "--" are fine too.
Unit unitFromCommand(llvm::StringRef Source, std::vector<std::string> Command);

} // namespace raddle::cli

#endif
