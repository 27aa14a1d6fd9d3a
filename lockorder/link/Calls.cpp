// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls and thread starts: who is called, and what the callee's effect means
// in the caller's terms.
#include "lockorder/link/Interpreter.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {
namespace {

/// A virtual call or callback with more targets than this is not followed for
/// what it leaves held; nobody writes lock functions that way.
constexpr size_t MaxJoinedTargets = 8;

} // namespace

CallContext Interpreter::contextOf(const State &S, const Event &E,
                                   EventId EventAt) {
  CallContext C;
  C.Object = resolve(S, Paths, path(E.Object));
  if (!C.Object)
    C.Object = Paths.opaque(Fn.Key, EventAt);
  for (auto [I, Arg] : enumerate(E.Args)) {
    PathRef A = resolve(S, Paths, path(Arg));
    C.Args.push_back(A ? A : Paths.opaque(Fn.Key, EventAt * 64 + I + 1));
  }
  C.Result =
      E.Result ? path(E.Result) : Paths.root(RootKind::Result, EventAt, Fn.Key);
  if (const PathTable::Node N = Paths[C.Result]; N.Parent)
    C.Result = Paths.append(resolve(S, Paths, N.Parent), N);
  return C;
}

PathRef Interpreter::substitute(const State &S, const CallContext &C,
                                PathRef Path) {
  if (!Path)
    return 0;
  const PathTable::Node N = Paths[Path];
  PathRef Result = Path;
  if (N.Parent) {
    PathRef Parent = substitute(S, C, N.Parent);
    Result = Parent == N.Parent ? Path : Paths.append(Parent, N);
  } else {
    switch (N.Root) {
    case RootKind::This:
      return C.Object;
    case RootKind::Param:
      return N.Index < C.Args.size()
                 ? C.Args[N.Index]
                 : Paths.opaque(Fn.Key, 0x40000000u + N.Index);
    case RootKind::Return:
      return C.Result;
    case RootKind::Local:
    case RootKind::Result:
      // A recursion: the callee's variables are not this call's.
      if (N.Name == Fn.Key)
        return Paths.opaque(Fn.Key, 0x50000000u + Path);
      return Path;
    default:
      return Path;
    }
  }
  if (const PathRef *Value = S.Env.find(Result))
    return *Value;
  return Result;
}

void Interpreter::targetsOf(const State &S, const Event &E, EventId EventAt,
                            SmallVectorImpl<CallTarget> &Out,
                            PathRef &UnknownCallable) {
  CallContext C = contextOf(S, E, EventAt);
  if (E.Callee) {
    FunctionId Callee = P.find(Fn.In->symbol(E.Callee));
    if (Callee == NoFunction)
      return;
    if (!E.Virtual)
      Out.push_back({Callee, C});
    else
      for (FunctionId Overrider : P.overriders(Callee))
        Out.push_back({Overrider, C});
    return;
  }
  if (!E.CalleePath)
    return;
  PathRef Callable = resolve(S, Paths, path(E.CalleePath));
  auto Add = [&](FunctionId Callee, PathRef Object) {
    CallContext Context = C;
    const FunctionSummary &Body = *P.Functions[Callee].Summary;
    if (Body.Closure) {
      Context.Object = Object;
    } else if (const PathRef *Bound = S.Env.find(Paths.append(
                   Object, 0, P.Symbols.intern("$bind0"), false))) {
      // A bind object: its bound arguments come first; the first is the
      // object of a member function.
      SmallVector<PathRef, 4> Args;
      bool Member = Body.Record != 0;
      if (Member)
        Context.Object = *Bound;
      for (unsigned I = Member ? 1 : 0; I < 8; ++I) {
        const PathRef *Arg = S.Env.find(Paths.append(
            Object, 0, P.Symbols.intern("$bind" + std::to_string(I)), false));
        if (!Arg)
          break;
        Args.push_back(*Arg);
      }
      if (!Args.empty())
        Context.Args = Args;
    } else if (Body.Record && !E.Object && !Context.Args.empty()) {
      // std::invoke(&C::f, object, ...)
      Context.Object = Context.Args[0];
      Context.Args.erase(Context.Args.begin());
    }
    Out.push_back({Callee, Context});
  };
  auto FunctionAt = [&](PathRef Path) -> FunctionId {
    const PathTable::Node N = Paths[Path];
    return N.Root == RootKind::Function && !N.Parent ? P.find(N.Name)
                                                     : NoFunction;
  };
  if (FunctionId F = FunctionAt(Callable); F != NoFunction)
    return Add(F, Callable);
  PathRef Called = resolve(S, Paths, Paths.functionOf(Callable));
  if (FunctionId F = FunctionAt(Called); F != NoFunction)
    return Add(F, Callable);
  UnknownCallable = Callable;
  // What a parameter holds, each caller knows for itself.
  if (Paths[Callable].Root == RootKind::Param && !Paths[Callable].Parent)
    return;
  ArrayRef<FunctionId> Held = K.Calls.heldBy(Fn.Key, Callable);
  for (FunctionId F : Held) {
    // Nothing is known of the object that this callable was made with.
    CallContext Lost = C;
    Lost.Object = Paths.opaque(Fn.Key, 0x20000000u + EventAt);
    Out.push_back({F, Lost, Held.size() > 1});
  }
}

