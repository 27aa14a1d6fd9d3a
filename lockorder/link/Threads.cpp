// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/link/Threads.h"
#include "llvm/ADT/STLExtras.h"
#include <deque>

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {
namespace {

/// Functions looked at when a chain is searched for.
constexpr size_t MaxVisited = 4000;

template <typename T>
void unite(std::vector<T> &Into, const std::vector<T> &From) {
  Into.insert(Into.end(), From.begin(), From.end());
  llvm::sort(Into);
  Into.erase(llvm::unique(Into), Into.end());
}

} // namespace

Threads::Threads(const Analysis &A) : A(A), AliveAtSpawn(A.K.Spawns.size()) {
  struct Listener : Observer {
    std::vector<std::vector<uint32_t>> &Into;
    const Knowledge &K;
    FunctionId F;
    Listener(std::vector<std::vector<uint32_t>> &Into, const Knowledge &K,
             FunctionId F)
        : Into(Into), K(K), F(F) {}
    void spawns(const State &Before, const Event &, EventId Id,
                ArrayRef<CallTarget>) override {
      auto Site = K.SpawnIds.find({F, Id});
      if (Site == K.SpawnIds.end())
        return;
      // The state after: without the new thread itself.
      for (const AliveTask &T : Before.Alive)
        if (T.Site != Site->second)
          Into[Site->second].push_back(T.Site);
    }
  };
  std::vector<FunctionId> Spawners;
  for (const SpawnSite &S : A.K.Spawns)
    Spawners.push_back(S.In);
  llvm::sort(Spawners);
  Spawners.erase(llvm::unique(Spawners), Spawners.end());
  for (FunctionId F : Spawners) {
    Interpreter I(const_cast<Knowledge &>(A.K), F);
    I.run();
    Listener L(AliveAtSpawn, A.K, F);
    I.walk(L);
  }
  for (auto &List : AliveAtSpawn)
    unite(List, {});
}

std::vector<Chain> Threads::chainsTo(FunctionId F, size_t Max) const {
  struct Visit {
    FunctionId F;
    size_t Parent;
    const CallSite *By; ///< Call in F that leads to the parent.
  };
  std::vector<Visit> Visits{{F, 0, nullptr}};
  DenseSet<FunctionId> Seen{F};
  std::vector<Chain> Result;
  auto Finish = [&](size_t At, Chain C) {
    C.Root = Visits[At].F;
    for (size_t I = At; I != 0; I = Visits[I].Parent) {
      C.Calls.push_back({Visits[I].F, Visits[I].By->Event});
      unite(C.Held, Visits[I].By->Held);
      unite(C.Alive, Visits[I].By->Alive);
    }
    Result.push_back(std::move(C));
  };
  for (size_t At = 0;
       At < Visits.size() && At < MaxVisited && Result.size() < Max; ++At) {
    FunctionId G = Visits[At].F;
    for (uint32_t Site : A.StartedBy[G]) {
      Chain C;
      C.From = Chain::Start::Spawn;
      C.Site = Site;
      Finish(At, C);
    }
    bool Main = A.P.Functions[G].Summary->Main;
    if (Main || (A.Callers[G].empty() && A.StartedBy[G].empty())) {
      Chain C;
      C.From = Main ? Chain::Start::Main : Chain::Start::Entry;
      Finish(At, C);
    }
    for (const CallSite &Site : A.Callers[G])
      if (Seen.insert(Site.Caller).second)
        Visits.push_back({Site.Caller, At, &Site});
  }
  // A recursion that nobody enters from outside.
  if (Result.empty()) {
    Chain C;
    Finish(0, C);
  }
  if (Result.size() > Max)
    Result.resize(Max);
  return Result;
}

std::vector<Chain> Threads::chainsTo(const EdgeSite &Site, size_t Max) const {
  for (auto [I, Step] : enumerate(Site.Steps)) {
    auto Spawn = A.K.SpawnIds.find(Step);
    if (Spawn == A.K.SpawnIds.end())
      continue;
    Chain C;
    C.From = Chain::Start::Spawn;
    C.Site = Spawn->second;
    C.Root = I + 1 < Site.Steps.size() ? Site.Steps[I + 1].first : Site.Origin;
    return {C};
  }
  return chainsTo(Site.In, Max);
}

bool Threads::single(const Chain &C) const {
  if (C.From == Chain::Start::Main)
    return true;
  if (C.From == Chain::Start::Entry)
    return false;
  const SpawnSite &Site = A.K.Spawns[C.Site];
  if (Site.InLoop || Site.Kind == SpawnKind::Pool ||
      Site.Kind == SpawnKind::Timer)
    return false;
  // Started once by the main thread, from main itself or a function that only
  // one call reaches.
  FunctionId At = Site.In;
  for (unsigned Depth = 0; Depth < 8; ++Depth) {
    if (A.P.Functions[At].Summary->Main)
      return true;
    if (A.Callers[At].size() != 1 || !A.StartedBy[At].empty())
      return false;
    At = A.Callers[At][0].Caller;
  }
  return false;
}

bool Threads::reaches(FunctionId From, FunctionId To) const {
  // Upwards from To: callers are what is recorded.
  std::deque<FunctionId> Open{To};
  DenseSet<FunctionId> Seen{To};
  while (!Open.empty() && Seen.size() < MaxVisited) {
    FunctionId At = Open.front();
    Open.pop_front();
    if (At == From)
      return true;
    for (const CallSite &Site : A.Callers[At])
      if (Seen.insert(Site.Caller).second)
        Open.push_back(Site.Caller);
  }
  return false;
}

bool Threads::ordered(uint32_t Site, const Chain &C,
                      const std::vector<uint32_t> &Alive) const {
  // Only where the thread of the chain is the one that starts and joins the
  // other can its own history tell.
  return !is_contained(Alive, Site) && !is_contained(C.Alive, Site) &&
         reaches(C.Root, A.K.Spawns[Site].In);
}

bool Threads::concurrent(const Chain &A1, const std::vector<uint32_t> &AliveA,
                         const Chain &B1,
                         const std::vector<uint32_t> &AliveB) const {
  bool SameStart = A1.From == B1.From && A1.Root == B1.Root &&
                   (A1.From != Chain::Start::Spawn || A1.Site == B1.Site);
  if (SameStart && single(A1))
    return false;
  bool SpawnA = A1.From == Chain::Start::Spawn,
       SpawnB = B1.From == Chain::Start::Spawn;
  if (SpawnB && !SameStart && ordered(B1.Site, A1, AliveA))
    return false;
  if (SpawnA && !SameStart && ordered(A1.Site, B1, AliveB))
    return false;
  if (SpawnA && SpawnB && !SameStart) {
    const SpawnSite &X = A.K.Spawns[A1.Site], &Y = A.K.Spawns[B1.Site];
    // Started by one function: the first was joined before the second starts.
    if (X.In == Y.In && !is_contained(AliveAtSpawn[A1.Site], B1.Site) &&
        !is_contained(AliveAtSpawn[B1.Site], A1.Site) && !X.InLoop && !Y.InLoop)
      return false;
  }
  return true;
}

} // namespace raddle::lockorder
