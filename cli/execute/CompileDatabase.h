// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// compile_commands.json: which translation units there are and how each is
// compiled.
#ifndef RADDLE_CLI_EXECUTE_COMPILEDATABASE_H
#define RADDLE_CLI_EXECUTE_COMPILEDATABASE_H

#include "checkers/framework/FrontendRun.h"

namespace raddle::cli {

/// A translation unit: a source and one way to compile it.
struct Unit {
  checkers::CompileCommand Command;
  std::string Path; ///< Absolute path of the source, without "..".
  /// Empty for the first command of a source, "2", "3"... for others.
  std::string Configuration;
};

struct CompileDatabase {
  std::string File;      ///< Absolute.
  std::string Directory; ///< The build directory that it is in.
  std::vector<Unit> Units;
};

/// Finds the database: \p Given is what -p says (a folder or a file), or empty
/// to look in the working directory, its `build`, and the folders above.
llvm::Expected<std::string> findDatabase(llvm::StringRef Given);

/// Reads it. Equal commands of one source are one unit. Every error says which
/// entry is meant. Whether the sources exist is not looked at.
llvm::Expected<CompileDatabase> readDatabase(llvm::StringRef File);

/// The same from text; \p File is for errors and relative directories.
llvm::Expected<CompileDatabase> parseDatabase(llvm::StringRef Text,
                                              llvm::StringRef File);

} // namespace raddle::cli

#endif
