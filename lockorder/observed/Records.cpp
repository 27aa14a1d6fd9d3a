// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/observed/Records.h"
#include <algorithm>

using raddle::trace::LockKind;

namespace raddle::lockorder {
namespace {

/// Has an owner: only what a thread holds can be what another waits for.
bool isOwned(LockKind Kind) {
  switch (Kind) {
  case LockKind::Unknown:
  case LockKind::Mutex:
  case LockKind::RecursiveMutex:
  case LockKind::ErrorCheckMutex:
  case LockKind::RwLock:
  case LockKind::SpinLock:
    return true;
  case LockKind::Semaphore:
  case LockKind::Barrier:
  case LockKind::Condition:
  case LockKind::Futex:
    return false;
  }
  return false;
}

} // namespace

Records::Records(const std::vector<ObservedRun> &Runs)
    : Runs(Runs), Stacks(Runs) {
  makeNodes();
  TakenSet.resize(Nodes.size());
  for (uint32_t Run = 0; Run < Runs.size(); ++Run) {
    Orders.emplace_back(Runs[Run]);
    addRun(Run);
  }
  for (NodeEdge &E : Edges)
    for (Way &W : E.Ways) {
      std::sort(W.At.begin(), W.At.end(), [](const Taking &X, const Taking &Y) {
        return std::tie(X.Segment, X.Acquisition) <
               std::tie(Y.Segment, Y.Acquisition);
      });
      W.At.erase(std::unique(W.At.begin(), W.At.end(),
                             [](const Taking &X, const Taking &Y) {
                               return X.Segment == Y.Segment;
                             }),
                 W.At.end());
    }
  HeldIds.clear();
  EdgeIds.clear();
  WayIds.clear();
  TakenSet.clear();
}

void Records::makeNodes() {
  using Place = std::pair<std::string, uint64_t>;
  std::map<Place, uint32_t> Global;
  for (uint32_t Run = 0; Run < Runs.size(); ++Run) {
    const auto &Locks = Runs[Run].Locks;
    NodeOf.emplace_back(Locks.size(), None);
    // Two locks at one place in one run: the memory was used again.
    std::map<Place, unsigned> Count;
    for (const ObservedLock &L : Locks)
      if (!L.Module.empty())
        ++Count[{L.Module, L.Offset}];
    for (uint32_t Id = 1; Id < Locks.size(); ++Id) {
      const ObservedLock &L = Locks[Id];
      if (!isOwned(L.Kind))
        continue;
      LockNode N;
      N.Run = Run;
      N.Lock = Id;
      N.Global = !L.Module.empty() && Count[{L.Module, L.Offset}] == 1;
      uint32_t Index = Nodes.size();
      if (N.Global)
        Index = Global.try_emplace({L.Module, L.Offset}, Index).first->second;
      NodeOf[Run][Id] = Index;
      if (Index == Nodes.size())
        Nodes.push_back(std::move(N));
    }
  }
}

void Records::taken(uint32_t Node, StackRef S, uint32_t Thread,
                    trace::Mode How) {
  LockNode &N = Nodes[Node];
  if (TakenSet[Node].insert(S).second)
    N.Taken.push_back(S);
  std::pair<uint32_t, uint32_t> By{S.Run, Thread};
  if (How == trace::Mode::Exclusive && N.Writers.size() < 4 &&
      std::find(N.Writers.begin(), N.Writers.end(), By) == N.Writers.end())
    N.Writers.push_back(By);
}

std::vector<HeldNode>
Records::heldNodes(uint32_t Run, const std::vector<ObservedHeld> &Held) const {
  std::vector<HeldNode> Result;
  for (const ObservedHeld &H : Held)
    if (uint32_t N = node(Run, H.Lock); N != None)
      Result.push_back({N, H.How == trace::Mode::Shared});
  // Held both ways is held exclusively, which sorts first.
  std::sort(Result.begin(), Result.end());
  Result.erase(std::unique(Result.begin(), Result.end(),
                           [](const HeldNode &X, const HeldNode &Y) {
                             return X.Node == Y.Node;
                           }),
               Result.end());
  return Result;
}

void Records::addRun(uint32_t Run) {
  const ObservedRun &Of = Runs[Run];
  for (uint32_t Index = 0; Index < Of.Acquisitions.size(); ++Index) {
    const ObservedAcquisition &A = Of.Acquisitions[Index];
    uint32_t To = node(Run, A.Lock);
    if (To == None || !A.Thread || A.Thread >= Of.Threads.size())
      continue;
    StackRef Now{Run, A.Stack};
    taken(To, Now, A.Thread, A.How);
    for (const ObservedHeld &H : A.Held) {
      uint32_t From = node(Run, H.Lock);
      if (From == None)
        continue;
      taken(From, {Run, H.Stack}, A.Thread, H.How);
      if (H.Stack && A.Stack)
        Stacks.learn({Run, H.Stack}, Now);
    }
    // What gives up does not deadlock, and what is held already never waits.
    constexpr uint32_t NeverWaits =
        trace::AcquiredByTry | trace::AcquiredTimed | trace::AcquiredAgain;
    std::vector<HeldNode> Held = heldNodes(Run, A.Held);
    if ((A.Flags & NeverWaits) || Held.empty() ||
        std::any_of(Held.begin(), Held.end(),
                    [&](const HeldNode &H) { return H.Node == To; }))
      continue;
    auto [Set, NewSet] = HeldIds.try_emplace(Held, HeldSets.size());
    if (NewSet)
      HeldSets.push_back(Held);
    for (const HeldNode &H : Held) {
      auto [It, NewEdge] =
          EdgeIds.try_emplace((uint64_t(H.Node) << 32) | To, Edges.size());
      if (NewEdge) {
        Edges.push_back({H.Node, To, {}});
        WayIds.emplace_back();
      }
      NodeEdge &E = Edges[It->second];
      bool ToShared = A.How == trace::Mode::Shared;
      auto [Known, NewWay] = WayIds[It->second].try_emplace(
          {Run, A.Thread, Set->second, uint32_t(ToShared)}, E.Ways.size());
      if (NewWay)
        E.Ways.push_back({Run, A.Thread, Set->second, H.Shared, ToShared, {}});
      uint32_t HeldAt = 0;
      while (node(Run, A.Held[HeldAt].Lock) != H.Node)
        ++HeldAt;
      E.Ways[Known->second].At.push_back({A.Segment, Index, HeldAt});
    }
  }
  for (const ObservedWait &W : Of.Waits)
    for (const ObservedHeld &H : W.Held)
      if (uint32_t N = node(Run, H.Lock); N != None) {
        taken(N, {Run, H.Stack}, W.Thread, H.How);
        if (H.Stack && W.Stack)
          Stacks.learn({Run, H.Stack}, {Run, W.Stack});
      }
  for (const ObservedSignal &S : Of.Signals)
    for (const ObservedHeld &H : S.Held)
      if (uint32_t N = node(Run, H.Lock); N != None) {
        taken(N, {Run, H.Stack}, S.Thread, H.How);
        if (H.Stack && S.Stack)
          Stacks.learn({Run, H.Stack}, {Run, S.Stack});
      }
}

} // namespace raddle::lockorder
