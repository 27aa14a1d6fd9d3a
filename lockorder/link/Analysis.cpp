// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/link/Analysis.h"
#include "lockorder/link/Collector.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {

Analysis::Analysis(Program &P, LockOrderGraph &Graph)
    : P(P), Calls(P), K(P, Calls), Classes(P, Graph), Graph(Graph) {
  size_t N = P.Functions.size();
  K.Effects.resize(N);
  Reached.resize(N);
  Callers.resize(N);
  StartedBy.resize(N);
  PendingEdges.resize(N);
  PendingCalls.resize(N);
  intern({});
}

uint32_t Analysis::intern(std::vector<PathRef> Locks) {
  auto [It, New] = SetIds.try_emplace(std::move(Locks), Sets.size());
  if (New)
    Sets.push_back(&It->first);
  return It->second;
}

void Analysis::run() {
  findSpawns();
  computeEffects();
  findWrappers();
  bindLockPointers();
  collect();
  for (auto [I, Site] : enumerate(K.Spawns))
    for (FunctionId Body : Site.Bodies)
      StartedBy[Body].push_back(I);
}

void Analysis::findSpawns() {
  for (FunctionId F = 0; F < P.Functions.size(); ++F) {
    EventId Id = 0;
    for (const Block &B : P.Functions[F].Summary->Blocks)
      for (const Event &E : B.Events) {
        if (E.Kind == EventKind::Spawn) {
          K.SpawnIds[{F, Id}] = K.Spawns.size();
          SpawnSite Site;
          Site.In = F;
          Site.Event = Id;
          Site.Kind = E.Spawn;
          Site.InLoop = E.InLoop || B.Loop >= 0;
          K.Spawns.push_back(Site);
        }
        ++Id;
      }
  }
}

void Analysis::computeEffects() {
  // Functions whose effect can be something: they touch locks, or tell where
  // a pointer comes from (constructors, setters, accessors).
  auto Shapes = [&](const FunctionSummary &F, const TUSummary &S) {
    for (const Block &B : F.Blocks) {
      if (B.ReturnPath)
        return true;
      for (const Event &E : B.Events)
        if (E.Kind == EventKind::Store && E.Object) {
          RootKind Root = S.path(E.Object).Root;
          if (Root == RootKind::This || Root == RootKind::Param ||
              Root == RootKind::Return)
            return true;
        }
    }
    return false;
  };
  for (const auto &Component : Calls.bottomUp()) {
    // Functions that call each other see each other's effect of the round
    // before; lock functions are not written recursively, so two rounds do.
    unsigned Rounds =
        Component.size() > 1 || Calls.recursive(Component[0]) ? 2 : 1;
    for (unsigned Round = 0; Round < Rounds; ++Round)
      for (FunctionId F : Component) {
        const Function Fn = P.Functions[F];
        if (!Fn.hasBody() || Fn.Summary->Blocks.empty() ||
            !(Calls.touchesLocks(F) || Shapes(*Fn.Summary, Fn.In->Summary)))
          continue;
        Interpreter I(K, F);
        I.run();
        K.Effects[F] = I.effect();
      }
  }
}

void Analysis::findWrappers() {
  DenseSet<Symbol> Owners;
  std::vector<Symbol> Candidates;
  // Records whose fields lead from the object to \p Lock, all by value: the
  // wrapper, and the wrapper around the wrapper.
  auto OwnRecords = [&](PathRef Lock) {
    SmallVector<Symbol, 2> Records;
    for (PathRef At = Lock; P.Paths[At].Parent; At = P.Paths[At].Parent) {
      const PathTable::Node &N = P.Paths[At];
      if (N.Root != RootKind::This || !N.ByValue || N.Pseudo)
        return SmallVector<Symbol, 2>();
      if (N.Record)
        Records.push_back(N.Record);
    }
    return Records;
  };
  for (FunctionId F = 0; F < P.Functions.size(); ++F) {
    const Function Fn = P.Functions[F];
    if (!Fn.Record || Fn.Summary->Constructor || Fn.Summary->Destructor ||
        Fn.Summary->Closure || !Calls.touchesLocks(F))
      continue;
    const Effect &E = K.Effects[F];
    for (const std::vector<HeldLock> *List :
         {&E.Acquired, &E.IfTrue, &E.IfFalse})
      for (const HeldLock &H : *List)
        append_range(Candidates, OwnRecords(H.Lock));
    // Locking inside another lock function (try, timed, convert), or handing
    // the guard out, is the wrapper's business.
    if (!E.Guards.empty() || !E.IfTrue.empty() || !E.IfFalse.empty() ||
        !E.Released.empty())
      continue;
    // A method that takes the lock and gives it back uses it for its own
    // data: the record owns the lock, it does not merely wrap it.
    auto Balanced = [&](PathRef Lock) {
      if (!Lock || none_of(E.Acquired, [&](const HeldLock &H) {
            return P.Paths.hasPrefix(H.Lock, Lock);
          }))
        for (Symbol Record : OwnRecords(Lock))
          Owners.insert(Record);
    };
    for (const Block &B : Fn.Summary->Blocks)
      for (const Event &Ev : B.Events) {
        if (Ev.Kind == EventKind::Acquire && Ev.How == Flavor::Blocking)
          Balanced(P.path(Fn, Ev.Object));
        if (Ev.Kind == EventKind::GuardInit && Ev.How == Flavor::Blocking)
          for (PathId Arg : Ev.Args)
            Balanced(P.path(Fn, Arg));
        if (Ev.Kind != EventKind::Call || !Ev.Callee)
          continue;
        FunctionId Callee = P.find(Fn.In->symbol(Ev.Callee));
        if (Callee == NoFunction)
          continue;
        for (const HeldLock &H : K.Effects[Callee].Acquired) {
          PathTable::Node Root = P.Paths[P.Paths[H.Lock].Base];
          if (Root.Root == RootKind::This)
            Balanced(P.path(Fn, Ev.Object));
          else if (Root.Root == RootKind::Param && Root.Index < Ev.Args.size())
            Balanced(P.path(Fn, Ev.Args[Root.Index]));
        }
      }
  }
  for (Symbol Record : Candidates)
    if (!Owners.contains(Record))
      Classes.addWrapper(Record);
}

