// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/link/Collector.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <tuple>

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {
namespace {

// As MaxPending.
constexpr size_t MaxReached = 128;
constexpr unsigned MaxReachedDepth = 3;
constexpr size_t MaxSitesPerEdge = 32;

} // namespace

Collector::Collector(Analysis &A, Interpreter &I, FunctionId F, bool Again)
    : A(A), I(I), P(A.P), F(F), Fn(A.P.Functions[F]), Again(Again) {
  for (const ReachedLock &R : A.Reached[F])
    Reached.insert({R.Lock, keyOf(R)});
}

std::vector<PathRef> Collector::unite(std::vector<PathRef> A,
                                      const std::vector<PathRef> &B) {
  A.insert(A.end(), B.begin(), B.end());
  llvm::sort(A);
  A.erase(llvm::unique(A), A.end());
  return A;
}

bool Collector::ownLock(PathRef Lock) const {
  if (!Fn.Summary->Constructor && !Fn.Summary->Destructor)
    return false;
  if (P.Paths[Lock].Root != RootKind::This)
    return false;
  for (PathRef At = Lock; P.Paths[At].Parent; At = P.Paths[At].Parent)
    if (!P.Paths[At].ByValue || P.Paths[At].Pseudo)
      return false;
  return true;
}

std::vector<HeldClass> Collector::classes(const std::vector<HeldLock> &Held,
                                          PathRef Without) {
  std::vector<HeldClass> Result;
  for (const HeldLock &H : Held)
    if (H.Lock != Without)
      if (LockClass C = A.Classes.of(H.Lock); C != NoClass)
        Result.push_back({C, H.Mode == LockMode::Shared});
  llvm::sort(Result);
  Result.erase(llvm::unique(Result), Result.end());
  return Result;
}

std::vector<uint32_t> Collector::sites(const State &S) {
  std::vector<uint32_t> Result;
  for (const AliveTask &T : S.Alive)
    Result.push_back(T.Site);
  llvm::sort(Result);
  Result.erase(llvm::unique(Result), Result.end());
  return Result;
}

PathRef Collector::shorten(PathRef Lock, LockClass Class) {
  SmallVector<PathTable::Node, 8> Elements;
  for (PathRef At = Lock; P.Paths[At].Parent; At = P.Paths[At].Parent)
    Elements.push_back(P.Paths[At]);
  bool Enough = false;
  for (size_t Keep = 1; Keep < Elements.size(); ++Keep) {
    PathRef Short = P.Paths.opaque(0, Elements[Keep - 1].Record);
    for (size_t I = Keep; I-- > 0;)
      Short = P.Paths.append(Short, Elements[I]);
    // One more than is needed: the member that holds the lock's owner tells
    // objects of one class apart.
    if (Enough)
      return Short;
    Enough = A.Classes.of(Short) == Class;
  }
  return Lock;
}

void Collector::reach(ReachedLock R) {
  std::vector<ReachedLock> &List = A.Reached[F];
  if (List.size() >= MaxReached || ownLock(R.Lock))
    return;
  // Far down a chain of calls, the instance says less than its class, and
  // programs have many more paths than classes.
  if (LockClass Class = A.Classes.of(R.Lock);
      Class != NoClass && P.Paths[R.Lock].Depth > MaxReachedDepth)
    R.Lock = shorten(R.Lock, Class);
  if (!Reached.insert({R.Lock, keyOf(R)}).second)
    return;
  List.push_back(std::move(R));
}

void Collector::acquisition(LockClass Lock, const CallStep &At, LockMode Mode,
                            Flavor How) {
  const Function &In = P.Functions[At.first];
  EventId Id = At.second;
  const Event *E = nullptr;
  for (const Block &B : In.Summary->Blocks) {
    if (Id < B.Events.size()) {
      E = &B.Events[Id];
      break;
    }
    Id -= B.Events.size();
  }
  Acquisition Where{P.place(In, E->Where), P.str(In.Name),
                    How != Flavor::Blocking       ? "try"
                    : Mode == LockMode::Exclusive ? "exclusive"
                                                  : "shared"};
  auto &Known = A.Graph.Locks[Lock].Acquisitions;
  if (none_of(Known, [&](const Acquisition &Other) {
        return Other.Where == Where.Where && Other.Mode == Where.Mode;
      }))
    Known.push_back(std::move(Where));
}

void Collector::acquires(const State &Before, const Event &E, EventId Id,
                         PathRef Lock, Flavor How) {
  if (LockClass C = A.Classes.of(Lock); C != NoClass && !this->Again)
    acquisition(C, {F, Id}, E.Mode, How);
  // What waits for a bounded time only cannot be part of a deadlock.
  if (How != Flavor::Blocking)
    return;
  // Taking a recursive lock once more waits for nobody.
  const HeldLock *Already = Before.held(Lock);
  bool Again = Already && (E.Recursive || Already->Recursive);
  for (const HeldLock &H : Before.Held) {
    if (Again)
      break;
    // Locks of one std::lock or scoped_lock have no order among themselves.
    if (!H.AtEntry && (H.At == Id || (E.Group && H.Group == E.Group)))
      continue;
    EdgeSite Site;
    Site.From = H.Lock;
    Site.To = Lock;
    Site.FromMode = H.Mode;
    Site.ToMode = E.Mode;
    Site.Recursive = E.Recursive || H.Recursive;
    Site.In = Site.Origin = F;
    Site.FromDeclared = H.AtEntry;
    Site.HeldAt = {F, H.At};
    Site.Event = Id;
    edge(std::move(Site), {}, Before);
  }
  ReachedLock R;
  R.Lock = Lock;
  R.Mode = E.Mode;
  R.Recursive = E.Recursive;
  R.Released = A.intern(Before.Released);
  std::tie(R.CaseOn, R.CaseValue) = caseOf(Before, E);
  R.Conditional = I.conditional(Id);
  R.Event = Id;
  reach(std::move(R));
}

std::pair<PathRef, PathRef> Collector::caseOf(const State &Before,
                                              const Event &E) {
  if (!E.SwitchOn)
    return {};
  return {resolve(Before, P.Paths, I.path(E.SwitchOn)),
          P.Paths.root(RootKind::Function, 0, Fn.In->symbol(E.SwitchCase))};
}

void Collector::relock(const EdgeSite &Site) {
  if (Site.Recursive || !P.Paths[Site.From].Exact || ownLock(Site.From))
    return;
  for (const Relock &Known : A.Relocks)
    if (Known.Origin == Site.Origin && Known.Event == Site.Event &&
        Known.Lock == Site.From && Known.In == Site.In)
      return;
  Relock R;
  R.In = Site.In;
  R.Lock = Site.From;
  R.FirstMode = Site.FromMode;
  R.Mode = Site.ToMode;
  R.FirstDeclared = Site.FromDeclared;
  R.FirstAt = Site.HeldAt;
  R.Steps = Site.Steps;
  R.Origin = Site.Origin;
  R.Event = Site.Event;
  R.Callee = Site.Callee;
  R.Index = Site.Index;
  A.Relocks.push_back(std::move(R));
}

std::vector<CallStep>
Collector::heldAt(const std::vector<HeldLock> &Held) const {
  std::vector<CallStep> Result;
  for (const HeldLock &H : Held)
    Result.push_back({F, H.At});
  return Result;
}

void Collector::edge(EdgeSite Site, const std::vector<PathRef> &Released,
                     const State &Before, bool NewThread) {
  if (Site.From == Site.To)
    return relock(Site);
  if (ownLock(Site.From) || ownLock(Site.To))
    return;
  // Instances locked in the order of their address or id have one order.
  for (auto [X, Y] : Fn.Summary->Ordered) {
    PathRef PX = I.path(X), PY = I.path(Y);
    auto Under = [&](PathRef L, PathRef Owner) {
      return P.Paths.hasPrefix(L, Owner) ||
             P.Paths.hasPrefix(L, resolve(Before, P.Paths, Owner));
    };
    if ((Under(Site.From, PX) && Under(Site.To, PY)) ||
        (Under(Site.From, PY) && Under(Site.To, PX)))
      return;
  }
  Site.FromClass = A.Classes.of(Site.From);
  Site.ToClass = A.Classes.of(Site.To);
  if (!A.Calls.called(F) && !Fn.Summary->Closure) {
    // No caller will tell the owner of a wrapped lock: it stands for itself.
    if (Site.FromClass == NoClass)
      Site.FromClass = A.Classes.byField(Site.From);
    if (Site.ToClass == NoClass)
      Site.ToClass = A.Classes.byField(Site.To);
  }
  bool Same = Site.FromClass == Site.ToClass;
  bool Resolved = Site.FromClass != NoClass && Site.ToClass != NoClass;
  bool Concrete = A.Classes.concrete(Site.From) && A.Classes.concrete(Site.To);
  if (!Resolved || (Same && !Concrete)) {
    // Only a caller can tell which locks these are.
    auto FromOutside = [&](PathRef L) {
      RootKind Root = P.Paths[L].Root;
      return Root == RootKind::This || Root == RootKind::Param;
    };
    if ((FromOutside(Site.From) || FromOutside(Site.To)) &&
        A.PendingEdges[F].size() < MaxPending && Site.Steps.size() < MaxSteps) {
      for (const Analysis::PendingEdge &Known : A.PendingEdges[F])
        if (Known.Site.From == Site.From && Known.Site.To == Site.To)
          return;
      A.PendingEdges[F].push_back(
          {Site, unite(Before.Released, Released), NewThread});
    }
    // Two objects of one function can still be swapped within it.
    if (!Resolved || !P.Paths[Site.From].Exact || !P.Paths[Site.To].Exact)
      return;
  }
  if (A.SitesOfEdge[{Site.FromClass, Site.ToClass}]++ >= MaxSitesPerEdge)
    return;
  Site.AlsoHeld = classes(Before.Held, Site.From);
  Site.Alive = sites(Before);
  if (Again)
    for (const EdgeSite &Known : A.Edges)
      if (Known.In == Site.In && Known.Event == Site.Event &&
          Known.From == Site.From && Known.To == Site.To)
        return;
  A.Edges.push_back(std::move(Site));
}

void Collector::joins(const State &Before, const Event &E, EventId Id,
                      PathRef Handle) {
  if (!Again && !Before.Held.empty())
    A.Joins.push_back({F, Id, Handle, Before.Held, sites(Before)});
}

void Collector::waits(const State &Before, const Event &E, EventId Id,
                      PathRef Condition, PathRef Lock) {
  SyncSite Site{F, Id, Condition, {}, sites(Before)};
  for (const HeldLock &H : Before.Held)
    if (H.Lock != Lock)
      Site.Held.push_back(H);
  if (!Again && !E.Timed && !E.Cancellable)
    A.Waits.push_back(Site);
  if (!Lock)
    return;
  // The lock is taken again at the end of the wait, with the others held.
  for (const HeldLock &H : Site.Held) {
    EdgeSite Edge;
    Edge.From = H.Lock;
    Edge.To = Lock;
    Edge.FromMode = H.Mode;
    Edge.In = Edge.Origin = F;
    Edge.FromDeclared = H.AtEntry;
    Edge.HeldAt = {F, H.At};
    Edge.Recursive = true;
    Edge.Event = Id;
    edge(std::move(Edge), {}, Before);
  }
  ReachedLock R;
  R.Lock = Lock;
  R.Released = A.intern(unite(Before.Released, {Lock}));
  R.Event = Id;
  reach(std::move(R));
}

void Collector::notifies(const State &Before, const Event &E, EventId Id,
                         PathRef Condition) {
  if (!Again)
    A.Notifies.push_back({F, Id, Condition, Before.Held, sites(Before)});
}

} // namespace raddle::lockorder