void Interpreter::call(State &S, const Event &E, EventId EventAt) {
  SmallVector<CallTarget, 4> Targets;
  PathRef Unknown = 0;
  targetsOf(S, E, EventAt, Targets, Unknown);
  if (Watching && !Targets.empty())
    Watching->calls(S, E, EventAt, Targets);
  if (Watching && Unknown)
    Watching->callsUnknown(S, E, EventAt, Unknown, contextOf(S, E, EventAt));
  if (Targets.empty() || Targets.size() > MaxJoinedTargets)
    return;
  auto ApplyOne = [&](State &To, const CallTarget &T) {
    applyCallee(To, E, T.Callee, T.Context, EventAt);
  };
  if (Targets.size() == 1)
    return ApplyOne(S, Targets[0]);
  State Result;
  for (const CallTarget &T : Targets) {
    State One = S;
    ApplyOne(One, T);
    join(Result, One, Paths, Fn.Key, 0x30000u + EventAt);
  }
  S = std::move(Result);
}

void Interpreter::apply(State &S, const Effect &Eff, const CallContext &C,
                        EventId EventAt) {
  auto SetResult = [&](PathRef Returned) {
    PathRef Result = Paths.root(RootKind::Result, EventAt, Fn.Key);
    if (!Returned && C.Result != Result)
      Returned = C.Result;
    if (Returned && Returned != Result)
      S.Env.set(Result, Returned);
  };
  if (Eff.empty())
    return SetResult(substitute(S, C, Eff.Returned));
  // All paths of the effect mean what they meant on entry of the callee.
  const State Before = S;
  auto Here = [&](PathRef Path) { return substitute(Before, C, Path); };
  auto Taken = [&](HeldLock H) {
    H.Lock = Here(H.Lock);
    H.At = EventAt;
    H.AtEntry = false;
    H.Group = 0;
    return H;
  };
  for (PathRef Lock : Eff.Released)
    release(S, Here(Lock), is_contained(Eff.Conditional, Lock));
  for (const HeldLock &H : Eff.Acquired)
    if (HeldLock Mine = Taken(H); Paths[Mine.Lock].Root != RootKind::Null)
      addHeld(S, Mine);
  if (!Eff.IfTrue.empty() || !Eff.IfFalse.empty()) {
    Attempt A;
    A.Event = EventAt;
    for (const HeldLock &H : Eff.IfTrue)
      A.IfTrue.push_back(Taken(H));
    for (const HeldLock &H : Eff.IfFalse)
      A.IfFalse.push_back(Taken(H));
    std::erase_if(S.Attempts,
                  [&](const Attempt &Old) { return Old.Event == EventAt; });
    S.Attempts.push_back(std::move(A));
  }
  for (const auto &[Key, Value] : Eff.Stores) {
    const PathTable::Node N = Paths[Key];
    PathRef Target = N.Parent ? Paths.append(Here(N.Parent), N) : Here(Key);
    PathRef To = Here(Value);
    if (Target && To && Target != To)
      S.Env.set(Target, To);
  }
  for (const auto &[Guard, G] : Eff.Guards) {
    GuardState Mine = G;
    for (PathRef &Lock : Mine.Locks)
      Lock = Here(Lock);
    PathRef Key = Here(Guard);
    if (const GuardState *Known = S.Guards.find(Key);
        Known && Mine.Owned == Owns::Unknown)
      continue;
    S.Guards.set(Key, std::move(Mine));
  }
  for (PathRef Handle : Eff.Joined)
    joinTask(S, Here(Handle));
  for (AliveTask T : Eff.Alive) {
    T.Handle = Here(T.Handle);
    if (!is_contained(S.Alive, T))
      S.Alive.insert(llvm::lower_bound(S.Alive, T), T);
  }
  SetResult(Here(Eff.Returned));
}

