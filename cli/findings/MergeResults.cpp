// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/findings/MergeResults.h"
#include "cli/findings/MergeStress.h"
#include "lockorder/graph/Digraph.h"
#include "llvm/ADT/STLExtras.h"
#include <map>
#include <tuple>

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
namespace {

class Merge {
public:
  Merge(Results &Into, Results &From) : Into(Into), From(From) {}
  void graph();
  void run();
  void findings();

private:
  static void addPlaces(std::vector<Acquisition> &To,
                        const std::vector<Acquisition> &More);
  void renumber(Diagnosis &D) const;
  void renumber(Index &Stack) const {
    if (Stack)
      *Stack += FirstStack;
  }
  void renumber(std::optional<WaitsFor> &On) const;
  void stress();

  Results &Into, &From;
  std::vector<uint32_t> Lock, Edge; ///< Index in From -> index in Into.
  uint32_t FirstStack = 0, FirstLeak = 0, FirstDeadlock = 0;
};

void Merge::addPlaces(std::vector<Acquisition> &To,
                      const std::vector<Acquisition> &More) {
  auto Key = [](const Acquisition &A) {
    return std::tuple(A.Where.File, A.Where.Line, A.Function, A.Mode);
  };
  for (const Acquisition &A : More)
    if (none_of(To, [&](const Acquisition &B) { return Key(A) == Key(B); }))
      To.push_back(A);
}

void Merge::graph() {
  LockOrderGraph &G = Into.Graph;
  auto Key = [](const lockorder::Lock &L) {
    return std::tuple(L.Name, L.Kind, L.Declared.File, L.Declared.Line);
  };
  std::map<decltype(Key(G.Locks[0])), uint32_t> Known;
  for (auto [I, L] : enumerate(G.Locks))
    Known.try_emplace(Key(L), I);
  for (const lockorder::Lock &L : From.Graph.Locks) {
    auto [It, New] = Known.try_emplace(Key(L), G.Locks.size());
    Lock.push_back(It->second);
    if (New)
      G.Locks.push_back(L);
    else
      addPlaces(G.Locks[It->second].Acquisitions, L.Acquisitions);
  }
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> KnownEdges;
  for (auto [I, E] : enumerate(G.Edges))
    KnownEdges.try_emplace({E.From, E.To}, I);
  for (lockorder::Edge &E : From.Graph.Edges) {
    E.From = Lock[E.From];
    E.To = Lock[E.To];
    auto [It, New] = KnownEdges.try_emplace({E.From, E.To}, G.Edges.size());
    Edge.push_back(It->second);
    if (New) {
      G.Edges.push_back(std::move(E));
      continue;
    }
    lockorder::Edge &Old = G.Edges[It->second];
    Old.Static |= E.Static;
    Old.Seen |= E.Seen;
    Old.Inversion |= E.Inversion;
    addPlaces(Old.Places, E.Places);
  }
  Digraph Graph(G.Locks.size());
  for (const lockorder::Edge &E : G.Edges)
    if (E.From != E.To)
      Graph.addEdge(E.From, E.To);
  G.Order = Graph.bestOrder();
}

void Merge::renumber(Diagnosis &D) const {
  for (uint32_t &E : D.Cycle)
    E = Edge[E];
  if (D.TurnRound)
    D.TurnRound = Edge[*D.TurnRound];
  for (Witness &W : D.Witnesses) {
    if (W.Edge)
      W.Edge = Edge[*W.Edge];
    for (Step &S : W.Steps)
      for (uint32_t &L : S.Held)
        L = Lock[L];
  }
  if (D.Leak)
    *D.Leak += FirstLeak;
  if (D.Deadlock)
    *D.Deadlock += FirstDeadlock;
}

void Merge::renumber(std::optional<WaitsFor> &On) const {
  if (!On)
    return;
  if (On->Lock)
    On->Lock = Lock[*On->Lock];
  renumber(On->OwnerStack);
}

void Merge::run() {
  RunTime &To = Into.Run, &R = From.Run;
  FirstStack = To.Stacks.size();
  FirstLeak = To.Leaks.size();
  FirstDeadlock = To.Deadlocks.size();
  append_range(To.Programs, std::move(R.Programs));
  append_range(To.Stacks, std::move(R.Stacks));
  for (LeakGroup &G : R.Leaks) {
    renumber(G.Creation);
    renumber(G.Now);
    renumber(G.On);
    To.Leaks.push_back(std::move(G));
  }
  for (DeadlockView &D : R.Deadlocks) {
    for (DeadlockThread &T : D.Threads) {
      renumber(T.Stack);
      renumber(T.On);
    }
    To.Deadlocks.push_back(std::move(D));
  }
  for (ContentionRow &C : R.Contention) {
    if (C.Lock)
      C.Lock = Lock[*C.Lock];
    renumber(C.WaitMaxStack);
    renumber(C.OwnerStack);
    renumber(C.HoldMaxStack);
    To.Contention.push_back(std::move(C));
  }
  llvm::sort(To.Contention, [](const ContentionRow &A, const ContentionRow &B) {
    return std::tie(B.WaitTotal, B.HoldTotal, A.Name) <
           std::tie(A.WaitTotal, A.HoldTotal, B.Name);
  });
  stress();
  // Numbers of different runs are not one series: the first one's stay.
  if (!To.Snapshots.empty())
    return;
  To.Snapshots = std::move(R.Snapshots);
  for (ProfileRow &P : R.Profile) {
    renumber(P.Stack);
    renumber(P.Creation);
    To.Profile.push_back(std::move(P));
  }
}

void Merge::stress() {
  for (StressView &V : From.Run.Stress)
    for (StressFailure &F : V.Failures)
      if (F.Line) {
        for (TimelineLane &L : F.Line->Lanes)
          renumber(L.Creation);
        for (TimelineStep &S : F.Line->Steps)
          renumber(S.Stack);
      }
  mergeStress(Into.Run.Stress, std::move(From.Run.Stress));
}

void Merge::findings() {
  std::map<std::string, size_t> Known;
  for (auto [I, F] : enumerate(Into.Findings))
    Known.try_emplace(F.Fingerprint, I);
  for (Finding &F : From.Findings) {
    renumber(F.What);
    auto It = Known.find(F.Fingerprint);
    if (It == Known.end()) {
      Into.Findings.push_back(std::move(F));
      continue;
    }
    Diagnosis &Old = Into.Findings[It->second].What;
    Old.Severity = std::max(Old.Severity, F.What.Severity);
    auto Steps = [](const Witness &W) {
      std::vector<std::pair<Place, std::string>> Result;
      for (const Step &S : W.Steps)
        Result.push_back({S.Where, S.Text});
      return Result;
    };
    for (Witness &W : F.What.Witnesses)
      if (none_of(Old.Witnesses,
                  [&](const Witness &V) { return Steps(V) == Steps(W); }))
        Old.Witnesses.push_back(std::move(W));
    for (std::string &Note : F.What.Notes)
      if (!is_contained(Old.Notes, Note))
        Old.Notes.push_back(std::move(Note));
  }
  llvm::sort(Into.Findings, [](const Finding &A, const Finding &B) {
    return std::tie(A.What.Where, A.What.Check, A.What.Message, A.Fingerprint) <
           std::tie(B.What.Where, B.What.Check, B.What.Message, B.Fingerprint);
  });
}

} // namespace

void mergeResults(Results &Into, Results From) {
  Merge M(Into, From);
  M.graph();
  M.run();
  M.findings();
  for (FailedUnit &F : From.Failed)
    if (none_of(Into.Failed, [&](const FailedUnit &G) {
          return F.File == G.File && F.Why == G.Why;
        }))
      Into.Failed.push_back(std::move(F));
  Into.TranslationUnits += From.TranslationUnits;
  Into.Functions += From.Functions;
  if (Into.Root.empty())
    Into.Root = std::move(From.Root);
  if (Into.Project.empty())
    Into.Project = std::move(From.Project);
  if (Into.Command.empty())
    Into.Command = std::move(From.Command);
}

} // namespace raddle::cli
