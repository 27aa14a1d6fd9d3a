// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/link/Interpreter.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {
namespace {

/// The lattice is finite, but a hostile summary could make the way to its top
/// long; what is not stable by then is not used.
constexpr unsigned MaxVisits = 40;

void insertSorted(std::vector<PathRef> &Into, PathRef P) {
  auto It = std::lower_bound(Into.begin(), Into.end(), P);
  if (It == Into.end() || *It != P)
    Into.insert(It, P);
}

bool eraseSorted(std::vector<PathRef> &From, PathRef P) {
  auto It = std::lower_bound(From.begin(), From.end(), P);
  if (It == From.end() || *It != P)
    return false;
  From.erase(It);
  return true;
}

} // namespace

Interpreter::Interpreter(Knowledge &K, FunctionId F)
    : K(K), P(K.P), Paths(K.P.Paths), Id(F), Fn(K.P.Functions[F]),
      Summary(*Fn.Summary) {
  In.resize(Summary.Blocks.size());
  EventId Next = 0;
  for (const Block &B : Summary.Blocks) {
    FirstEvent.push_back(Next);
    Next += B.Events.size();
  }
}

PathRef Interpreter::path(PathId PathInUnit) {
  if (!PathInUnit)
    return 0;
  auto [It, New] = PathCache.try_emplace(PathInUnit, 0);
  if (New)
    It->second = P.path(Fn, PathInUnit);
  return It->second;
}

void Interpreter::run() {
  if (Summary.Blocks.empty())
    return;
  State &Entry = In[0];
  Entry.Reachable = true;
  for (const DeclaredEffect &D : Summary.Declared)
    if (D.Kind == EffectKind::Requires && D.Lock) {
      HeldLock H;
      H.Lock = path(D.Lock);
      H.Mode = D.Mode;
      H.AtEntry = true;
      Entry.Held.push_back(H);
    }
  // Blocks are numbered roughly in program order; always taking the lowest
  // pending one makes loops converge before what follows them is looked at.
  std::vector<bool> Pending(In.size());
  std::vector<unsigned> Visits(In.size());
  Pending[0] = true;
  for (size_t I = 0; I < Pending.size();) {
    if (!Pending[I] || Visits[I]++ > MaxVisits) {
      Pending[I] = false;
      ++I;
      continue;
    }
    Pending[I] = false;
    const Block &B = Summary.Blocks[I];
    State S = In[I];
    EventId Event = FirstEvent[I];
    for (const model::Event &E : B.Events)
      transfer(S, E, Event++);
    size_t Lowest = I + 1;
    bool Branches =
        B.Branch.On != Condition::NoEvent && B.Successors.size() == 2;
    for (auto [N, Successor] : enumerate(B.Successors)) {
      State Out = S;
      if (Branches)
        branch(Out, B.Branch, N == 0);
      // Held on one way only where ways meet.
      if (In[Successor].Reachable && !Summary.Blocks[Successor].Returns) {
        for (const HeldLock &H : In[Successor].Held)
          if (!Out.held(H.Lock))
            Conditional.insert(H.At);
        for (const HeldLock &H : Out.Held)
          if (!In[Successor].held(H.Lock))
            Conditional.insert(H.At);
      }
      if (join(In[Successor], Out, Paths, Fn.Key, Successor)) {
        Pending[Successor] = true;
        Lowest = std::min<size_t>(Lowest, Successor);
      }
    }
    I = Lowest;
  }
}

void Interpreter::walk(Observer &O) {
  Watching = &O;
  for (auto [I, B] : enumerate(Summary.Blocks)) {
    if (!In[I].Reachable)
      continue;
    State S = In[I];
    EventId Event = FirstEvent[I];
    for (const model::Event &E : B.Events)
      transfer(S, E, Event++);
  }
  Watching = nullptr;
}

void Interpreter::addHeld(State &S, const HeldLock &H) {
  // The caller's lock is taken back: as on entry.
  if (eraseSorted(S.Released, H.Lock))
    return;
  for (HeldLock &Known : S.Held)
    if (Known.Lock == H.Lock) {
      // Also where it may not be taken again: what follows gives it back as
      // often as it was taken.
      ++Known.Count;
      return;
    }
  S.Held.push_back(H);
}

void Interpreter::acquire(State &S, const Event &E, EventId EventAt,
                          PathRef Lock, Flavor How) {
  if (!Lock || Paths[Lock].Root == RootKind::Null)
    return;
  if (Watching)
    Watching->acquires(S, E, EventAt, Lock, How);
  if (How != Flavor::Blocking)
    return;
  HeldLock H;
  H.Lock = Lock;
  H.Mode = E.Mode;
  H.Recursive = E.Recursive;
  H.At = EventAt;
  H.Group = E.Group;
  addHeld(S, H);
}

void Interpreter::release(State &S, PathRef Lock, bool OnlyIfHeld) {
  if (!Lock || Paths[Lock].Root == RootKind::Null)
    return;
  auto GiveBack = [&](std::vector<HeldLock>::iterator It) {
    if (It->Count > 1) {
      --It->Count;
      return;
    }
    if (It->AtEntry)
      insertSorted(S.Released, It->Lock);
    S.Held.erase(It);
  };
  for (auto It = S.Held.end(); It != S.Held.begin();)
    if ((--It)->Lock == Lock)
      return GiveBack(It);
  // `shard(k)->lock(); ...; shard(k)->unlock();`: two unknown objects that are
  // meant to be one. Taking the lock for released can only lose findings.
  const PathTable::Node N = Paths[Lock];
  for (auto It = S.Held.end(); It != S.Held.begin();) {
    const PathTable::Node H = Paths[(--It)->Lock];
    if (H.Record == N.Record && H.Name == N.Name && !H.Parent == !N.Parent &&
        (!H.Exact || !N.Exact))
      return GiveBack(It);
    if (!H.Parent && !H.Exact && !N.Parent && !N.Exact)
      return GiveBack(It);
  }
  if (!OnlyIfHeld && Paths.outlives(Lock))
    insertSorted(S.Released, Lock);
}

