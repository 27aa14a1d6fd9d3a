// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program that is to be run under the runtime: where it is, and whether a
// library can be preloaded into it.
#ifndef RADDLE_CLI_RUN_PROGRAM_H
#define RADDLE_CLI_RUN_PROGRAM_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace raddle::cli {

struct Program {
  std::string Path;
  bool IsScript = false; ///< Its interpreter is what is observed.
  /// Shared libraries that must come before ours: AddressSanitizer's runtime
  /// refuses to start when it is not the first one.
  std::vector<std::string> First;
};

/// Finds \p Name as a shell does. Fails, saying what to do, if it is not there,
/// or if nothing can be preloaded: statically linked, of another machine, or
/// with more rights than its caller.
llvm::Expected<Program> findProgram(llvm::StringRef Name);

/// Path of libraddle_rt.so, which lies beside the running program.
llvm::Expected<std::string> runtimeLibrary(llvm::StringRef OwnProgram);
/// Path of libraddle_stress.so, which access points call. It lies beside
/// \p Runtime.
std::string accessPointLibrary(llvm::StringRef Runtime);

} // namespace raddle::cli

#endif
