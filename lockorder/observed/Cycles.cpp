// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/observed/Cycles.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace raddle::lockorder {

void CycleSearch::run() {
  prepare();
  // Where readers meet there is only a deadlock if a writer waits between
  // them: looked for last, and not where something worse is known.
  for (bool Readers : {false, true}) {
    pairs(Readers);
    longer(Readers);
  }
}

void CycleSearch::prepare() {
  Out.resize(R.Nodes.size());
  OnPath.resize(R.Nodes.size());
  KeysOfClass.resize(C.All.size());
  for (uint32_t E = 0; E < R.Edges.size(); ++E) {
    Out[R.Edges[E].From].push_back(E);
    EdgeOf[(uint64_t(R.Edges[E].From) << 32) | R.Edges[E].To] = E;
  }
  for (const ObservedRun &Run : R.Runs)
    ThreadClasses.emplace_back(Run.Threads.size(), None);
}

bool CycleSearch::locksAllow(const Way &X, const Way &Y) {
  const auto &A = R.HeldSets[X.Held], &B = R.HeldSets[Y.Held];
  Steps += 1;
  // A lock that both hold keeps them apart, unless both only read.
  for (size_t I = 0, J = 0; I < A.size() && J < B.size();) {
    if (A[I].Node != B[J].Node) {
      A[I].Node < B[J].Node ? ++I : ++J;
      continue;
    }
    if (!(A[I].Shared && B[J].Shared))
      return false;
    ++I, ++J;
  }
  if (X.Run == Y.Run)
    return true;
  // Objects of different runs may be one object in the next run.
  for (const HeldNode &H : A)
    for (const HeldNode &K : B)
      if (H.Node != K.Node && !R.Nodes[H.Node].Global &&
          !R.Nodes[K.Node].Global && C.Of[H.Node] == C.Of[K.Node])
        return false;
  return true;
}

bool CycleSearch::thirdWrites(uint32_t Node, const Way &X, const Way &Y) const {
  for (const auto &[Run, Thread] : R.Nodes[Node].Writers)
    if ((Run != X.Run || Thread != X.Thread) &&
        (Run != Y.Run || Thread != Y.Thread))
      return true;
  return false;
}

bool CycleSearch::waits(const Way &X, const Way &Y, uint32_t Node,
                        bool Readers) const {
  if (!X.ToShared || !Y.FromShared)
    return true;
  return Readers && thirdWrites(Node, X, Y);
}

uint32_t CycleSearch::threadClass(uint32_t Run, uint32_t Thread) {
  uint32_t &Result = ThreadClasses[Run][Thread];
  if (Result != None)
    return Result;
  // Iterative: the chain of parents may be long. 0 stands for all that is on
  // the way, should a broken trace hold a loop.
  std::vector<uint32_t> Chain;
  for (uint32_t T = Thread;
       T && T < ThreadClasses[Run].size() && ThreadClasses[Run][T] == None;
       T = R.Runs[Run].Threads[T].Parent) {
    ThreadClasses[Run][T] = 0;
    Chain.push_back(T);
  }
  while (!Chain.empty()) {
    uint32_t T = Chain.back();
    Chain.pop_back();
    const ObservedThread &Of = R.Runs[Run].Threads[T];
    std::vector<uint32_t> Id;
    if (Of.Kind == trace::ThreadKind::Main) {
      Id = {0};
    } else {
      uint32_t Parent = Of.Parent && Of.Parent < ThreadClasses[Run].size()
                            ? ThreadClasses[Run][Of.Parent]
                            : 0;
      if (!Parent || !Of.CreationStack)
        continue;
      Id = {Parent, R.Stacks.site({Run, Of.CreationStack})};
    }
    ThreadClasses[Run][T] =
        ThreadClassIds.try_emplace(std::move(Id), ThreadClassIds.size() + 1)
            .first->second;
  }
  return ThreadClasses[Run][Thread];
}

bool CycleSearch::meets(const Way &X, const Taking &AtX, uint32_t Like) {
  auto Around = R.Orders[X.Run].around(X.Thread, AtX.Segment, Steps);
  for (uint32_t T = 1; T < ThreadClasses[X.Run].size(); ++T)
    if (T != X.Thread && Around->Before[T] < Around->After[T] &&
        threadClass(X.Run, T) == Like)
      return true;
  Steps += ThreadClasses[X.Run].size() / 4;
  return false;
}

bool CycleSearch::acrossRuns(const Way &X, const Taking &AtX, const Way &Y,
                             const Taking &AtY) {
  // That two threads can meet has to be seen: in each run a thread that was
  // made where the other's was made is there at the time.
  uint32_t OfX = threadClass(X.Run, X.Thread),
           OfY = threadClass(Y.Run, Y.Thread);
  return OfX && OfY && meets(X, AtX, OfY) && meets(Y, AtY, OfX);
}

