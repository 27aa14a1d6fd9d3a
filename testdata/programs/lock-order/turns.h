// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads take turns, so that a run is the same each time and does not
// deadlock. Nothing but luck would do that in the wild, and no lock, creation
// or join says that it is so.
#ifndef RADDLE_TESTDATA_PROGRAMS_TURNS_H
#define RADDLE_TESTDATA_PROGRAMS_TURNS_H

#include <atomic>
#include <sched.h>

inline std::atomic<int> Turn{0};

inline void waitForTurn(int Mine) {
  while (Turn.load() < Mine)
    sched_yield();
}
inline void nextTurn() { ++Turn; }

#endif
