// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What several commands share.
#ifndef RADDLE_CLI_COMMANDS_COMMON_H
#define RADDLE_CLI_COMMANDS_COMMON_H

#include "cli/commands/Commands.h"
#include "cli/execute/Config.h"
#include "cli/findings/Filters.h"
#include "cli/output/Writers.h"
#include "lockorder/link/Link.h"

namespace raddle::cli {

/// Prints "raddle: error: ..." and gives ExitUsage.
int usageError(llvm::Error E);
int usageError(const llvm::Twine &Text);
void warn(const llvm::Twine &Text);

/// Which checks run, from raddle's defaults, the configuration and --checks. A
/// list that starts with '-' changes what is enabled so far, any other
/// replaces it. A name in \p Option that no check has is an error.
llvm::Expected<CheckFilter> chosenChecks(const Config &C,
                                         llvm::StringRef Option);
/// Ids of the enabled checks of \p Kind ("file" or "program").
std::vector<std::string> enabledChecks(const CheckFilter &Filter,
                                       llvm::StringRef Kind);
lockorder::LinkOptions linkOptions(const CheckFilter &Filter,
                                   bool WholeProgram);

/// Reads \p File, if not empty.
llvm::Expected<Config> loadConfig(llvm::StringRef File);

/// Drops findings that HeaderFilterRegex leaves out (those in \p MainFiles
/// stay) and raises those of WarningsAsErrors.
llvm::Error applyConfig(const Config &C,
                        const std::vector<std::string> &MainFiles,
                        std::vector<Finding> &Findings);

/// "note", "warning", "error" or "none"; the latter is no level.
llvm::Expected<std::optional<lockorder::Level>> failLevel(llvm::StringRef Name);

/// ExitIncomplete, ExitFindings or ExitClean.
int exitCode(const Results &R, std::optional<lockorder::Level> FailOn);

/// "1 file", "2 files".
std::string howMany(uint64_t Count, llvm::StringRef Noun);

/// Path of the running program.
std::string ownProgram();
/// Folder of the viewer's report.html, or "".
std::string viewerFolder();

} // namespace raddle::cli

#endif
