// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stacks, each kept once and known by a number; and the modules that their
// addresses are in. Both go to the trace when they are new.
#ifndef RADDLE_RUNTIME_STACK_STACKSTORE_H
#define RADDLE_RUNTIME_STACK_STACKSTORE_H

#include "runtime/core/InternalLock.h"
#include "runtime/core/Memory.h"
#include "runtime/stack/Unwind.h"
#include "runtime/thread/Thread.h"

namespace raddle {

/// A stack as it is kept. Lives as long as the process.
struct StoredStack {
  uint32_t Id, Count, Flags;
  uint64_t Hash;
  StoredStack *Next;
  uint64_t Pcs[];
};

class StackStore {
public:
  static constexpr unsigned MaxDepth = 64;

  /// The number of the stack of \p Count addresses, innermost first; 0 without
  /// memory.
  uint32_t intern(const uint64_t *Pcs, unsigned Count, uint32_t Flags = 0);
  /// Null for 0 and unknown numbers.
  const StoredStack *get(uint32_t Id);
  uint32_t size() const { return Used; }
  void resetAfterFork() { Lock.reset(); }

private:
  bool growIndex();
  InternalLock Lock;
  Arena Memory;
  HashTable ByHash; ///< Hash to the newest number of that hash.
  StoredStack **ById = nullptr;
  uint32_t Used = 0, Capacity = 0;
};

extern StackStore TheStacks;

/// The calling thread's stack from \p Site outwards, walked anew.
uint32_t captureStack(const Thread &T, const CallSite &Site);
/// The same, from frames that were walked already.
uint32_t internFrames(const Frame *Frames, unsigned Count, uint32_t Flags);
/// That of another thread, which waits at \p Site.
uint32_t captureOther(const CallSite &Site, bool ExactTop = false);

/// Writes the modules that are new since the last call, and those that are
/// gone. Cheap when nothing has changed.
void writeModules();
/// The number of the module that \p Address is in, of those written; or 0.
uint32_t moduleAt(uint64_t Address);

} // namespace raddle

#endif
