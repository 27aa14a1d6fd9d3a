// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Results from the traces of observed programs.
#ifndef RADDLE_CLI_COMMANDS_TRACES_H
#define RADDLE_CLI_COMMANDS_TRACES_H

#include "cli/commands/Common.h"
#include "cli/trace/TraceReader.h"

namespace raddle::cli {

/// What is found in \p Traces, joined with \p Known, the results of `raddle
/// lint` on the same sources, or empty. What is wrong in the traces is printed
/// as warnings.
Results traceResults(const std::vector<Trace> &Traces, Results Known);

/// The project of the working directory: root, its name, and the command.
Results emptyResults(const Invocation &Call, llvm::StringRef Root = "");

} // namespace raddle::cli

#endif