void Interpreter::transfer(State &S, const Event &E, EventId EventAt) {
  switch (E.Kind) {
  case EventKind::Acquire: {
    PathRef Lock = resolve(S, Paths, path(E.Object));
    acquire(S, E, EventAt, Lock, E.How);
    if (E.How == Flavor::Try || E.How == Flavor::Timed) {
      HeldLock H;
      H.Lock = Lock;
      H.Mode = E.Mode;
      H.Recursive = E.Recursive;
      H.At = EventAt;
      S.Attempts.push_back({EventAt, {H}, {}});
    }
    break;
  }
  case EventKind::Release:
    release(S, resolve(S, Paths, path(E.Object)), false);
    break;
  case EventKind::GuardInit:
  case EventKind::GuardAcquire:
  case EventKind::GuardRelease:
  case EventKind::GuardDisown:
  case EventKind::GuardMove:
  case EventKind::GuardSwap:
    guardEvent(S, E, EventAt);
    break;
  case EventKind::Destroy:
    destroy(S, E, EventAt);
    break;
  case EventKind::Store: {
    PathRef Target = path(E.Object);
    if (!Target || E.Args.empty())
      break;
    const PathTable::Node N = Paths[Target];
    if (N.Parent)
      Target = Paths.append(resolve(S, Paths, N.Parent), N);
    PathRef Value = resolve(S, Paths, path(E.Args[0]));
    if (Value && Value != Target)
      S.Env.set(Target, Value);
    break;
  }
  case EventKind::Call:
    call(S, E, EventAt);
    break;
  case EventKind::Spawn:
    spawn(S, E, EventAt);
    break;
  case EventKind::Join:
  case EventKind::Block:
    if (E.Object) {
      PathRef Handle = resolve(S, Paths, path(E.Object));
      if (E.Kind == EventKind::Join && Watching)
        Watching->joins(S, E, EventAt, Handle);
      if (E.Kind == EventKind::Join || E.Blocks == BlockKind::Unbounded)
        joinTask(S, Handle);
    }
    break;
  case EventKind::Wait:
    wait(S, E, EventAt);
    break;
  case EventKind::Notify:
    if (Watching)
      Watching->notifies(S, E, EventAt, resolve(S, Paths, path(E.Object)));
    break;
  case EventKind::Detach:
  case EventKind::GuardOwns:
  case EventKind::Poll:
  case EventKind::Consult:
  case EventKind::CancelCallback:
  case EventKind::Pause:
  case EventKind::AtomicUpdate:
    break;
  }
}

void Interpreter::wait(State &S, const Event &E, EventId EventAt) {
  if (E.Args.empty() || !Watching)
    return;
  PathRef Lock = resolve(S, Paths, path(E.Args[0]));
  if (E.ArgIsGuard) {
    GuardState G = guardAt(S, Lock);
    Lock = G.Locks.empty() ? 0 : G.Locks[0];
  }
  Watching->waits(S, E, EventAt, resolve(S, Paths, path(E.Object)), Lock);
}

void Interpreter::joinTask(State &S, PathRef Handle) {
  auto Same = [&](const AliveTask &T) {
    return T.Handle && (Paths.hasPrefix(T.Handle, Handle) ||
                        Paths.hasPrefix(Handle, T.Handle));
  };
  if (std::erase_if(S.Alive, Same) == 0 && Paths.outlives(Handle))
    insertSorted(S.Joined, Handle);
}

void Interpreter::branch(State &S, const Condition &C, bool Taken) {
  bool Success = Taken != C.Negated;
  for (size_t I = 0; I < S.Attempts.size(); ++I)
    if (S.Attempts[I].Event == C.On) {
      Attempt A = S.Attempts[I];
      S.Attempts.erase(S.Attempts.begin() + I);
      for (const HeldLock &H : Success ? A.IfTrue : A.IfFalse)
        addHeld(S, H);
      break;
    }
  // Does the condition ask a guard?
  auto It = std::upper_bound(FirstEvent.begin(), FirstEvent.end(), C.On);
  const Block &B = Summary.Blocks[It - FirstEvent.begin() - 1];
  size_t Offset = C.On - FirstEvent[It - FirstEvent.begin() - 1];
  if (Offset >= B.Events.size())
    return;
  const Event &E = B.Events[Offset];
  if (E.Kind != EventKind::GuardOwns && E.Kind != EventKind::GuardAcquire &&
      E.Kind != EventKind::GuardInit)
    return;
  PathRef Guard = resolve(S, Paths, path(E.Object));
  GuardState G = guardAt(S, Guard);
  if (G.Owned == Owns::Tried && Success)
    for (PathRef Lock : G.Locks) {
      HeldLock H;
      H.Lock = Lock;
      H.Mode = G.Mode;
      H.At = C.On;
      if (!S.held(Lock))
        addHeld(S, H);
    }
  if (G.Owned == Owns::Tried)
    G.Owned = Success ? Owns::Yes : Owns::No;
  S.Guards.set(Guard, G);
}

} // namespace raddle::lockorder
