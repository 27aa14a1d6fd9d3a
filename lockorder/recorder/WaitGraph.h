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
  /// Who has to go on first: an index into the graph, or None.
  uint32_t Owner;
  int32_t OwnerTid;
  bool OwnerExited;
  // Of the search.
  uint32_t Visit;

  static constexpr uint32_t None = ~uint32_t(0);
  bool blocked() const { return Wait.Kind != trace::WaitKind::None; }
};

class WaitGraph {
public:
  /// Takes the copy. False: nobody has waited since before \p Since for
  /// another thread, or there is no memory.
  bool take(uint64_t Since);
  /// Gives the memory back when it is much.
  void release();

  uint32_t size() const { return Count; }
  WaitNode &operator[](uint32_t I) { return Nodes[I]; }
  /// All threads that the copy knows wait, without a time limit, for what only
  /// one of them could give.
  bool allBlocked();
  /// The wait is the very one of the copy, and so is who holds what it is for.
  static bool isStill(const WaitNode &N);

private:
  void findOwners();
  uint32_t readerOf(uint32_t Writer);
  bool grow();
  WaitNode *Nodes = nullptr;
  uint32_t Count = 0, Capacity = 0;
};

/// Only another thread of the process can end such a wait.
bool waitsForThreads(trace::WaitKind Kind);

} // namespace raddle

#endif
