// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Summaries that `raddle extract` wrote, as input of link and report.
#ifndef RADDLE_CLI_COMMANDS_SUMMARYFILES_H
#define RADDLE_CLI_COMMANDS_SUMMARYFILES_H

#include "cli/commands/Common.h"

namespace raddle::cli {

struct SummaryFilesOptions {
  std::vector<std::string> Paths; ///< Summary files, and folders of them.
  std::string Checks, Root, ConfigFile;
  bool PartOfProgram = false;
};

/// Reads and links. A file that is no usable summary becomes a FailedUnit with
/// its name; the rest is analysed. Errors are those of usage.
llvm::Expected<Results> linkFiles(const SummaryFilesOptions &Options,
                                  const Invocation &Call);

} // namespace raddle::cli

#endif
