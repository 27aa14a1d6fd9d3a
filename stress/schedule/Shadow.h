// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the controller knows of each primitive of the program's: who has it.
// Keyed by address, and forgotten when that becomes something else. Numbers
// are given in order of first meeting. Only for the thread that has the token.
#ifndef RADDLE_STRESS_SCHEDULE_SHADOW_H
#define RADDLE_STRESS_SCHEDULE_SHADOW_H

#include <stddef.h>
#include <stdint.h>

namespace raddle::stress {

struct Controlled;
struct Shadow;

/// \p Thread has \p Of.
struct Hold {
  Shadow *Of;
  Controlled *Thread;
  uint32_t Count; ///< How often.
  bool Shared;
  uint64_t Pc; ///< Where it was taken.
  Hold *NextOfThread, *NextOfShadow;
};

/// A signal that a waiter will take, once one runs.
struct PendingSignal {
  uint64_t Sequence;
  PendingSignal *Next; ///< Later ones.
};

struct Shadow {
  uint32_t Number;
  uint64_t Address;
  Hold *Holds;
  // Conditions; see Conditions.cpp.
  uint32_t Waiters; ///< That no broadcast has woken.
  uint32_t SignalCount;
  PendingSignal *Signals; ///< Oldest first.
  uint64_t Broadcast;     ///< Waits that began before it are over.
  // Barriers: how many are needed, have come, and which round it is.
  uint32_t Needed, Arrived;
  uint64_t Round;
  bool Robust;
};

/// Made if it is new; never null (one that all share stands in if there is no
/// memory).
Shadow &shadowOf(const volatile void *Address);
/// Null if it has not been met.
Shadow *knownShadow(const volatile void *Address);
/// What is there now has nothing to do with what was.
void forgetShadow(const volatile void *Address);
void forgetShadows();
/// The number alone, for addresses that are no primitives.
uint32_t objectNumber(const volatile void *Address);
uint32_t objectCount();

/// Null if \p T does not have it.
Hold *holdOf(const Controlled &T, const Shadow &S);
void addHold(Controlled &T, Shadow &S, bool Shared, uint64_t Pc);
/// One time less; gone with the last.
void dropHold(Controlled &T, Shadow &S);
/// All at once.
void removeHold(Controlled &T, Shadow &S);

PendingSignal *newSignal();
void freeSignal(PendingSignal *S);

/// Memory of the controller's own, zeroed, never given back; null: there is
/// none.
void *controllerMemory(size_t Size);

} // namespace raddle::stress

#endif