void Interpreter::applyCallee(State &S, const Event &E, FunctionId Callee,
                              const CallContext &C, EventId EventAt) {
  const Function &F = P.Functions[Callee];
  // A body that does nothing with known locks (a spin lock of atomics) says
  // less than its declaration.
  bool Silent = !F.hasBody() || (K.Effects[Callee].Acquired.empty() &&
                                 K.Effects[Callee].Released.empty() &&
                                 K.Effects[Callee].IfTrue.empty() &&
                                 K.Effects[Callee].IfFalse.empty());
  if (F.hasBody())
    apply(S, K.Effects[Callee], C, EventAt);
  if (Silent)
    applyDeclared(S, E, Callee, C, EventAt);
}

void Interpreter::applyDeclared(State &S, const Event &E, FunctionId Callee,
                                const CallContext &C, EventId EventAt) {
  const Function &F = P.Functions[Callee];
  GuardState Scoped;
  for (const DeclaredEffect &D : F.Summary->Declared) {
    PathRef Lock = substitute(S, C, P.path(F, D.Lock));
    if (!Lock)
      continue;
    Event AsLock = E;
    AsLock.Mode = D.Mode;
    switch (D.Kind) {
    case EffectKind::Acquires:
      // A scoped capability's release names the scope, not the lock.
      if (F.Summary->Constructor && Lock != C.Object) {
        Scoped.Locks.push_back(Lock);
        Scoped.Mode = D.Mode;
      }
      acquire(S, AsLock, EventAt, Lock, Flavor::Blocking);
      break;
    case EffectKind::Releases:
      if (const GuardState *G = S.Guards.find(Lock)) {
        GuardState Ended = *G;
        for (PathRef Held : Ended.Locks)
          release(S, Held, Ended.Owned != Owns::Yes);
        Ended.Owned = Owns::No;
        S.Guards.set(Lock, Ended);
      } else {
        release(S, Lock, false);
      }
      break;
    case EffectKind::TryAcquires: {
      HeldLock H;
      H.Lock = Lock;
      H.Mode = D.Mode;
      H.At = EventAt;
      Attempt A;
      A.Event = EventAt;
      (D.SuccessValue ? A.IfTrue : A.IfFalse).push_back(H);
      S.Attempts.push_back(std::move(A));
      break;
    }
    case EffectKind::Requires:
    case EffectKind::Excludes:
      break;
    }
  }
  if (!Scoped.Locks.empty()) {
    Scoped.Owned = Owns::Yes;
    S.Guards.set(C.Object, std::move(Scoped));
  }
}

void Interpreter::spawn(State &S, const Event &E, EventId EventAt) {
  Event AsCall = E;
  // The arguments of a member function start with its object.
  CallContext Context = contextOf(S, E, EventAt);
  if (E.BodyHasObject && !E.Args.empty()) {
    AsCall.Object = E.Args[0];
    AsCall.Args.erase(AsCall.Args.begin());
  } else {
    AsCall.Object = 0;
  }
  SmallVector<CallTarget, 4> Bodies;
  PathRef Unknown = 0;
  targetsOf(S, AsCall, EventAt, Bodies, Unknown);
  auto Site = K.SpawnIds.find({Id, EventAt});
  if (Site != K.SpawnIds.end()) {
    SpawnSite &Known = K.Spawns[Site->second];
    for (const CallTarget &T : Bodies)
      if (!is_contained(Known.Bodies, T.Callee))
        Known.Bodies.push_back(T.Callee);
    AliveTask T;
    T.Site = Site->second;
    T.Handle = E.Object ? Context.Object : Paths.opaque(Fn.Key, EventAt);
    T.JoinsAtDestruction =
        E.Spawn == SpawnKind::JoiningThread || E.Spawn == SpawnKind::Async;
    Known.Handle = T.Handle;
    if (!is_contained(S.Alive, T))
      S.Alive.insert(llvm::lower_bound(S.Alive, T), T);
  }
  if (Watching)
    Watching->spawns(S, E, EventAt, Bodies);
}

} // namespace raddle::lockorder
