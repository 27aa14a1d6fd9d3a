// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All threads of the process that are not yet over, joined or not.
#ifndef RADDLE_RUNTIME_THREAD_REGISTRY_H
#define RADDLE_RUNTIME_THREAD_REGISTRY_H

#include "runtime/core/Memory.h"
#include "runtime/thread/Thread.h"

namespace raddle {

class Registry {
public:
  /// A thread about to be created by \p Parent. Null without memory: it then
  /// runs unobserved.
  Thread *add(trace::ThreadKind Kind, Thread *Parent);
  /// Takes a thread out that is over: joined, or detached and ended, or whose
  /// creation failed. Its memory is used again.
  void remove(Thread *T);
  // The caller of these holds lock().
  void setHandle(Thread &T, pthread_t Handle);
  Thread *byHandle(pthread_t Handle);
  Thread *byTid(int Tid);
  Thread *byId(uint32_t Id);
  Thread *first() { return First; }
  InternalLock &lock() { return Lock; }
  uint32_t started() const { return LastId; } ///< Number of threads so far.
  void resetAfterFork(Thread *Only);

private:
  bool growSlots();
  InternalLock Lock;
  Thread *First = nullptr;
  Thread **Slots = nullptr; ///< From 1, without gaps.
  uint32_t SlotCount = 0, SlotsUsed = 0;
  HashTable Handles, Ids; ///< To slots.
  uint32_t LastId = 0;
};

extern Registry TheRegistry;

/// For currentThread(), which is on every lock's way.
Thread *newOrNoThread();
/// The calling thread, registered as foreign if it is not known. Null if it is
/// over, or there is no memory.
inline Thread *currentThread() {
  Thread *T = Self;
  return RADDLE_LIKELY(reinterpret_cast<uint64_t>(T) > 1) ? T : newOrNoThread();
}

/// The stack of \p T as the thread itself may read it.
inline StackRange ownStack(const Thread &T, uint64_t Sp) {
  if (Sp >= T.StackLow && Sp < T.StackHigh)
    return {Sp, T.StackHigh};
  return {1, 0};
}

} // namespace raddle

#endif
