// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locks that threads held when they ended: who waits for one of these waits for
// ever, and wants to know whom for.
#ifndef RADDLE_LOCKORDER_RECORDER_ENDEDOWNERS_H
#define RADDLE_LOCKORDER_RECORDER_ENDEDOWNERS_H

#include "runtime/core/InternalLock.h"
#include "runtime/thread/Thread.h"

namespace raddle {

struct EndedOwner {
  uint32_t Thread; ///< Its number; 0: there is none.
  int32_t Tid;
  char Name[16];
  HeldLock Held;
};

/// The last ones. Few threads end with a lock, most programs have none.
class EndedOwners {
public:
  /// What \p T, which ends now and calls, still holds.
  void add(const Thread &T);
  /// The newest that held the lock at \p Address with mark \p Serial.
  bool find(uint64_t Address, uint64_t Serial, EndedOwner &Result);
  void reset() { Lock.reset(); }

private:
  static constexpr uint32_t Size = 128;
  InternalLock Lock;
  uint32_t Used = 0;
  EndedOwner Ring[Size] = {};
};

extern EndedOwners TheEndedOwners;

} // namespace raddle

#endif
