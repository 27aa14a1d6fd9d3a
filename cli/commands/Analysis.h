// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The options with which a build is analysed, and the analysis, for every
// command that starts from a compile database.
#ifndef RADDLE_CLI_COMMANDS_ANALYSIS_H
#define RADDLE_CLI_COMMANDS_ANALYSIS_H

#include "cli/commands/Common.h"
#include "cli/commands/Selection.h"
#include "cli/execute/Pipeline.h"
#include "cli/execute/Project.h"

namespace raddle::cli {

struct AnalysisOptions {
  std::string Build;              ///< -p
  std::vector<std::string> Paths; ///< Sources, folders, globs.
  std::string Checks, ConfigFile, CacheFolder, ShardText;
  std::vector<std::string> ExtraArguments, ExtraArgumentsBefore;
  unsigned Jobs = 0, UnitTimeout = 600, MemoryLimit = 4096;
  bool NoCache = false, Quiet = false;
};

void addAnalysisOptions(CLI::App &Command, AnalysisOptions &Options);

/// Everything that is known before the first unit is parsed.
struct Prepared {
  std::string Database; ///< Empty: the unit came with its command.
  Project Where;
  Config Settings;
  CheckFilter Checks;
  bool WholeProgram = true;
  std::vector<Unit> Units;
  checkers::FrontendOptions Frontend;
  WorkerOptions Workers;
  std::string CacheFolder; ///< Empty: none.
};

/// Every error is one of usage or configuration.
llvm::Expected<Prepared> prepare(const AnalysisOptions &Options,
                                 const Invocation &Call);

/// How a run went, besides its results.
struct Counts {
  size_t Parsed = 0, FromCache = 0;
};

llvm::Expected<Results> analyse(Prepared P, const Invocation &Call,
                                Counts &Counted);

} // namespace raddle::cli

#endif
