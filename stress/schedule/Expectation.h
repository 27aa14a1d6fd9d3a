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

#include "stress/schedule/Strategy.h"

namespace raddle::stress {

/// A step's place, by which it is known. A wait and the taking of the mutex
/// after it are two steps of one call.
inline uint64_t knownAs(const Step &S) {
  return S.Kind == Op::Relock && S.Place ? ~S.Place : S.Place;
}

/// Names a wish: that \p P comes before \p Q, or that \p Q comes last.
inline uint64_t orderKey(uint64_t P, uint64_t Q) {
  uint64_t Key = P * 0x9E3779B97F4A7C15u;
  Key = ((Key ^ Key >> 29) + Q) * 0xBF58476D1CE4E5B9u;
  return (Key ^ Key >> 32) | 1;
}
inline uint64_t lastKey(uint64_t Q) { return orderKey(Q, Q ^ 2); }

struct ExpectedPlace {
  uint64_t Hash;  ///< knownAs().
  uint32_t Group; ///< From 1; 0: none.
  Op Kind;
  bool Writes;
  bool AfterRead;   ///< Writes what its thread has just read at another place.
  bool Nested;      ///< Takes a lock by a thread that has one.
  uint64_t Threads; ///< A bit for each number modulo 64 that came by.
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
  /// How often runs have tried the order of two places that \p Key stands for;
  /// and that this one does. Null: nobody knows.
  uint32_t (*TimesTried)(uint64_t Key);
  void (*Trying)(uint64_t Key);
  /// There is nothing new in it: runs have had that order, or it cannot be had.
  bool (*IsSettled)(uint64_t Key);
};

} // namespace raddle::stress

#endif
