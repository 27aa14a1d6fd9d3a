// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the parts of the controller tell each other.
#ifndef RADDLE_STRESS_SCHEDULE_NAMES_H
#define RADDLE_STRESS_SCHEDULE_NAMES_H

#include "runtime/interpose/Real.h"
#include "stress/schedule/Token.h"

namespace raddle::stress {

/// What was in the table before: the functions of libc, or of a sanitizer.
extern RealTable Original;

/// Puts a function into the table. libc's are declared not to throw.
template <typename R, typename... A>
void put(R (*&Slot)(A...) noexcept, R (*Function)(A...)) {
  Slot = reinterpret_cast<R (*)(A...) noexcept>(Function);
}
template <typename R, typename... A>
void put(R (*&Slot)(A...), R (*Function)(A...)) {
  Slot = Function;
}

// Each puts its functions into the table.
void controlMutexes();
void controlLocks();
void controlSemaphores();
void controlBarriers();
void controlOnce();
void controlSleeps();
void controlClocks();
void controlFutexes();
void controlRandomness();
void controlPolls();
void controlTransfers();
void controlConditions();
void controlThreads();
void controlCancel();
void controlExit();
void controlSignals();

const char *opName(Op Kind);
/// Of a thread that waits on a condition: it has been signalled.
bool isWoken(const Controlled &T);
/// The counts of the run log that are known at its end.
void finishRun();

/// What lived at \p Address is made anew, or is gone.
void forgetObject(const volatile void *Address);
/// Bytes that follow from the seed; false: the thread is not controlled.
bool fillRandom(void *To, size_t Size);
void seedRandomness(uint64_t Seed);

/// Whether nobody but the thread itself has what it wants.
bool lockIsFree(const Controlled &T);

} // namespace raddle::stress

#endif
