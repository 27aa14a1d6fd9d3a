// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the lock-order analysis needs of graphs. Knows neither locks nor
// threads: nodes and edges are numbers.
#ifndef RADDLE_LOCKORDER_GRAPH_DIGRAPH_H
#define RADDLE_LOCKORDER_GRAPH_DIGRAPH_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace raddle::lockorder {

class Digraph {
public:
  struct Edge {
    uint32_t From, To;
  };
  explicit Digraph(uint32_t Nodes) : Out(Nodes) {}

  /// Returns the edge's number. Parallel edges and self-edges are not meant.
  uint32_t addEdge(uint32_t From, uint32_t To);
  const std::vector<Edge> &edges() const { return Edges; }
  uint32_t nodes() const { return Out.size(); }

  /// Strongly connected component of each node; components are numbered.
  std::vector<uint32_t> components() const;

  /// Elementary cycles as lists of edge numbers, each starting at its smallest
  /// node, shortest first: all of length two, and for every edge a shortest
  /// cycle through it, up to \p MaxLength. That is enough to have every node
  /// set in which a deadlock needs the fewest threads, without the exponential
  /// number of all cycles. At most \p MaxCycles.
  std::vector<std::vector<uint32_t>> shortCycles(unsigned MaxLength,
                                                 std::size_t MaxCycles) const;

  /// Nodes in an order that few edges point backwards in (Eades, Lin, Smyth:
  /// A fast and effective heuristic for the feedback arc set problem, 1993;
  /// sources and sinks of equal rank stay in the order of their numbers).
  std::vector<uint32_t> bestOrder() const;

private:
  std::vector<Edge> Edges;
  std::vector<std::vector<uint32_t>> Out; ///< Edge numbers by source.
};

} // namespace raddle::lockorder

#endif
