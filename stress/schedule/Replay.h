// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows a schedule (option replay): lines "thread clock next", in any order
// of threads, and of rising clocks for each. Where there is none for the thread
// that ran last, that one goes on while it can, then the lowest-numbered one.
#ifndef RADDLE_STRESS_SCHEDULE_REPLAY_H
#define RADDLE_STRESS_SCHEDULE_REPLAY_H

#include "stress/schedule/Strategy.h"

namespace raddle::stress {

class Replay {
public:
  /// False, with a sentence to the user that names file and line.
  bool read(const char *Path, bool Strict);
  /// As Strategy::choose; \p From stands before its event number \p Clock.
  /// \p Count: a strict replay cannot go on.
  unsigned choose(const Step *Enabled, unsigned Count, int Current,
                  uint32_t From, uint64_t Clock);
  /// Whether \p From is stopped there.
  bool stops(uint32_t From, uint64_t Clock) { return find(From, Clock); }
  /// Switches that were not made.
  unsigned left() const { return Count - Made; }

private:
  struct Switch {
    uint32_t From, Next;
    uint64_t Clock;
  };
  Switch *find(uint32_t From, uint64_t Clock);
  Switch *All = nullptr; ///< By thread, then clock.
  unsigned Count = 0, Made = 0;
  bool Strict = true;
};

extern Replay TheReplay;

} // namespace raddle::stress

#endif
