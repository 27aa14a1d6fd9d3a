// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a function's calls bring to what is collected of it: the locks that its
// callees take, and what they have left to their callers to tell.
#include "lockorder/link/Collector.h"
#include "llvm/ADT/STLExtras.h"
#include <tuple>

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {

void Collector::meet(const State &Before, const std::vector<HeldLock> &Held,
                     const std::vector<CallStep> &HeldAt,
                     const CallTarget &Target,
                     const std::vector<CallStep> &Steps, bool NewThread,
                     std::pair<PathRef, PathRef> Case) {
  // A direct recursion adds to the list that it reads.
  std::vector<ReachedLock> Own;
  if (Target.Callee == F)
    Own = A.Reached[F];
  const std::vector<ReachedLock> &List =
      Target.Callee == F ? Own : A.Reached[Target.Callee];
  for (auto [Index, R] : enumerate(List)) {
    PathRef Lock = I.substitute(Before, Target.Context, R.Lock);
    if (!Lock || P.Paths[Lock].Root == RootKind::Null)
      continue;
    // The callee's switch goes another way for what this caller passes.
    PathRef CaseOn =
        R.CaseOn ? I.substitute(Before, Target.Context, R.CaseOn) : 0;
    if (CaseOn && P.Paths[CaseOn].Root == RootKind::Function &&
        CaseOn != R.CaseValue)
      continue;
    // The call of a wrapper is where users see the acquisition.
    if (LockClass C = A.Classes.of(Lock);
        C != NoClass && !this->Again && A.Classes.of(R.Lock) != C)
      acquisition(C, Steps.back(), R.Mode);
    std::vector<PathRef> Released;
    for (PathRef L : A.released(R))
      Released.push_back(I.substitute(Before, Target.Context, L));
    bool Again = any_of(Held, [&](const HeldLock &H) {
      return H.Lock == Lock && (R.Recursive || H.Recursive);
    });
    for (auto [H, At] : zip_equal(Held, HeldAt)) {
      if (Again || is_contained(Released, H.Lock))
        continue;
      EdgeSite Site;
      Site.From = H.Lock;
      Site.To = Lock;
      Site.FromMode = H.Mode;
      Site.ToMode = R.Mode;
      Site.Recursive = R.Recursive || H.Recursive;
      Site.In = F;
      Site.Steps.assign(Steps.begin(), std::prev(Steps.end()));
      Site.Origin = Steps.back().first;
      Site.FromDeclared = H.AtEntry;
      Site.HeldAt = At;
      Site.Event = Steps.back().second;
      Site.Callee = Target.Callee;
      Site.Index = Index;
      // `if (lock_it) mutex.lock(); else mutex.assert_held();`
      if ((Target.Ambiguous || R.Conditional) && Site.From == Site.To)
        continue;
      edge(std::move(Site), Released, Before);
    }
    if (NewThread)
      continue;
    EventId Id = Steps.front().second;
    ReachedLock Mine;
    Mine.Lock = Lock;
    Mine.Mode = R.Mode;
    Mine.Recursive = R.Recursive;
    Mine.Released = A.intern(unite(Released, Before.Released));
    if (CaseOn && P.Paths.outlives(CaseOn)) {
      Mine.CaseOn = CaseOn;
      Mine.CaseValue = R.CaseValue;
    } else {
      std::tie(Mine.CaseOn, Mine.CaseValue) = Case;
    }
    Mine.Conditional = R.Conditional || I.conditional(Id);
    Mine.Event = Id;
    Mine.Callee = Target.Callee;
    Mine.Index = Index;
    reach(std::move(Mine));
  }
}

void Collector::calls(const State &Before, const Event &E, EventId Id,
                      ArrayRef<CallTarget> Targets) {
  for (const CallTarget &T : Targets) {
    if (!A.Calls.touchesLocks(T.Callee))
      continue;
    if (!Again) {
      CallSite Site{F, Id, classes(Before.Held), sites(Before)};
      A.Callers[T.Callee].push_back(std::move(Site));
    }
    meet(Before, Before.Held, heldAt(Before.Held), T, {{F, Id}}, false,
         caseOf(Before, E));
    pendingEdges(Before, T, Id, false);
    pendingCalls(Before, T, Id, false);
  }
}

void Collector::pendingEdges(const State &Before, const CallTarget &Target,
                             EventId Id, bool NewThread) {
  const std::vector<Analysis::PendingEdge> List = A.PendingEdges[Target.Callee];
  for (const Analysis::PendingEdge &Pending : List) {
    EdgeSite Site = Pending.Site;
    PathRef From = I.substitute(Before, Target.Context, Site.From);
    PathRef To = I.substitute(Before, Target.Context, Site.To);
    if (!From || !To || (From == Site.From && To == Site.To))
      continue;
    Site.From = From;
    Site.To = To;
    Site.In = F;
    Site.Steps.insert(Site.Steps.begin(), CallStep{F, Id});
    std::vector<PathRef> Released;
    for (PathRef L : Pending.Released)
      Released.push_back(I.substitute(Before, Target.Context, L));
    State Around = Before;
    if (NewThread || Pending.NewThread) {
      // What the starting thread holds, the new one does not. It runs from
      // here on itself.
      Around.Held.clear();
      Around.Released.clear();
    }
    edge(std::move(Site), Released, Around, NewThread || Pending.NewThread);
  }
}

void Collector::pendingCalls(const State &Before, const CallTarget &Target,
                             EventId Id, bool Starts) {
  const std::vector<Analysis::PendingCall> List = A.PendingCalls[Target.Callee];
  for (const Analysis::PendingCall &Pending : List) {
    PathRef Callable = I.substitute(Before, Target.Context, Pending.Callable);
    bool NewThread = Starts || Pending.NewThread;
    Analysis::PendingCall Mine;
    Mine.Callable = Callable;
    Mine.NewThread = NewThread;
    Mine.Context.Object =
        I.substitute(Before, Target.Context, Pending.Context.Object);
    for (PathRef Arg : Pending.Context.Args)
      Mine.Context.Args.push_back(I.substitute(Before, Target.Context, Arg));
    for (PathRef L : Pending.Released)
      Mine.Released.push_back(I.substitute(Before, Target.Context, L));
    if (!NewThread)
      for (const HeldLock &H : Before.Held)
        if (!is_contained(Mine.Released, H.Lock)) {
          Mine.Held.push_back(H);
          Mine.HeldAt.push_back({F, H.At});
        }
    for (auto [H, At] : zip_equal(Pending.Held, Pending.HeldAt)) {
      HeldLock Here = H;
      Here.Lock = I.substitute(Before, Target.Context, H.Lock);
      Mine.Held.push_back(Here);
      Mine.HeldAt.push_back(At);
    }
    Mine.Released = unite(Mine.Released, Before.Released);
    Mine.Steps = Pending.Steps;
    Mine.Steps.insert(Mine.Steps.begin(), CallStep{F, Id});

    auto FunctionAt = [&](PathRef Path) -> FunctionId {
      const PathTable::Node N = P.Paths[Path];
      return N.Root == RootKind::Function && !N.Parent ? P.find(N.Name)
                                                       : NoFunction;
    };
    FunctionId Callee = FunctionAt(Callable);
    if (Callee == NoFunction)
      Callee =
          FunctionAt(resolve(Before, P.Paths, P.Paths.functionOf(Callable)));
    if (Callee != NoFunction) {
      CallTarget T{Callee, Mine.Context};
      if (P.Functions[Callee].Summary->Closure)
        T.Context.Object = Callable;
      meet(Before, Mine.Held, Mine.HeldAt, T, Mine.Steps, NewThread);
      const CallStep &At = Mine.Steps.back();
      CallSite Site{At.first, At.second, classes(Pending.Held), {}};
      if (none_of(A.Callers[Callee], [&](const CallSite &Known) {
            return Known.Caller == Site.Caller && Known.Event == Site.Event;
          }))
        A.Callers[Callee].push_back(std::move(Site));
      pendingEdges(Before, T, Id, NewThread);
      continue;
    }
    RootKind Root = P.Paths[Callable].Root;
    if ((Root == RootKind::Param || Root == RootKind::This) &&
        A.PendingCalls[F].size() < MaxPending && Mine.Steps.size() < MaxSteps)
      A.PendingCalls[F].push_back(std::move(Mine));
  }
}

void Collector::callsUnknown(const State &Before, const Event &E, EventId Id,
                             PathRef Callable, const CallContext &Context) {
  RootKind Root = P.Paths[Callable].Root;
  if (Again || (Root != RootKind::Param && Root != RootKind::This) ||
      A.PendingCalls[F].size() >= MaxPending)
    return;
  Analysis::PendingCall Pending;
  Pending.Callable = Callable;
  Pending.Context = Context;
  Pending.Held = Before.Held;
  Pending.HeldAt = heldAt(Before.Held);
  Pending.Released = Before.Released;
  Pending.Steps.push_back({F, Id});
  A.PendingCalls[F].push_back(std::move(Pending));
}

void Collector::spawns(const State &Before, const Event &E, EventId Id,
                       ArrayRef<CallTarget> Bodies) {
  for (const CallTarget &T : Bodies) {
    pendingEdges(Before, T, Id, true);
    pendingCalls(Before, T, Id, true);
  }
}

} // namespace raddle::lockorder
