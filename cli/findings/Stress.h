// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a stress campaign brings, as the writers need it: the part "stress" of
// docs/formats/report-data.md. Indices are into RunTime::Stacks, or the list
// they stand in.
#ifndef RADDLE_CLI_FINDINGS_STRESS_H
#define RADDLE_CLI_FINDINGS_STRESS_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace raddle::cli {

/// One test (or a whole program) in one way of running it.
struct StressTest {
  std::string Name;     ///< "Suite.Test", or empty: the whole program.
  std::string Program;  ///< File name.
  std::string Build;    ///< "plain", "points", "tsan", "asan".
  std::string Strategy; ///< "jitter", "pct", ...; "portfolio".
  uint64_t Runs = 0, Failures = 0;
  double Seconds = 0;
  /// 95 % bound on the rate of failing, if none failed; else the rate's own
  /// upper bound.
  double Bound = 1;
  /// Chance at least that a bug of that depth would have been met; 0: no bound.
  double DepthBound = 0;
  unsigned Depth = 0;
  uint64_t Points = 0; ///< Places that were met as points, over all runs.
  bool Flaky = false;  ///< Some runs failed and some did not.
};

struct TimelineLane {
  std::string Thread;               ///< "thread 2 (worker)"
  std::optional<uint32_t> Creation; ///< Stack.
};

struct TimelineStep {
  uint32_t Lane = 0;
  uint64_t Before = 0; ///< Steps of the run left out just before this one.
  std::string Does;    ///< "write", "lock", "wait": the op's name.
  std::string Object;  ///< "queue.mutex_", "int at Queue::size_", or a number.
  std::optional<uint32_t> Stack; ///< Where.
  bool Preempted = false;        ///< The thread was stopped before this step.
  /// It was stopped after this step, though it could have gone on: the next
  /// step is another thread's. Says it also of a thread that takes no further
  /// step, which Preempted cannot.
  bool Stopped = false;
  bool Key = false;  ///< One that the failure needs: explained in Words.
  std::string Words; ///< "is stopped here after it read size_"
};

/// A lock that is held from one step to another; End absent: to the end.
struct TimelineHold {
  uint32_t Lane = 0;
  std::string Lock;
  uint32_t Begin = 0;
  std::optional<uint32_t> End;
};

struct Timeline {
  std::vector<TimelineLane> Lanes;
  std::vector<TimelineStep> Steps; ///< In order of execution.
  uint64_t Left = 0; ///< Steps of the run that are not shown, wherever.
  std::vector<TimelineHold> Holds;
  /// The schedule as an explanation, a sentence for each part.
  std::vector<std::string> Story;
};

/// A group of failures that are the same; belongs to the finding with the same
/// fingerprint.
struct StressFailure {
  std::string Fingerprint;
  std::string Kind; ///< "deadlock", "assertion", "data race", "timeout", ...
  /// What went wrong, as a sentence: the assertion's text, who waits for whom.
  std::string Says;
  std::optional<uint32_t> Test; ///< Into Tests: where it was met first.
  uint64_t Count = 0;           ///< Runs that failed so.
  std::string Seed, Strategy;
  std::string Replay; ///< The command that makes it come again.
  /// Jitter only steers: of so many runs with this seed, so many failed. No
  /// runs: the schedule is controlled, and it comes again each time.
  uint64_t SeedRuns = 0, SeedFailures = 0;
  uint64_t Preemptions = 0, PreemptionsBefore = 0; ///< Minimised, and at first.
  std::string Output; ///< Of the first run that failed so.
  std::optional<Timeline> Line;
};

struct StressView {
  std::string Command;
  double Seconds = 0;
  uint64_t Runs = 0, Failed = 0;
  std::vector<StressTest> Tests;
  std::vector<StressFailure> Failures;
};

} // namespace raddle::cli

#endif
