// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which folder the project is: places are named relative to it.
#ifndef RADDLE_CLI_EXECUTE_PROJECT_H
#define RADDLE_CLI_EXECUTE_PROJECT_H

#include "cli/execute/CompileDatabase.h"

namespace raddle::cli {

struct Project {
  std::string Root;   ///< Absolute.
  std::string Config; ///< .raddle.yaml that applies, or empty.
};

/// The nearest folder, from the sources upward, with .raddle.yaml; else the top
/// of the git work tree; else the folder CMake was given; else the folder that
/// all sources share. Sources that were generated into the build directory
/// have no say unless there are no others.
Project findProject(llvm::ArrayRef<Unit> Units, llvm::StringRef BuildDirectory);

/// The longest folder that holds all \p Files.
std::string commonFolder(llvm::ArrayRef<std::string> Files);

} // namespace raddle::cli

#endif
