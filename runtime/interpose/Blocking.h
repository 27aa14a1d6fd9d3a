// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls that may block, and are observed as nothing else.
#ifndef RADDLE_RUNTIME_INTERPOSE_BLOCKING_H
#define RADDLE_RUNTIME_INTERPOSE_BLOCKING_H

#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include <sys/syscall.h>

namespace raddle {

inline const void *asObject(uint64_t Number) {
  return reinterpret_cast<const void *>(Number);
}

/// A wait for another thread; the observers are asked first.
template <typename Function>
inline auto waitForThread(trace::WaitKind Kind, const void *Object, bool Timed,
                          const CallSite &Site, Waiting::Clock Clock,
                          Function Call) {
  Thread *T = observed();
  if (!T)
    return Call();
  Waiting W(T, Kind, Object, Site, Timed, nullptr, Clock);
  RADDLE_TELL(AboutToWait, *T);
  return Call();
}

/// glibc waits until nobody waits for \p C any more: for ever, if a thread that
/// was left behind does, and the program hangs when it ends.
template <typename Function>
inline auto destroyCondition(const pthread_cond_t &C, const CallSite &Site,
                             Function Call) {
  // From bit 3 on: how many there are.
  if (RADDLE_LIKELY(
          !(__atomic_load_n(&C.__data.__wrefs, __ATOMIC_RELAXED) >> 3)))
    return Call();
  return waitForThread(trace::WaitKind::ConditionDestroy, &C, false, Site,
                       Waiting::Clock::Fine, Call);
}

/// A wait for time or for the world outside. Nothing but the mark: some of
/// these calls are made a million times a second.
template <typename Function>
inline auto waitOutside(trace::WaitKind Kind, const void *Object, bool Timed,
                        const CallSite &Site, Function Call) {
  Thread *T = observed();
  if (!T)
    return Call();
  Waiting W(T, Kind, Object, Site, Timed, nullptr, Waiting::Clock::Coarse);
  return Call();
}

} // namespace raddle

#endif
