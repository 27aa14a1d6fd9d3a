// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The acquisitions of all runs as a graph of lock instances. Each edge keeps
// every different way it was taken: by which thread, in which segment, with
// what else held.
#ifndef RADDLE_LOCKORDER_OBSERVED_RECORDS_H
#define RADDLE_LOCKORDER_OBSERVED_RECORDS_H

#include "lockorder/observed/Order.h"
#include "lockorder/observed/Stacks.h"
#include <array>
#include <map>

namespace raddle::lockorder {

inline constexpr uint32_t None = UINT32_MAX;

/// A lock instance. One that is alone in its place in a module's data is the
/// same in all runs; any other is a node of its run only, as nothing says that
/// the heap objects of two runs are the same.
struct LockNode {
  uint32_t Run = 0, Lock = 0; ///< One of its locks, for its texts.
  bool Global = false;
  std::vector<StackRef> Taken; ///< Different stacks of its acquisitions.
  /// Threads that took it exclusively; more than three say nothing more.
  std::vector<std::pair<uint32_t, uint32_t>> Writers;
};

struct HeldNode {
  uint32_t Node;
  bool Shared;
  auto operator<=>(const HeldNode &) const = default;
};

struct Taking {
  uint32_t Segment, Acquisition, HeldAt;
};

/// Ways that differ in nothing but when they were.
struct Way {
  uint32_t Run, Thread;
  uint32_t Held; ///< Index into HeldSets: all that is held, with From.
  bool FromShared, ToShared;
  std::vector<Taking> At; ///< Sorted by segment, one of each.
};

struct NodeEdge {
  uint32_t From, To;
  std::vector<Way> Ways;
};

class Records {
public:
  explicit Records(const std::vector<ObservedRun> &Runs);

  const std::vector<ObservedRun> &Runs;
  lockorder::Stacks Stacks;
  std::vector<LockNode> Nodes;
  std::vector<NodeEdge> Edges;
  std::vector<std::vector<HeldNode>> HeldSets; ///< Each sorted by node.
  std::vector<Order> Orders;                   ///< By run.
  std::vector<std::vector<uint32_t>> NodeOf;   ///< [run][lock], or None.

  uint32_t node(uint32_t Run, uint32_t Lock) const {
    return Lock < NodeOf[Run].size() ? NodeOf[Run][Lock] : None;
  }
  std::vector<HeldNode> heldNodes(uint32_t Run,
                                  const std::vector<ObservedHeld> &Held) const;

private:
  void makeNodes();
  void addRun(uint32_t Run);
  void taken(uint32_t Node, StackRef S, uint32_t Thread, trace::Mode How);

  std::map<std::vector<HeldNode>, uint32_t> HeldIds;
  std::unordered_map<uint64_t, uint32_t> EdgeIds;
  /// [edge], by run, thread, held set and modes.
  std::vector<std::map<std::array<uint32_t, 4>, uint32_t>> WayIds;
  std::vector<std::set<StackRef>> TakenSet;
};

} // namespace raddle::lockorder

#endif
