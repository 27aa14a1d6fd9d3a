// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The token is given away against the holder's will when it stays away: it
// waits in a call that the controller does not know, or spins without points.
// From then on the run is not wholly controlled, and says so; but it goes on.
#ifndef RADDLE_STRESS_SCHEDULE_WATCH_H
#define RADDLE_STRESS_SCHEDULE_WATCH_H

#include "stress/schedule/Token.h"

namespace raddle::stress {

/// Of one thread that waits for its turn.
class Patience {
public:
  /// How long it may wait before it looks around, in ns.
  long tick();
  /// After that time: the token may have to be taken over.
  bool over();

private:
  uint64_t Events = 0; ///< When it looked last.
  int32_t Tid = 0;     ///< Who had the token then.
  uint64_t CpuNs = 0;  ///< That thread's time when this was seen first.
  uint64_t Since = 0;  ///< When it was first seen to sleep; 0: it does not.
  unsigned Calm = 0;   ///< How often all was well.
};

// The caller has the lock of the token's hand-over.

/// Takes the token from a holder that stays away, or after a time when nobody
/// could run. False: there is no reason to.
bool takeOver();
/// Nobody can run, but somebody is outside. Virtual time goes on with real
/// time, to the first time limit of those who wait.
void goIdle();
void comeFromIdle();
/// So that threads outside get on, while those inside only repeat themselves.
void sleepABit();

/// Whether the process has children, who may do something for it.
bool hasChildren();

/// What the kernel has the thread in.
enum class Sleep {
  None, ///< It runs, or is about to.
  Lock, ///< A wait for a lock: of libc's, or of a sanitizer's.
  Time, ///< Ends by itself.
  Other,
  Gone ///< It is over.
};
Sleep sleepOf(int Tid);
/// How long the thread has run, in ns.
uint64_t cpuTime(int Tid);

/// Another thread of the process than the calling one; 0: there is none.
int otherThread();

/// Whether the process has threads besides those that are controlled, and
/// those that a sanitizer and the runtime always have.
bool hasForeignThreads();
/// One of those is not asleep.
bool foreignThreadRuns();

/// Notes once for each place that no seed decides what \p Function does.
void noteUncontrolled(const char *Function, uint64_t Pc);

} // namespace raddle::stress

#endif
