// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What was seen, as a lock-order graph.
#include "lockorder/graph/Digraph.h"
#include "lockorder/observed/Report.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace raddle::lockorder {

void Report::graph() {
  LockOrderGraph &G = Out.Graph;
  IndexOf.assign(C.All.size(), None);
  std::vector<bool> Used(C.All.size());
  for (const NodeEdge &E : R.Edges)
    Used[C.Of[E.From]] = Used[C.Of[E.To]] = true;
  for (auto [Run, Of] : enumerate(R.Runs))
    for (const ObservedWait &W : Of.Waits)
      for (const ObservedHeld &H : W.Held)
        if (uint32_t N = R.node(Run, H.Lock); N != None)
          Used[C.Of[N]] = true;
  for (auto [Class, Of] : enumerate(C.All)) {
    if (!Used[Class])
      continue;
    IndexOf[Class] = G.Locks.size();
    G.Locks.push_back({Of.Name, Of.Group, Of.Kind, Of.Declared, {}});
    Out.StaticLock.push_back(Of.Static);
  }
  auto Place = [&](StackRef S, StringRef Mode) {
    const std::vector<Frame> &Frames = R.Stacks.frames(S);
    const Frame At = Frames.empty() ? Frame() : Frames[R.Stacks.siteFrame(S)];
    return Acquisition{At.Where, At.Function, Mode.str()};
  };
  auto Same = [](const Acquisition &X) {
    return std::tie(X.Where, X.Function, X.Mode);
  };
  std::vector<std::set<std::pair<SiteId, bool>>> SitesOf(G.Locks.size());
  auto AddPlace = [&](uint32_t Lock, StackRef S, bool Shared) {
    if (Lock == None || R.Stacks.frames(S).empty() ||
        !SitesOf[Lock].insert({R.Stacks.site(S), Shared}).second)
      return;
    G.Locks[Lock].Acquisitions.push_back(
        Place(S, Shared ? "shared" : "exclusive"));
  };
  std::vector<std::set<std::pair<SiteId, bool>>> EdgeSites;
  for (const NodeEdge &E : R.Edges) {
    uint32_t From = lockIndex(E.From), To = lockIndex(E.To);
    uint32_t Index = None;
    if (From != To) {
      auto [It, New] = EdgeOf.try_emplace({From, To}, G.Edges.size());
      Index = It->second;
      if (New) {
        Edge Seen;
        Seen.From = From;
        Seen.To = To;
        Seen.Static = false;
        Seen.Seen = true;
        G.Edges.push_back(std::move(Seen));
        EdgeSites.emplace_back();
      }
    }
    for (const Way &W : E.Ways)
      for (const Taking &T : W.At) {
        const ObservedAcquisition &A =
            R.Runs[W.Run].Acquisitions[T.Acquisition];
        StackRef Now{W.Run, A.Stack};
        AddPlace(From, {W.Run, A.Held[T.HeldAt].Stack}, W.FromShared);
        AddPlace(To, Now, W.ToShared);
        if (Index != None && !R.Stacks.frames(Now).empty() &&
            EdgeSites[Index].insert({R.Stacks.site(Now), W.ToShared}).second)
          G.Edges[Index].Places.push_back(
              Place(Now, W.ToShared ? "shared" : "exclusive"));
      }
  }
  for (Lock &L : G.Locks)
    llvm::sort(L.Acquisitions,
               [&](const auto &X, const auto &Y) { return Same(X) < Same(Y); });
  Digraph Graph(G.Locks.size());
  for (Edge &E : G.Edges) {
    llvm::sort(E.Places,
               [&](const auto &X, const auto &Y) { return Same(X) < Same(Y); });
    Graph.addEdge(E.From, E.To);
  }
  G.Order = Graph.bestOrder();

  for (uint32_t Run = 0; Run < R.Runs.size(); ++Run) {
    auto &Index = Out.LockIndex.emplace_back();
    auto &Names = Out.LockNames.emplace_back();
    for (uint32_t L = 0; L < R.Runs[Run].Locks.size(); ++L) {
      uint32_t N = R.node(Run, L);
      Index.push_back(N == None ? None : lockIndex(N));
      Names.push_back(C.name(Run, L));
    }
  }
}

} // namespace raddle::lockorder
