// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which orders of two places a run has had, and which none could have had the
// way that its threads went: a wish for those brings nothing new. As RFF
// prefers pairs of a write and a read that are rare or new ("Greybox Fuzzing
// for Concurrency Testing", ASPLOS 2024). Only for the thread that has the
// token.
#ifndef RADDLE_STRESS_SCHEDULE_SEENORDERS_H
#define RADDLE_STRESS_SCHEDULE_SEENORDERS_H

#include "stress/schedule/Strategy.h"

namespace raddle::stress {

class SeenOrders {
public:
  static constexpr unsigned MostPlaces = 8192, MostThreads = 1024;

  /// Each step: who holds which locks from here on.
  void holds(const Step &S);
  /// Before it.
  void taken(uint32_t Place, const Step &S);

  bool holdsAny(uint32_t Thread) const {
    if (Thread > MostThreads)
      return false;
    for (uint32_t Lock : Threads[Thread].Locks)
      if (Lock)
        return true;
    return false;
  }
  bool came(uint32_t Place) const { return Places[Place].By[0].Thread; }
  /// Somebody was at \p P before anybody else was at \p Q; or all that come to
  /// \p P have been at \p Q before, or hold a lock there that is also held at
  /// the other one, so that stopping at \p Q is of no use.
  bool isSettled(uint32_t P, uint32_t Q) const;

private:
  static constexpr unsigned MostLocks = 4, MostVisitors = 8;
  struct Visit {
    uint32_t Thread, At;
  };
  struct PlaceOfRun {
    Visit By[MostVisitors]; ///< The first ones of different threads.
    /// Held at all visits so far; 0: no more.
    uint32_t Locks[MostLocks];
  };
  struct ThreadOfRun {
    uint32_t Locks[MostLocks]; ///< 0: a free entry.
  };
  PlaceOfRun Places[MostPlaces];
  ThreadOfRun Threads[MostThreads + 1];
  uint32_t Steps;
};

} // namespace raddle::stress

#endif
