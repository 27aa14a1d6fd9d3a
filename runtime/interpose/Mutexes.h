// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What POSIX's and C11's mutexes share: a mtx_t is a pthread_mutex_t.
#ifndef RADDLE_RUNTIME_INTERPOSE_MUTEXES_H
#define RADDLE_RUNTIME_INTERPOSE_MUTEXES_H

#include "runtime/interpose/Locking.h"

namespace raddle {

inline trace::LockKind kindOf(const pthread_mutex_t *M) {
  switch (M->__data.__kind & 3) {
  case PTHREAD_MUTEX_RECURSIVE_NP:
    return trace::LockKind::RecursiveMutex;
  case PTHREAD_MUTEX_ERRORCHECK_NP:
    return trace::LockKind::ErrorCheckMutex;
  default:
    return trace::LockKind::Mutex;
  }
}

inline LockUse useOf(const pthread_mutex_t *M, uint8_t Flags = 0) {
  trace::LockKind Kind = kindOf(M);
  return {M, Kind, trace::Mode::Exclusive, Flags,
          Kind == trace::LockKind::RecursiveMutex};
}

/// Whether a try leaves the mutex as a lock would. glibc's try of a robust one
/// that is not recoverable leaves it taken, and those with a priority protocol
/// are the kernel's business.
inline bool mayTry(const pthread_mutex_t *M) {
  constexpr int RobustOrProtocol = 16 | 32 | 64;
  return (M->__data.__kind & RobustOrProtocol) == 0;
}

/// \p Call takes the mutex, waiting; \p Try takes it if it is free, and else
/// gives \p Busy. \p Taken tells of a result whether the mutex is had.
template <typename TryFunction, typename Function, typename Test>
inline int lockMutex(pthread_mutex_t *M, bool Timed, const CallSite &Site,
                     int Busy, TryFunction Try, Function Call, Test Taken) {
  Thread *T = observed();
  if (!T)
    return Call();
  bool LooksTaken = __atomic_load_n(&M->__data.__lock, __ATOMIC_RELAXED) != 0;
  auto Untried = [&] {
    return callUntried(*T, M, trace::WaitKind::Mutex, Timed, Site, Call);
  };
  int Result = mayTry(M)    ? firstTry(LooksTaken, Busy, Try, Untried)
               : LooksTaken ? Busy
                            : Untried();
  if (RADDLE_UNLIKELY(Result == Busy)) {
    int Owner = __atomic_load_n(&M->__data.__owner, __ATOMIC_RELAXED);
    Result = waitForLock(*T, M, kindOf(M), trace::WaitKind::Mutex, Timed, Owner,
                         Site, Call);
  }
  if (KeepHeldLocks && Taken(Result))
    lockAcquired(*T, useOf(M, Timed ? trace::AcquiredTimed : 0), Site);
  return Result;
}

} // namespace raddle

#endif
