// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who waits for whom: a copy of all threads' waits, taken while they go on, and
// what of it can never end.
#ifndef RADDLE_LOCKORDER_RECORDER_WAITGRAPH_H
#define RADDLE_LOCKORDER_RECORDER_WAITGRAPH_H

#include "runtime/core/Memory.h"
#include "runtime/thread/Thread.h"

namespace raddle {

struct WaitNode {
  uint32_t Thread; ///< Its number.
  int32_t Tid;
  uint32_t Sequence; ///< Of the wait that Wait is a copy of.
  bool IsMain;
  WaitCopy Wait; ///< Kind None: it runs, or waits for what is not known.
  char Name[16];
  /// Who has to go on first, of several the one that is told of: an index into
  /// the graph, or None.
  uint32_t Owner;
  int32_t OwnerTid; ///< As the lock says, or 0.
  bool Itself;      ///< It waits for itself, and libc lets it.
  bool OwnerExited;
  uint32_t EndedOwner;           ///< Number of the owner that has exited, or 0.
  uint64_t Serial;               ///< Of the lock, where EndedOwner is known.
  uint32_t FirstEdge, EdgeCount; ///< All who have to go on first.
  // Of the search.
  uint32_t Parent, NextEdge;
  enum : uint8_t { New, OnPath, Done } Visit;

  static constexpr uint32_t None = ~uint32_t(0);
  bool blocked() const { return Wait.Kind != trace::WaitKind::None; }
  /// It does not end by itself.
  bool endless() const { return blocked() && !Wait.Timed; }
};

class WaitGraph {
public:
  /// Takes the copy. False: nobody has waited since before \p Since for
  /// another thread, or there is no memory.
  bool take(uint64_t Since);
  /// Empties it, and gives the memory back if it is for more than \p Keep.
  void release(uint32_t Keep);

  uint32_t size() const { return Nodes.Count; }
  WaitNode &operator[](uint32_t I) { return Nodes.Items[I]; }
  /// Calls \p Each for a cycle in every part of the graph that has any; each
  /// waits for the next, the last for the first.
  void findCycles(void (*Each)(const uint32_t *Cycle, uint32_t Count));
  /// All threads that the copy knows wait, without a time limit, for what only
  /// one of them could give.
  bool allBlocked();
  /// The wait is the very one of the copy, and so is who holds what it is for.
  static bool isStill(const WaitNode &N);

private:
  template <typename T> struct Array {
    T *Items = nullptr;
    uint32_t Count = 0, Capacity = 0;
    T *add();
    void release(uint32_t Keep);
  };
  class Objects;

  void findOwners();
  void findHolders(WaitNode &N, uint32_t Index, Objects &Known);
  void addReaders(WaitNode &N, uint32_t Readers, uint64_t Serial);
  void addWriters(WaitNode &N, uint32_t Index);
  void reportCycle(uint32_t Last, uint32_t First,
                   void (*Each)(const uint32_t *, uint32_t));
  Array<WaitNode> Nodes;
  Array<uint32_t> Edges;
};

/// The mark of the lock at \p Address as lockSerial() has it, of memory that
/// may not be there any more.
uint64_t readSerial(uint64_t Address, trace::LockKind Kind);

/// Only another thread of the process can end such a wait.
bool waitsForThreads(trace::WaitKind Kind);

} // namespace raddle

#endif
