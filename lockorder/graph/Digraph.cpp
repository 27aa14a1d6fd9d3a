// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/graph/Digraph.h"
#include <algorithm>
#include <set>

namespace raddle::lockorder {

uint32_t Digraph::addEdge(uint32_t From, uint32_t To) {
  Out[From].push_back(Edges.size());
  Edges.push_back({From, To});
  return Edges.size() - 1;
}

std::vector<uint32_t> Digraph::components() const {
  // Tarjan, with the recursion made explicit.
  constexpr uint32_t None = ~0u;
  std::vector<uint32_t> Component(nodes(), None), Number(nodes(), None),
      Low(nodes()), Stack;
  uint32_t Next = 0, Components = 0;
  struct Frame {
    uint32_t Node;
    size_t Child;
  };
  std::vector<Frame> Frames;
  for (uint32_t Start = 0; Start < nodes(); ++Start) {
    if (Number[Start] != None)
      continue;
    Frames.push_back({Start, 0});
    while (!Frames.empty()) {
      auto [Node, Child] = Frames.back();
      if (Child == 0 && Number[Node] == None) {
        Number[Node] = Low[Node] = Next++;
        Stack.push_back(Node);
      }
      if (Child < Out[Node].size()) {
        uint32_t To = Edges[Out[Node][Child]].To;
        ++Frames.back().Child;
        if (Number[To] == None)
          Frames.push_back({To, 0});
        else if (Component[To] == None)
          Low[Node] = std::min(Low[Node], Number[To]);
        continue;
      }
      Frames.pop_back();
      if (!Frames.empty())
        Low[Frames.back().Node] = std::min(Low[Frames.back().Node], Low[Node]);
      if (Low[Node] != Number[Node])
        continue;
      uint32_t Member;
      do {
        Member = Stack.back();
        Stack.pop_back();
        Component[Member] = Components;
      } while (Member != Node);
      ++Components;
    }
  }
  return Component;
}

std::vector<std::vector<uint32_t>>
Digraph::shortCycles(unsigned MaxLength, size_t MaxCycles) const {
  std::vector<uint32_t> Component = components();
  std::vector<std::vector<uint32_t>> Cycles;
  std::set<std::vector<uint32_t>> Seen;
  constexpr uint32_t None = ~0u;
  std::vector<uint32_t> Via(nodes(), None); ///< Edge by which BFS came.
  for (uint32_t First = 0; First < Edges.size() && Cycles.size() < MaxCycles;
       ++First) {
    auto [From, To] = Edges[First];
    if (From == To || Component[From] != Component[To])
      continue;
    // Breadth first from To back to From; all closing edges of the first
    // level give two-cycles, else the shortest way does.
    std::vector<uint32_t> Level{To}, Touched{To};
    bool Found = false;
    for (unsigned Length = 1; Length < MaxLength && !Found && !Level.empty();
         ++Length) {
      std::vector<uint32_t> Next;
      for (uint32_t Node : Level) {
        for (uint32_t E : Out[Node]) {
          uint32_t Target = Edges[E].To;
          if (Target == From) {
            std::vector<uint32_t> Cycle{E};
            for (uint32_t At = Node; At != To; At = Edges[Via[At]].From)
              Cycle.push_back(Via[At]);
            Cycle.push_back(First);
            std::reverse(Cycle.begin(), Cycle.end());
            auto Smallest = std::min_element(
                Cycle.begin(), Cycle.end(), [&](uint32_t A, uint32_t B) {
                  return Edges[A].From < Edges[B].From;
                });
            std::rotate(Cycle.begin(), Smallest, Cycle.end());
            if (Seen.insert(Cycle).second)
              Cycles.push_back(std::move(Cycle));
            Found = true;
            break;
          }
          if (Target != To && Via[Target] == None &&
              Component[Target] == Component[From]) {
            Via[Target] = E;
            Touched.push_back(Target);
            Next.push_back(Target);
          }
        }
        if (Found)
          break;
      }
      Level = std::move(Next);
    }
    for (uint32_t Node : Touched)
      Via[Node] = None;
  }
  std::sort(Cycles.begin(), Cycles.end(), [](const auto &A, const auto &B) {
    return A.size() != B.size() ? A.size() < B.size() : A < B;
  });
  return Cycles;
}

std::vector<uint32_t> Digraph::bestOrder() const {
  std::vector<int64_t> OutDegree(nodes()), InDegree(nodes());
  std::vector<std::vector<uint32_t>> In(nodes());
  for (uint32_t E = 0; E < Edges.size(); ++E) {
    ++OutDegree[Edges[E].From];
    ++InDegree[Edges[E].To];
    In[Edges[E].To].push_back(E);
  }
  // Keyed by (class, rank, node): sinks, sources, then by in minus out.
  using Key = std::pair<int64_t, uint32_t>;
  std::set<Key> Rest;
  std::set<uint32_t> Sources, Sinks;
  std::vector<bool> Gone(nodes());
  auto Insert = [&](uint32_t N) {
    if (OutDegree[N] == 0)
      Sinks.insert(N);
    else if (InDegree[N] == 0)
      Sources.insert(N);
    else
      Rest.insert({InDegree[N] - OutDegree[N], N});
  };
  auto Erase = [&](uint32_t N) {
    Sinks.erase(N);
    Sources.erase(N);
    Rest.erase({InDegree[N] - OutDegree[N], N});
  };
  for (uint32_t N = 0; N < nodes(); ++N)
    Insert(N);
  std::vector<uint32_t> Head, Tail;
  auto Remove = [&](uint32_t N) {
    Erase(N);
    Gone[N] = true;
    for (uint32_t E : Out[N])
      if (uint32_t To = Edges[E].To; !Gone[To]) {
        Erase(To);
        --InDegree[To];
        Insert(To);
      }
    for (uint32_t E : In[N])
      if (uint32_t From = Edges[E].From; !Gone[From]) {
        Erase(From);
        --OutDegree[From];
        Insert(From);
      }
  };
  while (Head.size() + Tail.size() < nodes()) {
    if (!Sinks.empty()) {
      Tail.push_back(*Sinks.rbegin());
      Remove(Tail.back());
    } else {
      Head.push_back(!Sources.empty() ? *Sources.begin()
                                      : Rest.begin()->second);
      Remove(Head.back());
    }
  }
  Head.insert(Head.end(), Tail.rbegin(), Tail.rend());
  return Head;
}

} // namespace raddle::lockorder
