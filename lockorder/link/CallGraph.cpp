// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/link/CallGraph.h"
#include "llvm/ADT/GraphTraits.h"
#include "llvm/ADT/SCCIterator.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {
namespace {

/// More functions than this in one callable variable (a thread pool's job
/// type) say nothing about a single call.
constexpr size_t MaxHeld = 256;

struct CallNode {
  FunctionId Id = NoFunction;
  std::vector<CallNode *> Callees;
};

} // namespace
} // namespace raddle::lockorder

template <> struct llvm::GraphTraits<raddle::lockorder::CallNode *> {
  using NodeRef = raddle::lockorder::CallNode *;
  using ChildIteratorType = std::vector<NodeRef>::iterator;
  static NodeRef getEntryNode(NodeRef N) { return N; }
  static ChildIteratorType child_begin(NodeRef N) { return N->Callees.begin(); }
  static ChildIteratorType child_end(NodeRef N) { return N->Callees.end(); }
};

namespace raddle::lockorder {

CallGraph::CallGraph(Program &P) : P(P) {
  collectCallables();
  sortComponents();
  markTouching();
}

PathRef CallGraph::slot(Symbol F, PathRef Holder) {
  PathTable &Paths = P.Paths;
  while (Holder && Paths.isElement(Paths[Holder]))
    Holder = Paths[Holder].Parent;
  if (!Holder)
    return 0;
  PathTable::Node N = Paths[Holder];
  if (N.Parent)
    return Paths.append(Paths.root(RootKind::Opaque, 0, 0), N.Record, N.Name,
                        true);
  if (N.Root == RootKind::Param)
    return Paths.root(RootKind::Param, N.Index, F);
  if (N.Root == RootKind::Global || N.Root == RootKind::Local ||
      N.Root == RootKind::Temporary)
    return Holder;
  return 0;
}

ArrayRef<FunctionId> CallGraph::heldBy(Symbol F, PathRef Holder) {
  PathRef S = slot(F, Holder);
  auto It = Slots.find(S);
  if (!S || It == Slots.end())
    return {};
  return It->second;
}

void CallGraph::collectCallables() {
  // Callables start where a closure or bind object gets its function, or where
  // a function's name is used as a value.
  for (FunctionId F = 0; F < P.Functions.size(); ++F) {
    const Function Fn = P.Functions[F];
    const TUSummary &S = Fn.In->Summary;
    for (const Block &B : Fn.Summary->Blocks)
      for (const Event &E : B.Events) {
        auto IsFunction = [&](PathId Id) {
          return Id && S.path(Id).Root == RootKind::Function;
        };
        if (E.Kind == EventKind::Store && !E.Args.empty() &&
            IsFunction(E.Args[0])) {
          FunctionId Callable = P.find(Fn.In->symbol(S.path(E.Args[0]).Name));
          PathRef Target = P.path(Fn, E.Object);
          if (Callable == NoFunction || !Target)
            continue;
          // `t.$fn := f` makes the object t the callable.
          if (P.Paths[Target].Pseudo && P.text(P.Paths[Target].Name) == "$fn")
            Target = P.Paths[Target].Parent;
          flow(F, slot(Fn.Key, Target), Callable);
        } else if (E.Kind == EventKind::Call) {
          FunctionId Callee = P.find(Fn.In->symbol(E.Callee));
          if (Callee == NoFunction)
            continue;
          for (auto [I, Arg] : enumerate(E.Args))
            if (IsFunction(Arg))
              if (FunctionId Callable = P.find(Fn.In->symbol(S.path(Arg).Name));
                  Callable != NoFunction)
                flow(Callee,
                     P.Paths.root(RootKind::Param, I, P.Functions[Callee].Key),
                     Callable);
        }
      }
  }
}

void CallGraph::flow(FunctionId F, PathRef Slot, FunctionId Callable) {
  struct Fact {
    FunctionId F;
    PathRef Slot;
  };
  SmallVector<Fact, 8> Open{{F, Slot}};
  while (!Open.empty()) {
    Fact At = Open.pop_back_val();
    if (!At.Slot)
      continue;
    std::vector<FunctionId> &Held = Slots[At.Slot];
    if (is_contained(Held, Callable) || Held.size() >= MaxHeld)
      continue;
    Held.push_back(Callable);
    // Where does function At.F hand the variable on to?
    const Function Fn = P.Functions[At.F];
    for (const Block &B : Fn.Summary->Blocks)
      for (const Event &E : B.Events) {
        if (E.Kind == EventKind::Store && !E.Args.empty() && E.Args[0] &&
            slot(Fn.Key, P.path(Fn, E.Args[0])) == At.Slot)
          Open.push_back({At.F, slot(Fn.Key, P.path(Fn, E.Object))});
        if (E.Kind != EventKind::Call && E.Kind != EventKind::Spawn)
          continue;
        FunctionId Callee = P.find(Fn.In->symbol(E.Callee));
        if (Callee == NoFunction)
          continue;
        for (auto [I, Arg] : enumerate(E.Args))
          if (Arg && slot(Fn.Key, P.path(Fn, Arg)) == At.Slot)
            Open.push_back({Callee, P.Paths.root(RootKind::Param, I,
                                                 P.Functions[Callee].Key)});
      }
  }
}

void CallGraph::calleesOf(FunctionId F, const Event &E,
                          SmallVectorImpl<FunctionId> &Out) {
  const Function Fn = P.Functions[F];
  if (E.Callee) {
    FunctionId Callee = P.find(Fn.In->symbol(E.Callee));
    if (Callee == NoFunction)
      return;
    if (E.Virtual)
      append_range(Out, P.overriders(Callee));
    else
      Out.push_back(Callee);
  } else if (E.CalleePath) {
    PathRef Path = P.path(Fn, E.CalleePath);
    if (P.Paths[Path].Root == RootKind::Function && !P.Paths[Path].Parent) {
      if (FunctionId Callee = P.find(P.Paths[Path].Name); Callee != NoFunction)
        Out.push_back(Callee);
    } else {
      append_range(Out, heldBy(Fn.Key, Path));
    }
  }
}

void CallGraph::sortComponents() {
  std::vector<CallNode> Nodes(P.Functions.size() + 1);
  CallNode &Root = Nodes.back();
  Recursive.resize(P.Functions.size());
  Called.resize(P.Functions.size());
  SmallVector<FunctionId, 8> Callees;
  for (FunctionId F = 0; F < P.Functions.size(); ++F) {
    Nodes[F].Id = F;
    Root.Callees.push_back(&Nodes[F]);
    Callees.clear();
    for (const Block &B : P.Functions[F].Summary->Blocks)
      for (const Event &E : B.Events)
        calleesOf(F, E, Callees);
    llvm::sort(Callees);
    Callees.erase(llvm::unique(Callees), Callees.end());
    for (FunctionId Callee : Callees) {
      Nodes[F].Callees.push_back(&Nodes[Callee]);
      if (Callee == F)
        Recursive[F] = true;
      else
        Called[Callee] = true;
    }
  }
  for (auto It = scc_begin(&Root); !It.isAtEnd(); ++It) {
    std::vector<FunctionId> Members;
    for (CallNode *N : *It)
      if (N->Id != NoFunction)
        Members.push_back(N->Id);
    if (Members.empty())
      continue;
    llvm::sort(Members);
    if (Members.size() > 1)
      for (FunctionId F : Members)
        Recursive[F] = true;
    Components.push_back(std::move(Members));
  }
}

void CallGraph::markTouching() {
  Touches.resize(P.Functions.size());
  SmallVector<FunctionId, 8> Callees;
  auto Direct = [&](FunctionId F) {
    if (!P.Functions[F].Summary->Declared.empty())
      return true;
    for (const Block &B : P.Functions[F].Summary->Blocks)
      for (const Event &E : B.Events)
        switch (E.Kind) {
        case EventKind::Acquire:
        case EventKind::Release:
        case EventKind::GuardInit:
        case EventKind::GuardAcquire:
        case EventKind::GuardRelease:
        case EventKind::GuardDisown:
        case EventKind::GuardMove:
        case EventKind::GuardSwap:
        case EventKind::Wait:
        case EventKind::Notify:
        case EventKind::Spawn:
        case EventKind::Join:
          return true;
        case EventKind::Call:
          if (E.CalleePath)
            return true;
          break;
        default:
          break;
        }
    return false;
  };
  for (const auto &Component : Components) {
    bool Any = false;
    for (FunctionId F : Component) {
      if (Direct(F)) {
        Any = true;
        break;
      }
      Callees.clear();
      for (const Block &B : P.Functions[F].Summary->Blocks)
        for (const Event &E : B.Events)
          calleesOf(F, E, Callees);
      if (any_of(Callees, [&](FunctionId C) { return bool(Touches[C]); })) {
        Any = true;
        break;
      }
    }
    for (FunctionId F : Component)
      Touches[F] = Any;
  }
}

} // namespace raddle::lockorder
