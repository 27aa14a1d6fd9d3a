// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One frontend run over one translation unit: parse, extract, file checks.
#ifndef RADDLE_CHECKERS_FRAMEWORK_FRONTENDRUN_H
#define RADDLE_CHECKERS_FRAMEWORK_FRONTENDRUN_H

#include "checkers/extract/Extract.h"
#include "llvm/Support/Error.h"

namespace raddle::checkers {

/// A command of the compile database, ready to parse with.
struct CompileCommand {
  std::string Directory;
  std::string File; ///< As the command names it.
  /// argv, with the compiler first; `@response` files not yet expanded.
  std::vector<std::string> Arguments;
};

struct FrontendOptions {
  ExtractOptions Extract;
  /// Enabled file checks, as a clang-tidy glob list; empty: none.
  std::string FileChecks;
  /// Options of the file checks: "raddle-check.Option" and its value.
  std::vector<std::pair<std::string, std::string>> CheckOptions;
  /// From --extra-arg and --extra-arg-before.
  std::vector<std::string> ExtraArguments, ExtraArgumentsBefore;
};

struct UnitResult {
  model::TUSummary Summary;
  /// Absolute, deduplicated, sorted: every file the run read.
  std::vector<std::string> Dependencies;
  /// Compile errors, each "file:line:col: text"; the summary holds what could
  /// be parsed all the same.
  std::vector<std::string> Errors;
};

/// Parses and extracts. Bodies of functions in system headers are skipped,
/// warnings are off, options that only gcc knows are dropped. Fails only where
/// nothing could be parsed (no such file, no usable command line).
/// Not reentrant with respect to the working directory: uses a file system
/// view of its own.
llvm::Expected<UnitResult> runFrontend(const CompileCommand &Command,
                                       const FrontendOptions &Options);

} // namespace raddle::checkers

#endif
