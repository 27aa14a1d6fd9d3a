// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle-lock-order-inversion. The condition for a deadlock is Coffman's
// circular wait, checked over (held set, lock) pairs as in Havelund's GoodLock
// and its generalisation by Bensalem and Havelund (2005): every edge of the
// cycle by a thread of its own, no lock common to two held sets (gate lock),
// and, beyond these, no order between the threads by creation and join.
#include "lockorder/graph/Digraph.h"
#include "lockorder/link/Checks.h"
#include "lockorder/link/Describe.h"
#include "llvm/ADT/STLExtras.h"
#include <map>
#include <set>

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {
namespace {

constexpr unsigned MaxCycleLength = 6;
constexpr size_t MaxCycles = 2000;
constexpr size_t MaxSitesPerEdge = 12;
constexpr size_t MaxChainsPerSite = 6;

/// One way to run an edge: a site, and a chain of calls to it.
struct Candidate {
  const EdgeSite *Site;
  Chain Calls;
  std::vector<HeldClass> Gates; ///< Held besides; sorted.
  std::vector<uint32_t> Alive;
};

class InversionCheck {
public:
  InversionCheck(Analysis &A, std::vector<Diagnosis> &Out)
      : A(A), D(A), T(A), Out(Out) {}

  void buildGraph();
  void reportCycles();
  void reportSwappedInstances();

private:
  struct Cycle {
    std::vector<uint32_t> Edges;
    std::vector<Candidate> Ways;
    bool ReadersOnly = false;
  };
  std::vector<Candidate> candidates(const std::vector<const EdgeSite *> &Sites);
  bool choose(Cycle &C, const std::vector<std::vector<Candidate>> &Choices,
              size_t At);
  bool compatible(const Candidate &X, const Candidate &Y,
                  const std::vector<LockClass> &CycleLocks) const;
  /// \p Path of the site's function, with `this` and parameters replaced by
  /// what the calls of the chain pass, as the text of the calls tells.
  PathRef alongChain(PathRef Path, const Candidate &Way) const;
  void report(Cycle C, const std::map<uint32_t, unsigned> &Uses);
  Witness witness(const Candidate &C, uint32_t Edge) const;
  CallStep acquisition(const EdgeSite &S) const {
    return D.descend(S.Origin, S.Event, S.Callee, S.Index, S.ToClass).back();
  }

  Analysis &A;
  Describe D;
  Threads T;
  std::vector<Diagnosis> &Out;
  std::vector<std::vector<const EdgeSite *>> SitesOf; ///< By graph edge.
  std::vector<const EdgeSite *> SameClass;
};

void InversionCheck::buildGraph() {
  LockOrderGraph &G = A.Graph;
  std::map<std::pair<LockClass, LockClass>, uint32_t> Index;
  // Declared orders and NOLINT speak of source lines; the sites of one edge are
  // sorted by theirs so that reports are stable.
  for (const EdgeSite &S : A.Edges) {
    if (S.FromClass == S.ToClass) {
      SameClass.push_back(&S);
      continue;
    }
    auto [It, New] =
        Index.try_emplace({S.FromClass, S.ToClass}, G.Edges.size());
    if (New) {
      Edge E;
      E.From = S.FromClass;
      E.To = S.ToClass;
      G.Edges.push_back(E);
      SitesOf.emplace_back();
    }
    SitesOf[It->second].push_back(&S);
    CallStep At = acquisition(S);
    Acquisition Where{D.place(At), A.P.str(A.P.Functions[At.first].Name),
                      S.ToMode == LockMode::Shared ? "shared" : "exclusive"};
    auto &Places = G.Edges[It->second].Places;
    if (none_of(Places, [&](const Acquisition &Known) {
          return Known.Where == Where.Where;
        }))
      Places.push_back(std::move(Where));
  }
  Digraph Graph(G.Locks.size());
  for (const Edge &E : G.Edges)
    Graph.addEdge(E.From, E.To);
  G.Order = Graph.bestOrder();
}

std::vector<Candidate>
InversionCheck::candidates(const std::vector<const EdgeSite *> &Sites) {
  std::vector<Candidate> Result;
  size_t Taken = 0;
  for (const EdgeSite *S : Sites) {
    // NOLINT on any step of a witness takes the site out.
    bool Silenced =
        any_of(D.descend(S->Origin, S->Event, S->Callee, S->Index, S->ToClass),
               [&](const CallStep &Step) {
                 return D.silenced(Step, LockOrderInversion);
               }) ||
        any_of(S->Steps, [&](const CallStep &Step) {
          return D.silenced(Step, LockOrderInversion);
        });
    if (!S->FromDeclared)
      Silenced |= D.silenced(S->HeldAt, LockOrderInversion);
    if (Silenced || Taken++ >= MaxSitesPerEdge)
      continue;
    for (Chain &C : T.chainsTo(*S, MaxChainsPerSite)) {
      if (any_of(C.Calls, [&](const CallStep &Step) {
            return D.silenced(Step, LockOrderInversion);
          }))
        continue;
      Candidate Way{S, std::move(C), S->AlsoHeld, S->Alive};
      append_range(Way.Gates, Way.Calls.Held);
      llvm::sort(Way.Gates);
      Result.push_back(std::move(Way));
    }
  }
  return Result;
}

bool InversionCheck::compatible(const Candidate &X, const Candidate &Y,
                                const std::vector<LockClass> &Locks) const {
  // Two readers pass a gate together.
  for (const HeldClass &Mine : X.Gates)
    for (const HeldClass &Theirs : Y.Gates)
      if (Mine.Class == Theirs.Class && !(Mine.Shared && Theirs.Shared) &&
          !is_contained(Locks, Mine.Class))
        return false;
  return T.concurrent(X.Calls, X.Alive, Y.Calls, Y.Alive);
}

PathRef InversionCheck::alongChain(PathRef Path, const Candidate &Way) const {
  PathTable &Paths = A.P.Paths;
  for (const CallStep &Step : reverse(Way.Calls.Calls)) {
    const PathTable::Node Base = Paths[Paths[Path].Base];
    if (Base.Root != RootKind::This && Base.Root != RootKind::Param)
      break;
    const Event &E = D.event(Step.first, Step.second);
    PathId Passed = Base.Root == RootKind::This  ? E.Object
                    : Base.Index < E.Args.size() ? E.Args[Base.Index]
                                                 : 0;
    if (!Passed || (E.Kind != EventKind::Call && E.Kind != EventKind::Destroy))
      break;
    SmallVector<PathTable::Node, 8> Elements;
    for (PathRef At = Path; Paths[At].Parent; At = Paths[At].Parent)
      Elements.push_back(Paths[At]);
    Path = A.P.path(A.P.Functions[Step.first], Passed);
    for (const PathTable::Node &N : reverse(Elements))
      Path = Paths.append(Path, N);
    // A variable may refer to anything; what it holds is not followed here.
    if (Paths[Path].Root == RootKind::Local ||
        Paths[Path].Root == RootKind::Result)
      break;
  }
  return Path;
}

bool InversionCheck::choose(Cycle &C,
                            const std::vector<std::vector<Candidate>> &Choices,
                            size_t At) {
  if (At == Choices.size()) {
    C.ReadersOnly = false;
    for (size_t I = 0; I < At; ++I) {
      const EdgeSite &X = *C.Ways[I].Site, &Y = *C.Ways[(I + 1) % At].Site;
      if (!A.Classes.compatible(alongChain(X.To, C.Ways[I]),
                                alongChain(Y.From, C.Ways[(I + 1) % At])))
        return false;
      C.ReadersOnly |=
          X.ToMode == LockMode::Shared && Y.FromMode == LockMode::Shared;
    }
    return true;
  }
  std::vector<LockClass> Locks;
  for (uint32_t E : C.Edges)
    Locks.push_back(A.Graph.Edges[E].From);
  std::optional<Cycle> Weaker;
  for (const Candidate &Way : Choices[At]) {
    if (!all_of(C.Ways, [&](const Candidate &Other) {
          return compatible(Other, Way, Locks);
        }))
      continue;
    C.Ways.push_back(Way);
    if (choose(C, Choices, At + 1)) {
      if (!C.ReadersOnly)
        return true;
      if (!Weaker)
        Weaker = C;
    }
    C.Ways.resize(At);
  }
  if (!Weaker)
    return false;
  C = *Weaker;
  return true;
}

void InversionCheck::reportCycles() {
  Digraph Graph(A.Graph.Locks.size());
  for (const Edge &E : A.Graph.Edges)
    Graph.addEdge(E.From, E.To);
  std::vector<Cycle> Found;
  std::map<uint32_t, std::vector<Candidate>> Ways;
  std::set<std::vector<uint32_t>> Reported;
  for (const auto &Edges : Graph.shortCycles(MaxCycleLength, MaxCycles)) {
    // A longer cycle over locks that already stand against each other says
    // nothing new.
    std::vector<uint32_t> Locks;
    for (uint32_t E : Edges)
      Locks.push_back(A.Graph.Edges[E].From);
    llvm::sort(Locks);
    if (any_of(Reported, [&](const std::vector<uint32_t> &Known) {
          return std::includes(Locks.begin(), Locks.end(), Known.begin(),
                               Known.end());
        }))
      continue;
    Cycle C;
    C.Edges = Edges;
    std::vector<std::vector<Candidate>> Choices;
    for (uint32_t E : Edges) {
      auto [It, New] = Ways.try_emplace(E);
      if (New)
        It->second = candidates(SitesOf[E]);
      Choices.push_back(It->second);
    }
    if (!choose(C, Choices, 0))
      continue;
    Reported.insert(Locks);
    Found.push_back(std::move(C));
  }
  std::map<uint32_t, unsigned> Uses;
  for (const Cycle &C : Found)
    for (uint32_t E : C.Edges)
      ++Uses[E];
  for (Cycle &C : Found)
    report(std::move(C), Uses);
}

Witness InversionCheck::witness(const Candidate &C, uint32_t EdgeIndex) const {
  const EdgeSite &S = *C.Site;
  std::string From = D.quoted(S.FromClass), To = D.quoted(S.ToClass);
  Witness W;
  W.Title = From + " is held, then " + To + " is taken";
  W.Edge = EdgeIndex;
  D.chain(C.Calls, W);
  std::vector<uint32_t> Around = Describe::locks(C.Calls.Held);
  if (!C.Calls.Calls.empty())
    W.Steps.back().Text = "calls " + D.function(S.In);
  auto AddHold = [&] {
    Step Hold;
    Hold.Kind = StepKind::Hold;
    Hold.Function = A.P.str(A.P.Functions[S.HeldAt.first].Name);
    Hold.Held = Around;
    if (S.FromDeclared) {
      Hold.Text = "is declared to run with " + From + " held";
      Hold.Where = A.P.place(A.P.Functions[S.Origin],
                             A.P.Functions[S.Origin].Summary->Where);
    } else {
      Hold.Text = "takes " + From;
      Hold.Where = D.place(S.HeldAt);
    }
    W.Steps.push_back(std::move(Hold));
    if (!is_contained(Around, S.FromClass))
      Around.push_back(S.FromClass);
  };
  // The first lock is taken at some step of the way.
  bool Added = false;
  for (auto [I, Calling] : enumerate(S.Steps)) {
    if (!Added && S.HeldAt.first == Calling.first) {
      AddHold();
      Added = true;
    }
    D.call(Calling, I + 1 < S.Steps.size() ? S.Steps[I + 1].first : S.Origin,
           Around, W);
  }
  if (!Added)
    AddHold();
  std::vector<uint32_t> Held = Around;
  for (uint32_t L : Describe::locks(S.AlsoHeld))
    if (!is_contained(Held, L))
      Held.push_back(L);
  if (!is_contained(Held, S.FromClass))
    Held.push_back(S.FromClass);
  D.acquisition(S.Origin, S.Event, S.Callee, S.Index, S.ToClass, Held,
                "takes " + To + " while " + From + " is held", W);
  return W;
}

void InversionCheck::report(Cycle C, const std::map<uint32_t, unsigned> &Uses) {
  LockOrderGraph &G = A.Graph;
  // The edge in most cycles, then the one taken at the fewest places, is the
  // cheapest to turn round; it comes first and places the finding.
  auto Cost = [&](uint32_t E) {
    return std::pair<long, size_t>(-long(Uses.at(E)), G.Edges[E].Places.size());
  };
  size_t Cheapest = 0;
  for (size_t I = 1; I < C.Edges.size(); ++I)
    if (Cost(C.Edges[I]) < Cost(C.Edges[Cheapest]))
      Cheapest = I;
  std::rotate(C.Edges.begin(), C.Edges.begin() + Cheapest, C.Edges.end());
  std::rotate(C.Ways.begin(), C.Ways.begin() + Cheapest, C.Ways.end());

  Diagnosis Found;
  Found.Check = LockOrderInversion.str();
  Found.Severity = C.ReadersOnly ? Level::Note : Level::Error;
  std::string Names;
  for (auto [I, E] : enumerate(C.Edges)) {
    bool Last = I + 1 == C.Edges.size();
    Names += (I == 0 ? "" : Last ? " and " : ", ") + D.quoted(G.Edges[E].From);
    G.Edges[E].Inversion = true;
    Found.Identity.push_back(G.Locks[G.Edges[E].From].Name);
  }
  llvm::sort(Found.Identity);
  Found.Message = "lock order inversion " +
                  std::string(C.Edges.size() == 2 ? "between " : "among ") +
                  Names +
                  (C.ReadersOnly ? "; some of them are only read-locked, so a "
                                   "writer has to come between"
                                 : "");
  Found.Cycle = C.Edges;
  for (auto [I, E] : enumerate(C.Edges))
    Found.Witnesses.push_back(witness(C.Ways[I], E));
  Found.Where = Found.Witnesses[0].Steps.back().Where;
  Found.TurnRound = C.Edges[0];
  const Edge &Turn = G.Edges[C.Edges[0]];
  size_t Others = 0;
  for (size_t I = 1; I < C.Edges.size(); ++I)
    Others = std::max(Others, G.Edges[C.Edges[I]].Places.size());
  auto Places = [](size_t N) {
    return std::to_string(N) + (N == 1 ? " place" : " places");
  };
  Found.TurnRoundWhy =
      "taking " + D.quoted(Turn.To) + " before " + D.quoted(Turn.From) +
      " changes " + Places(Turn.Places.size()) +
      " (the other order is used at " + Places(Others) + ")" +
      (Uses.at(C.Edges[0]) > 1
           ? " and breaks " + std::to_string(Uses.at(C.Edges[0])) + " cycles"
           : "");
  auto Thread = [&](const Candidate &Way) -> std::string {
    switch (Way.Calls.From) {
    case Chain::Start::Main:
      return "the main thread";
    case Chain::Start::Spawn:
      return "a thread that starts in " + D.function(Way.Calls.Root);
    case Chain::Start::Entry:
      break;
    }
    return "whoever calls " + D.function(Way.Calls.Root);
  };
  std::string Who;
  for (auto [I, Way] : enumerate(C.Ways))
    Who += (I ? "; " : "") + Thread(Way);
  Found.Filters = {
      {"gate lock", "no other lock is held around all acquisitions"},
      {"one thread", "the orders are taken by different threads: " + Who},
      {"creation and join", "nothing orders these threads one after the other"},
      {"release before the next", "each first lock is still held when the next "
                                  "is taken"},
      {"try-lock", "all acquisitions wait"},
      {"readers only", C.ReadersOnly ? "some pairs are; reported as a note"
                                     : "at least one side is exclusive "
                                       "at each lock"}};
  Out.push_back(std::move(Found));
}

void InversionCheck::reportSwappedInstances() {
  std::set<std::pair<PathRef, PathRef>> Done;
  for (const EdgeSite *X : SameClass)
    for (const EdgeSite *Y : SameClass) {
      // Objects that only have a meaning in one function are compared within
      // it.
      bool Comparable = X->In == Y->In || (A.Classes.concrete(X->From) &&
                                           A.Classes.concrete(X->To));
      if (!Comparable || X->From != Y->To || X->To != Y->From ||
          X->From > X->To || Done.contains({X->From, X->To}))
        continue;
      auto WaysX = candidates({X}), WaysY = candidates({Y});
      for (const Candidate &WX : WaysX) {
        auto WY = find_if(WaysY, [&](const Candidate &W) {
          return compatible(WX, W, {X->FromClass});
        });
        if (WY == WaysY.end())
          continue;
        Done.insert({X->From, X->To});
        Diagnosis Found;
        Found.Check = LockOrderInversion.str();
        Found.Severity = Level::Error;
        Found.Message = "lock order inversion between two instances of " +
                        D.quoted(X->FromClass) +
                        ": they are taken in both orders";
        Found.Identity = {A.Graph.Locks[X->FromClass].Name, "instances"};
        for (const Candidate *W : {&WX, static_cast<const Candidate *>(&*WY)}) {
          Found.Witnesses.push_back(witness(*W, 0));
          Found.Witnesses.back().Edge.reset();
          Found.Witnesses.back().Title = "one instance of " +
                                         D.quoted(X->FromClass) +
                                         " is held, then the other is taken";
        }
        Found.Where = Found.Witnesses[0].Steps.back().Where;
        Found.Notes.push_back("take the two in an order that does not depend "
                              "on the caller: by address (std::less), by an "
                              "id, or both at once with std::scoped_lock");
        Found.Filters = {{"ordered instances",
                          "nothing compares the instances before they are "
                          "locked"}};
        Out.push_back(std::move(Found));
        break;
      }
    }
}

} // namespace

void checkLockOrderInversion(Analysis &A, bool Report,
                             std::vector<Diagnosis> &Out) {
  InversionCheck Check(A, Out);
  Check.buildGraph();
  if (!Report)
    return;
  Check.reportCycles();
  Check.reportSwappedInstances();
}

} // namespace raddle::lockorder