void Analysis::bindLockPointers() {
  // Functions that set a member pointing to a lock, and from which argument.
  struct Setter {
    Symbol Record, Name;
    PathRef Value;
  };
  DenseMap<FunctionId, SmallVector<Setter, 1>> Setters;
  std::vector<std::pair<Symbol, Symbol>> Members;
  for (FunctionId F = 0; F < P.Functions.size(); ++F)
    for (auto [Key, Value] : K.Effects[F].Stores) {
      const PathTable::Node &N = P.Paths[Key];
      if (N.Parent && !N.Pseudo && !N.ByValue &&
          Classes.pointsToLock(N.Record, N.Name) &&
          P.Paths[Value].Root != RootKind::Null) {
        Setters[F].push_back({N.Record, N.Name, Value});
        Classes.noteSetter(N.Record, N.Name);
      }
    }
  if (Setters.empty())
    return;
  struct Binder : Observer {
    Analysis &A;
    Interpreter &I;
    const DenseMap<FunctionId, SmallVector<Setter, 1>> &Setters;
    bool Changed = false;
    Binder(Analysis &A, Interpreter &I,
           const DenseMap<FunctionId, SmallVector<Setter, 1>> &Setters)
        : A(A), I(I), Setters(Setters) {}
    void calls(const State &Before, const Event &, EventId,
               ArrayRef<CallTarget> Targets) override {
      for (const CallTarget &T : Targets) {
        auto It = Setters.find(T.Callee);
        if (It == Setters.end())
          continue;
        for (const Setter &S : It->second) {
          PathRef Lock = I.substitute(Before, T.Context, S.Value);
          // Still somebody's parameter: the caller of this one tells.
          RootKind Root = A.P.Paths[Lock].Root;
          if (Root == RootKind::Param && !A.P.Paths[Lock].Parent)
            continue;
          Changed |= A.Classes.bind(S.Record, S.Name, A.Classes.of(Lock));
        }
      }
    }
  };
  std::vector<FunctionId> Users;
  SmallVector<FunctionId, 8> Callees;
  for (FunctionId F = 0; F < P.Functions.size(); ++F) {
    Callees.clear();
    for (const Block &B : P.Functions[F].Summary->Blocks)
      for (const Event &E : B.Events)
        if (E.Kind == EventKind::Call)
          Calls.calleesOf(F, E, Callees);
    if (any_of(Callees, [&](FunctionId C) { return Setters.contains(C); }))
      Users.push_back(F);
  }
  // A member can be set from another such member; a few rounds follow chains.
  for (unsigned Round = 0; Round < 3; ++Round) {
    bool Changed = false;
    for (FunctionId F : Users) {
      Interpreter I(K, F);
      I.run();
      Binder B(*this, I, Setters);
      I.walk(B);
      Changed |= B.Changed;
    }
    Classes.clearCache();
    if (!Changed)
      break;
  }
}

void Analysis::collect() {
  for (const auto &Component : Calls.bottomUp()) {
    unsigned Rounds =
        Component.size() > 1 || Calls.recursive(Component[0]) ? 2 : 1;
    for (unsigned Round = 0; Round < Rounds; ++Round)
      for (FunctionId F : Component) {
        if (!Calls.touchesLocks(F) || !P.Functions[F].hasBody() ||
            P.Functions[F].Summary->Blocks.empty())
          continue;
        Interpreter I(K, F);
        I.run();
        Collector C(*this, I, F, /*Again=*/Round > 0);
        I.walk(C);
      }
  }
}

} // namespace raddle::lockorder
