// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Guard objects of known libraries, and the end of any object's life.
#include "lockorder/link/Interpreter.h"

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {

GuardState Interpreter::guardAt(State &S, PathRef Guard) {
  if (const GuardState *G = S.Guards.find(Guard))
    return *G;
  // A guard that the caller passed or that an object holds: its lock is known
  // by its pseudo field only, which the caller can resolve.
  GuardState G;
  G.Owned = Owns::Unknown;
  G.Locks.push_back(resolve(S, Paths, Paths.lockOfGuard(Guard)));
  return G;
}

void Interpreter::guardEvent(State &S, const Event &E, EventId EventAt) {
  PathRef Guard = resolve(S, Paths, path(E.Object));
  if (!Guard)
    return;
  auto Remember = [&](PathRef Of, GuardState G) {
    PathRef Field = Paths.lockOfGuard(Of);
    PathRef Lock = G.Locks.empty() ? Paths.null() : G.Locks[0];
    if (Lock != Field)
      S.Env.set(Field, Lock);
    S.Guards.set(Of, std::move(G));
  };
  // A guard of a known library around a lock of the project's own does what
  // the lock's method does.
  Event AsLock = E;
  auto Underlying = [&](PathRef Lock) {
    FunctionId Method = E.Callee ? P.find(Fn.In->symbol(E.Callee)) : NoFunction;
    if (Method == NoFunction)
      return Lock;
    const Effect &Eff = K.Effects[Method];
    const auto &Taken = Eff.Acquired.empty() ? Eff.IfTrue : Eff.Acquired;
    if (!Taken.empty()) {
      CallContext C;
      C.Object = Lock;
      AsLock.Recursive |= Taken[0].Recursive;
      return substitute(S, C, Taken[0].Lock);
    }
    // It takes a lock on some ways only: it knows its holder.
    if (K.Calls.touchesLocks(Method) &&
        P.Functions[Method].Summary->Declared.empty())
      AsLock.Recursive = true;
    return Lock;
  };
  auto Take = [&](GuardState &G, Flavor How) {
    for (PathRef Lock : G.Locks)
      acquire(S, AsLock, EventAt, Lock, How);
    G.Owned = How == Flavor::Blocking ? Owns::Yes : Owns::Tried;
  };

  switch (E.Kind) {
  case EventKind::GuardInit: {
    GuardState G;
    G.Mode = E.Mode;
    for (PathId Arg : E.Args)
      G.Locks.push_back(Underlying(resolve(S, Paths, path(Arg))));
    if (E.How == Flavor::Adopted)
      G.Owned = Owns::Yes;
    else if (E.How != Flavor::Deferred)
      Take(G, E.How);
    Remember(Guard, std::move(G));
    break;
  }
  case EventKind::GuardAcquire: {
    GuardState G = guardAt(S, Guard);
    Take(G, E.How);
    Remember(Guard, std::move(G));
    break;
  }
  case EventKind::GuardRelease: {
    GuardState G = guardAt(S, Guard);
    for (PathRef Lock : G.Locks)
      release(S, Lock, G.Owned == Owns::Tried || G.Owned == Owns::No);
    G.Owned = Owns::No;
    Remember(Guard, std::move(G));
    break;
  }
  case EventKind::GuardDisown: {
    // `release()` returns the lock that is still held.
    GuardState Left = guardAt(S, Guard);
    if (!Left.Locks.empty())
      S.Env.set(Paths.root(RootKind::Result, EventAt, Fn.Key), Left.Locks[0]);
    Remember(Guard, GuardState());
    break;
  }
  case EventKind::GuardMove:
  case EventKind::GuardSwap: {
    if (E.Args.empty())
      break;
    PathRef Other = resolve(S, Paths, path(E.Args[0]));
    if (!Other || Other == Guard)
      break;
    GuardState Theirs = guardAt(S, Other), Ours;
    if (E.Kind == EventKind::GuardSwap) {
      Ours = guardAt(S, Guard);
    } else if (const GuardState *Old = S.Guards.find(Guard)) {
      // Move assignment gives back what the target held.
      if (Old->Owned == Owns::Yes)
        for (PathRef Lock : SmallVector<PathRef, 1>(Old->Locks))
          release(S, Lock, false);
    }
    Remember(Guard, std::move(Theirs));
    Remember(Other, std::move(Ours));
    break;
  }
  default:
    break;
  }
}

void Interpreter::destroy(State &S, const Event &E, EventId EventAt) {
  PathRef Object = resolve(S, Paths, path(E.Object));
  if (!Object)
    return;
  if (E.Callee) {
    FunctionId Destructor = P.find(Fn.In->symbol(E.Callee));
    if (Destructor != NoFunction) {
      CallContext C;
      C.Object = Object;
      CallTarget Target{Destructor, C};
      if (Watching)
        Watching->calls(S, E, EventAt, Target);
      applyCallee(S, E, Destructor, C, EventAt);
    }
  }
  SmallVector<std::pair<PathRef, GuardState>, 2> Ending;
  for (const auto &[Guard, G] : S.Guards)
    if (Paths.hasPrefix(Guard, Object))
      Ending.push_back({Guard, G});
  for (const auto &[Guard, G] : Ending)
    if (G.Owned == Owns::Yes || G.Owned == Owns::Tried)
      for (PathRef Lock : G.Locks)
        release(S, Lock, G.Owned == Owns::Tried);
  std::erase_if(S.Alive, [&](const AliveTask &T) {
    return T.JoinsAtDestruction && Paths.hasPrefix(T.Handle, Object);
  });
  auto Inside = [&](PathRef Key) { return Paths.hasPrefix(Key, Object); };
  S.Guards.eraseIf(Inside);
  if (!Paths.outlives(Object))
    S.Env.eraseIf([&](PathRef Key) { return Key != Object && Inside(Key); });
}

} // namespace raddle::lockorder
