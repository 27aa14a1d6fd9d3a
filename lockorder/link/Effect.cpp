// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a function does to its callers, of its fixed point: what is held,
// released, started and stored when it returns.
#include "lockorder/link/Interpreter.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {

/// Of stores; a hostile summary could hold any number.
static constexpr size_t MaxExported = 64;

Effect Interpreter::effect() {
  State WhenTrue, WhenFalse;
  std::optional<std::vector<PathRef>> AlwaysReleased;
  PathRef Returned = 0;
  bool First = true;
  for (auto [I, B] : enumerate(Summary.Blocks)) {
    if (!In[I].Reachable || !(B.Returns || B.Successors.empty()))
      continue;
    State S = In[I];
    EventId Event = FirstEvent[I];
    for (const model::Event &E : B.Events)
      transfer(S, E, Event++);
    PathRef Value = resolve(S, Paths, path(B.ReturnPath));
    // `return result;` of a class may be recorded as an assignment.
    const PathRef Built = Paths.root(RootKind::Return, 0, 0);
    if (const PathRef *From = S.Env.find(Built)) {
      Value = *From;
      S.Env.eraseIf([&](PathRef Key) { return Key == Built; });
    }
    if (Value) {
      // An object of this frame is returned by value: what is known of it is
      // known of the result.
      RootKind Root = Paths[Value].Root;
      if ((Root == RootKind::Local || Root == RootKind::Temporary) &&
          !Paths[Value].Parent) {
        PathRef Result = Paths.root(RootKind::Return, 0, 0);
        for (const auto &[Key, To] : PathMap<PathRef>(S.Env))
          if (Key != Value && Paths.hasPrefix(Key, Value)) {
            SmallVector<PathTable::Node, 4> Elements;
            for (PathRef At = Key; At != Value; At = Paths[At].Parent)
              Elements.push_back(Paths[At]);
            PathRef Moved = Result;
            for (const PathTable::Node &N : reverse(Elements))
              Moved = Paths.append(Moved, N);
            S.Env.set(Moved, To);
          }
        if (const GuardState *G = S.Guards.find(Value))
          S.Guards.set(Result, GuardState(*G));
        for (AliveTask &T : S.Alive)
          if (T.Handle == Value)
            T.Handle = Result;
        Value = 0;
      }
      if (Paths[Value].Root != RootKind::Return) {
        if (First)
          Returned = Value;
        else if (Returned != Value)
          Returned = 0;
        First = false;
      }
    }
    auto Leave = [&](bool Truth) {
      State Out = S;
      if (B.ReturnValue.On != Condition::NoEvent)
        branch(Out, B.ReturnValue, Truth);
      join(Truth ? WhenTrue : WhenFalse, Out, Paths, Fn.Key, 0x10000u + Truth);
      if (!AlwaysReleased)
        AlwaysReleased = Out.Released;
      else
        erase_if(*AlwaysReleased, [&](PathRef Lock) {
          return !is_contained(Out.Released, Lock);
        });
    };
    if (B.ReturnConstant != 0)
      Leave(true);
    if (B.ReturnConstant != 1)
      Leave(false);
  }

  State Both = WhenTrue;
  join(Both, WhenFalse, Paths, Fn.Key, 0x20000u);
  Effect Result;
  Result.Returns = Both.Reachable;
  if (!Both.Reachable)
    return Result;
  auto Exported = [&](const HeldLock &H) {
    return !H.AtEntry && Paths[H.Lock].Exact && Paths.outlives(H.Lock);
  };
  for (const HeldLock &H : Both.Held)
    if (Exported(H))
      Result.Acquired.push_back(H);
  for (const HeldLock &H : WhenTrue.Held)
    if (Exported(H) && !Both.held(H.Lock))
      Result.IfTrue.push_back(H);
  for (const HeldLock &H : WhenFalse.Held)
    if (Exported(H) && !Both.held(H.Lock))
      Result.IfFalse.push_back(H);
  Result.Released = Both.Released;
  for (PathRef Lock : Both.Released)
    if (!is_contained(*AlwaysReleased, Lock))
      Result.Conditional.push_back(Lock);
  Result.Joined = Both.Joined;
  Result.Alive = Both.Alive;
  for (const auto &[Key, Value] : Both.Env) {
    bool Closure = Paths[Key].Root == RootKind::Temporary && Paths[Key].Pseudo;
    if ((Paths.outlives(Key) || Closure) && Result.Stores.size() < MaxExported)
      Result.Stores.push_back({Key, Value});
  }
  for (const auto &[Guard, G] : Both.Guards)
    if (Paths.outlives(Guard))
      Result.Guards.push_back({Guard, G});
  Result.Returned = Returned;
  return Result;
}

} // namespace raddle::lockorder
