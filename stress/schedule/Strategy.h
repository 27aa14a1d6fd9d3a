// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A scheduler: which thread takes the next step. One small file for each, none
// of which knows threads, locks or logs. Called by the thread that has control,
// never by two at once. Runs in the program under test: libc only, no memory of
// the host's.
#ifndef RADDLE_STRESS_SCHEDULE_STRATEGY_H
#define RADDLE_STRESS_SCHEDULE_STRATEGY_H

#include "stress/log/RunLog.h"

namespace raddle::stress {

struct Expectation;

/// What a thread will do when it is let run.
struct Step {
  uint32_t Thread;
  Op Kind;
  bool Writes;     ///< Changes Object; two steps on one object of which one
                   ///< writes do not commute.
  bool TimesOut;   ///< A wait that would end by its time limit.
  uint32_t Object; ///< 0: none.
  uint64_t Place;  ///< Hash of module and offset: equal in every run.
  uint64_t Clock;  ///< The thread's events so far.
};

struct StrategySettings {
  uint64_t Seed;
  unsigned Depth;         ///< PCT's d.
  uint64_t ExpectedSteps; ///< Points of earlier runs; 0: not known.
  unsigned ExpectedThreads;
  const Expectation *Known; ///< Of earlier runs, in detail; null: nothing.
};

class Strategy {
public:
  virtual void begin(const StrategySettings &S) = 0;
  /// \p Thread exists now; \p Parent 0: the main thread.
  virtual void created(uint32_t Thread, uint32_t Parent) {}
  virtual void ended(uint32_t Thread) {}
  /// Index of the step to take, of \p Count >= 1, sorted by thread.
  /// \p Current: index of the thread that ran last, or -1 if it cannot go on.
  virtual unsigned choose(const Step *Enabled, unsigned Count, int Current) = 0;
  /// \p Taken was chosen and is about to be executed.
  virtual void taken(const Step &Taken) {}
  /// \p Taken is about to be executed, and nobody was asked.
  virtual void passed(const Step &Taken) {}

protected:
  ~Strategy() = default;
};

/// By its name in the option "schedule"; null: there is none of that name.
Strategy *findStrategy(const char *Name);

} // namespace raddle::stress

#endif
