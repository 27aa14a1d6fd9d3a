// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cycles of three locks and more.
#include "lockorder/graph/Digraph.h"
#include "lockorder/observed/Cycles.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace raddle::lockorder {

void CycleSearch::longer(bool Readers) {
  Digraph Graph(R.Nodes.size());
  for (const NodeEdge &E : R.Edges)
    Graph.addEdge(E.From, E.To);
  std::vector<uint32_t> Component = Graph.components();
  struct Extent {
    std::vector<uint32_t> Nodes; ///< Sorted.
    uint64_t Edges = 0;
    std::set<std::pair<uint32_t, uint32_t>> Threads;
    bool Shared = false;
  };
  std::map<uint32_t, Extent> Extents;
  for (uint32_t N = 0; N < R.Nodes.size(); ++N)
    Extents[Component[N]].Nodes.push_back(N);
  for (const NodeEdge &E : R.Edges) {
    if (Component[E.From] != Component[E.To])
      continue;
    Extent &X = Extents[Component[E.From]];
    ++X.Edges;
    for (const Way &W : E.Ways) {
      if (X.Threads.size() < MaxLength)
        X.Threads.insert({W.Run, W.Thread});
      X.Shared |= W.ToShared;
    }
  }
  // A cycle of n locks needs n threads, each with an edge of its own.
  auto MaxOf = [&](const Extent &X) -> uint32_t {
    size_t Max =
        std::min<size_t>({X.Nodes.size(), X.Threads.size(), MaxLength});
    return Max < 3 || (Readers && !X.Shared) ? 0 : Max;
  };
  uint64_t Starts = 0;
  for (const auto &[Id, X] : Extents)
    Starts += MaxOf(X) ? X.Edges : 0;
  for (const auto &[Id, X] : Extents) {
    if (!MaxOf(X))
      continue;
    llvm::ArrayRef<uint32_t> Nodes = X.Nodes;
    for (; Nodes.size() >= 3; Nodes = Nodes.drop_front()) {
      if (Steps >= MaxSteps || Found.size() >= MaxCycles) {
        Incomplete = true;
        return;
      }
      size_t Edges = Out[Nodes[0]].size();
      longerFrom(Nodes, MaxOf(X), Readers,
                 std::max<uint64_t>(2000, (MaxSteps - Steps) / 2 / Starts) *
                     Edges);
      Starts -= std::min<uint64_t>(Starts - 1, Edges);
    }
  }
}

void CycleSearch::longerFrom(llvm::ArrayRef<uint32_t> Nodes, uint32_t Max,
                             bool Readers, uint64_t Allowance) {
  // Each cycle is looked for from its smallest node only. How far the others
  // are from that, backwards and breadth first:
  Start = Nodes[0];
  // Where many instances of few classes are all known to stand against each
  // other, there is nothing to walk for.
  if (llvm::none_of(Out[Start], [&](uint32_t E) {
        Key Classes{C.Of[Start], C.Of[R.Edges[E].To]};
        std::sort(Classes.begin(), Classes.end());
        ++Steps;
        return !isKnown(Classes, C.Of[Start]);
      }))
    return;
  std::unordered_map<uint32_t, std::vector<uint32_t>> In;
  for (uint32_t N : Nodes)
    for (uint32_t E : Out[N]) {
      In[R.Edges[E].To].push_back(N);
      ++Steps;
    }
  Distance.resize(R.Nodes.size(), None);
  Distance[Start] = 0;
  std::vector<uint32_t> Level{Start};
  for (size_t I = 0; I < Level.size(); ++I)
    for (uint32_t N : In[Level[I]])
      if (Distance[N] == None) {
        Distance[N] = Distance[Level[I]] + 1;
        Level.push_back(N);
      }
  uint32_t Shortest = None;
  for (uint32_t E : Out[Start])
    if (Distance[R.Edges[E].To] != None)
      Shortest = std::min(Shortest, Distance[R.Edges[E].To] + 1);
  if (Level.size() >= 3 && Shortest != None) {
    // Deeper and deeper, so that the shortest cycles of a class come first.
    StopAt = std::min(MaxSteps, Steps + Allowance);
    Max = std::min<uint32_t>(Max, Level.size());
    for (uint32_t Limit = std::max(3u, Shortest); Limit <= Max && !spent();
         ++Limit)
      search(Start, Limit, Readers);
    Incomplete |= spent();
    StopAt = MaxSteps;
  }
  for (uint32_t N : Level)
    Distance[N] = None;
}

