// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a program with the runtime preloaded and collects its traces.
#ifndef RADDLE_CLI_RUN_LAUNCH_H
#define RADDLE_CLI_RUN_LAUNCH_H

#include "cli/run/Program.h"
#include "cli/trace/TraceReader.h"
#include <chrono>
#include <functional>

namespace raddle::cli {

/// A folder for traces: the user's, or one that goes away in the end.
class TraceFolder {
public:
  /// Empty \p Wanted: a temporary one.
  static llvm::Expected<TraceFolder> open(llvm::StringRef Wanted);
  TraceFolder(TraceFolder &&Other) noexcept;
  ~TraceFolder();
  const std::string &path() const { return Path; }
  bool isTemporary() const { return Temporary; }
  /// All traces in it, sorted by name.
  std::vector<std::string> files() const;

private:
  TraceFolder() = default;
  std::string Path;
  bool Temporary = false;
};

struct LaunchOptions {
  std::string Runtime; ///< Path of libraddle_rt.so.
  /// RADDLE_OPTIONS without the trace, "leaks=1:grace_ms=100".
  std::string Options;
  /// Of the traces: a folder, and how their names begin.
  std::string TraceFolder, TracePrefix;
  /// How often every observed process takes a snapshot of its tasks; 0: never.
  std::chrono::milliseconds SnapshotEvery{0};
  /// A signal to ourselves that asks for one; 0: none. The program's own signals
  /// are left alone.
  int SnapshotSignal = 0;
  /// Called now and then while the program runs, and once afterwards.
  std::function<void()> Meanwhile;
};

/// Runs \p P and waits. Interrupts from the keyboard are the program's; a
/// request to terminate is passed on to it. Returns its exit code, or 128 + the
/// signal that ended it.
llvm::Expected<int> launch(const Program &P,
                           const std::vector<std::string> &Arguments,
                           const LaunchOptions &Options);

} // namespace raddle::cli

#endif
