// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What was seen, put into what the sources say.
#include "lockorder/graph/Digraph.h"
#include "lockorder/observed/Observed.h"
#include "llvm/ADT/STLExtras.h"
#include <map>
#include <set>

using namespace llvm;

namespace raddle::lockorder {
namespace {

constexpr uint32_t None = UINT32_MAX;
constexpr char InversionCheck[] = "raddle-lock-order-inversion";

class Merge {
public:
  Merge(LinkResult &Into, ObservedResult &Seen) : Into(Into), Seen(Seen) {}

  void graph();
  void diagnoses();

private:
  void renumber(Diagnosis &D) const;
  void join(Diagnosis &Static, Diagnosis &Observed) const;
  void exercised(Diagnosis &D) const;

  LinkResult &Into;
  ObservedResult &Seen;
  std::vector<uint32_t> Lock, Edge; ///< Index in Seen -> index in Into.
};

void Merge::graph() {
  LockOrderGraph &G = Into.Graph;
  for (auto [Index, L] : enumerate(Seen.Graph.Locks)) {
    uint32_t Known =
        Index < Seen.StaticLock.size() ? Seen.StaticLock[Index] : None;
    if (Known >= G.Locks.size()) {
      Known = G.Locks.size();
      G.Locks.push_back(L);
    } else {
      auto &Places = G.Locks[Known].Acquisitions;
      for (const Acquisition &A : L.Acquisitions)
        if (none_of(Places, [&](const Acquisition &B) {
              return A.Where.File == B.Where.File &&
                     A.Where.Line == B.Where.Line;
            }))
          Places.push_back(A);
    }
    Lock.push_back(Known);
  }
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> Known;
  for (auto [Index, E] : enumerate(G.Edges))
    Known[{E.From, E.To}] = Index;
  for (const lockorder::Edge &E : Seen.Graph.Edges) {
    std::pair<uint32_t, uint32_t> Ends{Lock[E.From], Lock[E.To]};
    auto [It, New] = Known.try_emplace(Ends, G.Edges.size());
    Edge.push_back(It->second);
    if (New) {
      G.Edges.push_back(E);
      G.Edges.back().From = Ends.first;
      G.Edges.back().To = Ends.second;
      continue;
    }
    lockorder::Edge &Old = G.Edges[It->second];
    Old.Seen = true;
    Old.Inversion |= E.Inversion;
    for (const Acquisition &A : E.Places)
      if (none_of(Old.Places, [&](const Acquisition &B) {
            return A.Where.File == B.Where.File && A.Where.Line == B.Where.Line;
          }))
        Old.Places.push_back(A);
  }
  Digraph Graph(G.Locks.size());
  for (const lockorder::Edge &E : G.Edges)
    if (E.From != E.To)
      Graph.addEdge(E.From, E.To);
  G.Order = Graph.bestOrder();
  for (auto &Run : Seen.LockIndex)
    for (uint32_t &Index : Run)
      if (Index != None)
        Index = Lock[Index];
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
}

void Merge::join(Diagnosis &Static, Diagnosis &Observed) const {
  Static.Severity = std::max(Static.Severity, Observed.Severity);
  for (Witness &W : Observed.Witnesses) {
    W.Title = "seen in the run: " + W.Title;
    Static.Witnesses.push_back(std::move(W));
  }
  Static.Notes.push_back(Static.Cycle.size() > 2
                             ? "exercised: a run took all of these orders, in "
                               "threads that nothing keeps apart"
                         : Observed.Identity.back() == "wait"
                             ? "exercised: a run waited so, and every signal "
                               "was made with the lock held"
                             : "exercised: both orders were taken in the run, "
                               "in threads that nothing keeps apart");
  for (std::string &Note : Observed.Notes)
    if (!is_contained(Static.Notes, Note))
      Static.Notes.push_back(std::move(Note));
  for (FilterAnswer &F : Observed.Filters)
    Static.Filters.push_back({F.Rule + ", in the run", std::move(F.Answer)});
}

void Merge::exercised(Diagnosis &D) const {
  const LockOrderGraph &G = Into.Graph;
  if (D.Cycle.empty()) {
    if (!D.Identity.empty() && D.Identity.back() == "instances")
      D.Notes.push_back("not exercised: the run never took two instances in "
                        "both orders");
    else
      D.Notes.push_back("not exercised in the run");
    return;
  }
  std::string Missing;
  size_t Seen = 0;
  for (uint32_t E : D.Cycle) {
    if (G.Edges[E].Seen) {
      ++Seen;
      continue;
    }
    Missing += (Missing.empty() ? "'" : "; '") + G.Locks[G.Edges[E].From].Name +
               "' before '" + G.Locks[G.Edges[E].To].Name + "' was never taken";
  }
  if (Seen == D.Cycle.size())
    D.Notes.push_back("exercised in part: the run took all of these orders, "
                      "but not on the same locks from threads that could meet");
  else
    D.Notes.push_back((Seen ? "exercised in part: " : "not exercised: ") +
                      Missing);
}

void Merge::diagnoses() {
  // The same names are the same inversion.
  std::map<std::vector<std::string>, size_t> Known;
  size_t Before = Into.Diagnoses.size();
  for (size_t I = 0; I < Before; ++I)
    if (Into.Diagnoses[I].Check == InversionCheck)
      Known.try_emplace(Into.Diagnoses[I].Identity, I);
  std::set<size_t> Joined;
  for (Diagnosis &D : Seen.Diagnoses) {
    renumber(D);
    auto It = D.Identity.empty() ? Known.end() : Known.find(D.Identity);
    if (It == Known.end()) {
      D.Notes.push_back("seen in the run only: the analysis of the sources "
                        "does not report it");
      Into.Diagnoses.push_back(std::move(D));
    } else if (Joined.insert(It->second).second) {
      join(Into.Diagnoses[It->second], D);
    }
  }
  for (size_t I = 0; I < Before; ++I)
    if (Into.Diagnoses[I].Check == InversionCheck && !Joined.contains(I))
      exercised(Into.Diagnoses[I]);
  Seen.Diagnoses.clear();
}

} // namespace

void mergeWithStatic(LinkResult &Into, ObservedResult &Seen) {
  Merge M(Into, Seen);
  M.graph();
  M.diagnoses();
}

} // namespace raddle::lockorder
