// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Deadlocks of a program that still runs.
#ifndef RADDLE_CLI_COMMANDS_LIVEDEADLOCKS_H
#define RADDLE_CLI_COMMANDS_LIVEDEADLOCKS_H

#include "cli/commands/Traces.h"
#include "cli/run/Launch.h"
#include <chrono>
#include <map>
#include <set>

namespace raddle::cli {

/// Prints each deadlock when it happens: the program may hang until somebody
/// stops it.
class LiveDeadlocks {
public:
  LiveDeadlocks(const TraceFolder &Folder, llvm::StringRef Prefix,
                const Results &Empty, bool Colour)
      : Begin(Folder.path() + "/" + Prefix.str()), Folder(Folder), Empty(Empty),
        Colour(Colour) {}

  /// To be called over and over while it runs; reads at a pace of its own.
  void look();
  /// Fingerprints of what was printed.
  const std::set<std::string> &printed() const { return Printed; }

private:
  void look(const std::string &File);

  std::string Begin;
  const TraceFolder &Folder;
  const Results &Empty;
  bool Colour;
  std::chrono::steady_clock::time_point Next;
  std::map<std::string, size_t> Known;
  std::set<std::string> Printed;
};

} // namespace raddle::cli

#endif
