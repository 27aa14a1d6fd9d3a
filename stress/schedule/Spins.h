// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads that only repeat themselves: loops around sched_yield, short sleeps,
// failing tries, loads that bring nothing new. Such a thread is held back until
// others have taken steps: one at first, twice as many each time. A strategy
// that prefers it could starve all others otherwise, and wait for ever. As in
// fair scheduling (Musuvathi and Qadeer, "Fair stateless model checking", PLDI
// 2008), but without keeping which thread owes a step to which.
#ifndef RADDLE_STRESS_SCHEDULE_SPINS_H
#define RADDLE_STRESS_SCHEDULE_SPINS_H

#include "stress/schedule/RunLogWriter.h"
#include "stress/schedule/Token.h"

namespace raddle::stress {

/// From here on a thread counts as waiting: time passes for its sake.
inline constexpr uint32_t HardRepeats = 16;
/// Events without progress of anybody's, until it is called a livelock.
inline constexpr uint64_t LivelockEvents = 200000;

/// \p Me has changed nothing once more.
inline void repeats(Controlled &Me) {
  uint32_t Doublings = Me.Repeats < 10 ? Me.Repeats : 10;
  ++Me.Repeats;
  Me.BackAt = TheRunLog.head().Events + (uint64_t(1) << Doublings);
}

inline void progresses(Controlled &Me) {
  Me.Repeats = 0;
  Me.BackAt = 0;
  TheRun.LastProgress = TheRunLog.head().Events;
}

/// After a step of \p Kind. Of tries, and of input, who called knows.
inline void noteProgress(Controlled &Me, Op Kind) {
  if (Kind == Op::Yield || Kind == Op::Sleep)
    repeats(Me);
  else if (Kind != Op::Other && Kind != Op::TryLock &&
           Kind != Op::TrySharedLock && Kind != Op::Io)
    progresses(Me);
}

/// Whoever is outside should get a chance, now and then.
inline bool repeatsForLong() {
  constexpr uint64_t Long = 1000, Often = 64;
  uint64_t Events = TheRunLog.head().Events;
  return Events - TheRun.LastProgress > Long && Events % Often == 0;
}

inline bool repeatsForever() {
  return TheRunLog.head().Events - TheRun.LastProgress > LivelockEvents;
}

} // namespace raddle::stress

#endif
