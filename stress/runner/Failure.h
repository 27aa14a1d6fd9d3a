// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether a run failed, and how: what campaigns group by, what a replay has to
// bring again, and what minimising has to keep.
#ifndef RADDLE_STRESS_RUNNER_FAILURE_H
#define RADDLE_STRESS_RUNNER_FAILURE_H

#include "stress/runner/FailureText.h"
#include "stress/runner/Run.h"
#include "stress/runner/SanitizerReport.h"
#include <optional>

namespace raddle::stress {

struct Failure {
  /// "deadlock", "lost wake-up", "livelock", "step limit", "timeout",
  /// "assertion", "uncaught exception", "heap corruption", "test failure",
  /// "signal SIGSEGV", "exit code 3", or a sanitizer's kind: "data race".
  std::string Kind;
  std::string Key;  ///< Equal for the same failure of other runs.
  std::string Says; ///< One line.
  std::optional<SanitizerReport> Report;
  std::optional<FailureText> Text;
};

/// What went wrong in \p R; empty: nothing. The first one is the worst: what
/// the scheduler saw, then sanitizer reports, then what the program said, then
/// how it ended. Several only where there are several reports, each key once.
///
/// Deadlocks are told apart by where threads wait: that takes a run with
/// WantRecords; without, all have the same key.
std::vector<Failure> failuresOf(const RunResult &R);

/// "exit code 3", "signal SIGSEGV"; empty: it ended well.
std::string statusText(int Status);

/// Among \p Failures is the one that \p Kind and \p Key stand for.
bool isAmong(const std::vector<Failure> &Failures, llvm::StringRef Kind,
             llvm::StringRef Key);

} // namespace raddle::stress

#endif
