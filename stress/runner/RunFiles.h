// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The files of a ProgramRunner: what the program prints, and its run log. They
// are read and never mapped: a program that cuts its log short costs us the
// log, and not a signal.
#ifndef RADDLE_STRESS_RUNNER_RUNFILES_H
#define RADDLE_STRESS_RUNNER_RUNFILES_H

#include "stress/runner/Run.h"

namespace raddle::stress {

/// The same three files for all runs of a runner; one run at a time.
class RunFiles {
public:
  /// Makes them in \p Folder, which is there; the log with room for \p
  /// LogBytes. Fails, naming the file, where that cannot be.
  static llvm::Expected<RunFiles> open(const std::string &Folder,
                                       uint64_t LogBytes);
  RunFiles(RunFiles &&Other) noexcept;
  ~RunFiles();

  /// Before a run: empty outputs, a fresh head.
  llvm::Error reset();
  /// After it: Out, Err, Log, and Records if \p WithRecords. A broken log is
  /// told of by Trouble.
  void read(bool WithRecords, RunResult &Into) const;

  /// Head and records.
  llvm::Expected<std::string> log() const;

  int out() const { return Out; }
  int err() const { return Err; }
  const std::string &logPath() const { return LogPath; }

private:
  RunFiles() = default;
  bool readHead(RunLogHead &Head) const;
  std::string LogPath;
  uint64_t LogBytes = 0;
  int Out = -1, Err = -1, Log = -1;
};

} // namespace raddle::stress

#endif
