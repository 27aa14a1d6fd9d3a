// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The line that says how far a long run is. Only on a terminal.
#ifndef RADDLE_CLI_EXECUTE_PROGRESS_H
#define RADDLE_CLI_EXECUTE_PROGRESS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

namespace raddle::cli {

class Progress {
public:
  /// Writes to \p Out only if \p Show.
  Progress(llvm::raw_ostream &Out, bool Show) : Out(Out), Show(Show) {}
  ~Progress() { clear(); }

  void start(size_t Total);
  /// One more is done.
  void step(llvm::StringRef What);
  /// Any line, in place of the last one.
  void show(llvm::StringRef Line);
  /// Takes the line away, so that something else can be written.
  void clear();

  /// "[12/40] 4.5/s, 6 s left  src/a.cpp", cut to \p Width.
  static std::string line(size_t Done, size_t Total, double Seconds,
                          llvm::StringRef What, size_t Width);

private:
  llvm::raw_ostream &Out;
  bool Show, Shown = false;
  size_t Done = 0, Total = 0;
  std::chrono::steady_clock::time_point Begin;
};

/// Standard error is a terminal that understands control sequences.
bool progressWanted();

} // namespace raddle::cli

#endif
