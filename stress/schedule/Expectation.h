// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What earlier runs of the program have shown, as strategies use it; filled by
// Knowledge.cpp, or by a test. Does not change during a run.
//
// Objects have other numbers in other runs, so nothing is kept by object.
// Places are equal in all runs. Places that met at one object, which several
// threads touched and one wrote to, form a group: it stands for the object, or
// for all objects that the same code handles.
#ifndef RADDLE_STRESS_SCHEDULE_EXPECTATION_H
#define RADDLE_STRESS_SCHEDULE_EXPECTATION_H

#include "stress/log/RunLog.h"

namespace raddle::stress {

struct ExpectedPlace {
  uint64_t Hash;  ///< Step::Place.
  uint32_t Group; ///< From 1; 0: none.
  Op Kind;
  bool Writes;
};

/// How often a thread comes by a place, as a mean over runs.
struct ExpectedCount {
  uint32_t Place;  ///< Index.
  uint32_t Thread; ///< From 1.
  double Count;
};

struct Expectation {
  uint64_t Runs;
  const ExpectedPlace *Places;
  unsigned PlaceCount;
  const ExpectedCount *Counts;
  unsigned CountCount;
  /// Parents[T] created thread T; for T in 1 .. ThreadCount.
  const uint32_t *Parents;
  unsigned ThreadCount;
  uint32_t Groups; ///< The highest one.
};

} // namespace raddle::stress

#endif
