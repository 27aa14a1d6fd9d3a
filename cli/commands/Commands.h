// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function per command: adds itself to the program's options. What a
// chosen command returns is the exit code.
#ifndef RADDLE_CLI_COMMANDS_COMMANDS_H
#define RADDLE_CLI_COMMANDS_COMMANDS_H

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace raddle::cli {

inline constexpr int ExitClean = 0, ExitFindings = 1, ExitUsage = 2,
                     ExitIncomplete = 3;
/// A program was run, and something was seen. Not ExitFindings, which programs
/// often end with themselves.
inline constexpr int ExitSeen = 23;

/// What a command is told besides its own options.
struct Invocation {
  std::string Typed; ///< The command line, quoted as a shell needs it.
  /// What stood behind "--".
  std::vector<std::string> Behind;
  bool HasBehind = false;
  /// Runs the chosen command; set while the options are parsed.
  std::function<int()> Run;
};

void addLint(CLI::App &App, Invocation &Call);
void addExtract(CLI::App &App, Invocation &Call);
void addLink(CLI::App &App, Invocation &Call);
void addReport(CLI::App &App, Invocation &Call);
void addExplain(CLI::App &App, Invocation &Call);
void addChecks(CLI::App &App, Invocation &Call);
void addBaseline(CLI::App &App, Invocation &Call);
void addLeaks(CLI::App &App, Invocation &Call);
void addLocks(CLI::App &App, Invocation &Call);
void addStress(CLI::App &App, Invocation &Call);
void addReplay(CLI::App &App, Invocation &Call);
void addProfile(CLI::App &App, Invocation &Call);

} // namespace raddle::cli

#endif
