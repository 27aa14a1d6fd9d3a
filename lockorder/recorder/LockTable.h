// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The locks that mattered so far, with their numbers in the trace: those that
// were nested, waited for long, or part of a deadlock. A lock that is only
// taken and given back is not here.
#ifndef RADDLE_LOCKORDER_RECORDER_LOCKTABLE_H
#define RADDLE_LOCKORDER_RECORDER_LOCKTABLE_H

#include "runtime/core/Memory.h"
#include "runtime/thread/Thread.h"
#include "runtime/trace/TraceFormat.h"

namespace raddle {

class LockTable {
public:
  // The caller of these holds lock().

  /// The number of the lock that \p Serial tells (see LockMarks), made if it
  /// is new; the one that was there before is then gone. 0 without memory.
  uint32_t number(uint64_t Address, uint64_t Serial, trace::LockKind Kind);
  /// As number(), only if the lock is known already; else 0.
  uint32_t known(uint64_t Address, uint64_t Serial);
  /// Of the lock at \p Address, which must have a number; null without room.
  trace::LockStatsRecord *stats(uint64_t Address);
  /// What lived in the memory, \p Size bytes, is gone.
  void freed(uint64_t Address, uint64_t Size);
  /// As freed(), for a thread's stack: of locks that carry no mark. Those that
  /// do are told apart by it.
  void stackGone(uint64_t Low, uint64_t High);
  InternalLock &lock() { return Lock; }

  /// Whether a call of freed() could find anything. Without lock().
  bool mayKnow(uint64_t Address, uint64_t Size) const;

private:
  struct Node {
    uint64_t Address, Serial;
    uint32_t Id; ///< 0: the lock is gone; the address is remembered.
    trace::LockKind Kind;
    trace::LockStatsRecord *Stats; ///< Made when there is something to count.
    Node *NextUnmarked;
    bool Unmarked;
  };
  static constexpr uint32_t ChunkSize = 512, MaxChunks = 1 << 16;
  static constexpr uint64_t FilterSize = 1 << 16;

  Node *node(uint32_t Index) {
    return &Chunks[Index / ChunkSize][Index % ChunkSize];
  }
  Node *find(uint64_t Address);
  Node *make(uint64_t Address);
  void end(Node &N);
  static uint64_t filterBit(uint64_t Address) {
    return (Address >> 3 ^ Address >> 19) % FilterSize;
  }

  InternalLock Lock;
  HashTable ByAddress; ///< To index + 1.
  Node *Chunks[MaxChunks] = {};
  uint32_t Used = 0, LastId = 0;
  Node *Unmarked = nullptr;
  /// Addresses that were ever a node's, hashed.
  uint64_t Filter[FilterSize / 64] = {};
};

extern LockTable TheLocks;

/// The number of the stack of an acquisition: its innermost frames as they were
/// saved, and those beyond, which are still there, from a walk of the thread's
/// stack now.
uint32_t acquisitionStack(const HeldLock &H, const Frame *Now, unsigned Count);

} // namespace raddle

#endif