void CycleSearch::search(uint32_t At, uint32_t Limit, bool Readers) {
  for (uint32_t E : Out[At]) {
    uint32_t To = R.Edges[E].To;
    bool Closes = To == Start;
    if (spent())
      return;
    ++Steps;
    if (Distance[To] == None || (!Closes && OnPath[To]) ||
        (Closes ? Path.size() + 1 != Limit
                : Path.size() + 1 + Distance[To] > Limit))
      continue;
    if (!Closes) {
      // A cycle over locks that already stand against each other says
      // nothing new.
      Key Classes{C.Of[Start], C.Of[To]};
      for (const PathStep &S : Path)
        if (uint32_t N = R.Edges[S.Step.Edge].From; N != Start)
          Classes.push_back(C.Of[N]);
      if (At != Start)
        Classes.push_back(C.Of[At]);
      std::sort(Classes.begin(), Classes.end());
      if (isKnown(Classes, C.Of[To]))
        continue;
    }
    OnPath[To] = true;
    extend(E, Closes, Readers, Limit);
    OnPath[To] = false;
  }
}

void CycleSearch::extend(uint32_t Edge, bool Closes, bool Readers,
                         uint32_t Limit) {
  const NodeEdge &E = R.Edges[Edge];
  for (uint32_t I = 0; I < E.Ways.size(); ++I) {
    const Way &W = E.Ways[I];
    if (spent())
      return;
    ++Steps;
    if (!Path.empty() && !waits(*Path.back().W, W, E.From, Readers))
      continue;
    if (Closes && !waits(W, *Path.front().W, E.To, Readers))
      continue;
    // What all on the path leave of the way's segments.
    uint64_t First = 0, End = UINT64_MAX;
    bool Fits = true, Across = false;
    for (const PathStep &S : Path) {
      if ((S.W->Run == W.Run && S.W->Thread == W.Thread) ||
          !locksAllow(*S.W, W)) {
        Fits = false;
        break;
      }
      if (S.W->Run != W.Run) {
        Across = true;
        continue;
      }
      First = std::max(First, S.Around->Before[W.Thread]);
      End = std::min(End, S.Around->After[W.Thread]);
    }
    if (!Fits || First >= End)
      continue;
    for (uint32_t At = 0; At < W.At.size(); ++At) {
      if (spent())
        return;
      ++Steps;
      const Taking &T = W.At[At];
      if (T.Segment < First)
        continue;
      if (T.Segment >= End)
        break;
      if (Across &&
          !std::all_of(Path.begin(), Path.end(), [&](const PathStep &S) {
            return S.W->Run == W.Run ||
                   acrossRuns(*S.W, S.W->At[S.Step.At], W, T);
          }))
        continue;
      Path.push_back({{Edge, I, At}, &W, nullptr});
      if (Closes) {
        ObservedCycle Cycle;
        Key Classes;
        for (const PathStep &S : Path) {
          Cycle.Steps.push_back(S.Step);
          Classes.push_back(C.Of[R.Edges[S.Step.Edge].From]);
          Cycle.AcrossRuns |= S.W->Run != W.Run;
        }
        std::sort(Classes.begin(), Classes.end());
        bool Known = false;
        for (uint32_t Class : Classes)
          Known |= isKnown(Classes, Class);
        if (!Known && Found.size() < MaxCycles)
          add(std::move(Cycle), std::move(Classes));
        Path.pop_back();
        return;
      }
      Path.back().Around = R.Orders[W.Run].around(W.Thread, T.Segment, Steps);
      search(E.To, Limit, Readers);
      Path.pop_back();
    }
  }
}

} // namespace raddle::lockorder
