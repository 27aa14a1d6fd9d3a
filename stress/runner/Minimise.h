// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a schedule that fails to one that still does with the fewest
// preemptions: those are what has to be explained.
#ifndef RADDLE_STRESS_RUNNER_MINIMISE_H
#define RADDLE_STRESS_RUNNER_MINIMISE_H

#include "stress/runner/ReplayFile.h"
#include <chrono>
#include <functional>

namespace raddle::stress {

/// What came of one run that was told to follow a schedule as far as it goes.
struct Attempt {
  bool Fails = false; ///< In the way that is looked for.
  /// That were made in it, in order; a run that has exactly these is the same.
  std::vector<ScheduleSwitch> Made;
  std::vector<RunSwitchRecord::Reason> Why; ///< Of each of Made.
  uint64_t Events = 0, Hash = 0;
  /// Places in the program, the same in every run: of each of Made, and of the
  /// events in order. May be empty: where is not known.
  std::vector<uint64_t> Places;
  struct Event {
    uint32_t Thread;
    uint64_t Clock, Place;
  };
  std::vector<Event> Course;

  uint64_t preemptions() const;
};

/// From a run with records.
Attempt attemptOf(const RunResult &R, bool Fails);

struct MinimiseLimits {
  unsigned Runs = 1000;
  std::chrono::milliseconds Time{30000};
};

struct Minimised {
  Attempt Best; ///< Best.Made is its schedule, to be followed strictly.
  unsigned Runs = 0;
  uint64_t PreemptionsBefore = 0;
  /// No single switch can be left out; else a limit came first.
  bool Complete = false;
};

/// \p Failed: the run that is to be made smaller. \p Try runs a schedule
/// leniently: a switch that cannot be made is passed over. \p Progress is told
/// how many runs were made and how many preemptions are left.
llvm::Expected<Minimised>
minimise(const Attempt &Failed,
         const std::function<
             llvm::Expected<Attempt>(const std::vector<ScheduleSwitch> &)> &Try,
         const MinimiseLimits &Limits,
         const std::function<void(unsigned, uint64_t)> &Progress = {});

} // namespace raddle::stress

#endif