bool CycleSearch::findPair(uint32_t Forth, uint32_t Back, bool Readers,
                           uint64_t Until, ObservedCycle &Result) {
  // Few ways on the outer side: each costs a walk over the threads.
  bool Turned = R.Edges[Forth].Ways.size() > R.Edges[Back].Ways.size();
  if (Turned)
    std::swap(Forth, Back);
  const NodeEdge &E = R.Edges[Forth], &F = R.Edges[Back];
  for (uint32_t I = 0; I < E.Ways.size(); ++I) {
    const Way &X = E.Ways[I];
    std::vector<uint32_t> Partners;
    for (uint32_t J = 0; J < F.Ways.size(); ++J) {
      const Way &Y = F.Ways[J];
      if (++Steps >= Until)
        return false;
      if ((X.Run != Y.Run || X.Thread != Y.Thread) &&
          waits(X, Y, E.To, Readers) && waits(Y, X, F.To, Readers) &&
          locksAllow(X, Y))
        Partners.push_back(J);
    }
    if (Partners.empty())
      continue;
    for (uint32_t AtX = 0; AtX < X.At.size(); ++AtX) {
      auto Around = R.Orders[X.Run].around(X.Thread, X.At[AtX].Segment, Steps);
      for (uint32_t J : Partners) {
        const Way &Y = F.Ways[J];
        if (++Steps >= Until)
          return false;
        uint32_t AtY = 0;
        if (X.Run == Y.Run) {
          auto It = std::lower_bound(
              Y.At.begin(), Y.At.end(), Around->Before[Y.Thread],
              [](const Taking &T, uint64_t B) { return T.Segment < B; });
          if (It == Y.At.end() || It->Segment >= Around->After[Y.Thread])
            continue;
          AtY = It - Y.At.begin();
        } else {
          while (AtY < Y.At.size() && Steps < Until &&
                 !acrossRuns(X, X.At[AtX], Y, Y.At[AtY]))
            ++AtY;
          if (AtY == Y.At.size() || Steps >= Until)
            continue;
        }
        Result.Steps = {{Forth, I, AtX}, {Back, J, AtY}};
        if (Turned)
          std::swap(Result.Steps[0], Result.Steps[1]);
        Result.AcrossRuns = X.Run != Y.Run;
        return true;
      }
    }
  }
  return false;
}

void CycleSearch::add(ObservedCycle Cycle, Key Classes) {
  std::sort(Classes.begin(), Classes.end());
  auto [It, New] = ByKey.try_emplace(Classes, Found.size());
  if (!New) {
    ++Found[It->second].Alike;
    return;
  }
  for (size_t I = 0; I < Cycle.Steps.size(); ++I) {
    const CycleStep &X = Cycle.Steps[I],
                    &Y = Cycle.Steps[(I + 1) % Cycle.Steps.size()];
    Cycle.ReadersMeet |= R.Edges[X.Edge].Ways[X.Way].ToShared &&
                         R.Edges[Y.Edge].Ways[Y.Way].FromShared;
  }
  for (uint32_t Class : std::set<uint32_t>(Classes.begin(), Classes.end()))
    KeysOfClass[Class].push_back(Keys.size());
  Keys.push_back(std::move(Classes));
  Found.push_back(std::move(Cycle));
}

bool CycleSearch::isKnown(const Key &Classes, uint32_t Newest) const {
  for (uint32_t K : KeysOfClass[Newest])
    if (std::includes(Classes.begin(), Classes.end(), Keys[K].begin(),
                      Keys[K].end()))
      return true;
  return false;
}

void CycleSearch::pairs(bool Readers) {
  // Most pairs of many alike are only counted; that must not use up the time.
  constexpr uint64_t MaxOfPair = 20'000'000, MaxToCount = MaxSteps / 4;
  for (uint32_t Forth = 0; Forth < R.Edges.size(); ++Forth) {
    auto [From, To] = std::pair(R.Edges[Forth].From, R.Edges[Forth].To);
    auto It = EdgeOf.find((uint64_t(To) << 32) | From);
    if (From > To || It == EdgeOf.end())
      continue;
    Key Classes{C.Of[From], C.Of[To]};
    std::sort(Classes.begin(), Classes.end());
    bool Known = ByKey.contains(Classes);
    if (Known && (Readers || Steps >= MaxToCount))
      continue;
    if (spent() || Found.size() >= MaxCycles) {
      Incomplete = true;
      return;
    }
    uint64_t Until = std::min(StopAt, Steps + MaxOfPair);
    ObservedCycle Cycle;
    if (findPair(Forth, It->second, Readers, Until, Cycle))
      add(std::move(Cycle), std::move(Classes));
    else if (Steps >= Until)
      Incomplete = true;
  }
}

} // namespace raddle::lockorder
