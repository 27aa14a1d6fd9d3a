// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Circular waits through a condition variable or a thread's end: a thread
// waits with a lock held that the one who would end the wait has to take
// first. No order of locks is wrong here, but the cycle is the same.
#include "lockorder/link/Checks.h"
#include "lockorder/link/Describe.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {
namespace {

/// What stands for a condition variable or thread handle in all functions: its
/// field, or the global or local variable.
PathRef ownerKey(Program &P, PathRef Path) {
  while (Path && P.Paths.isElement(P.Paths[Path]))
    Path = P.Paths[Path].Parent;
  const PathTable::Node N = P.Paths[Path];
  if (N.Parent)
    return N.Pseudo ? 0
                    : P.Paths.append(P.Paths.root(RootKind::Opaque, 0, 0),
                                     N.Record, N.Name, true);
  return N.Root == RootKind::Global || N.Root == RootKind::Local ? Path : 0;
}

class WaitCycleCheck {
public:
  WaitCycleCheck(Analysis &A, std::vector<Diagnosis> &Out)
      : A(A), D(A), T(A), Out(Out) {}

  void checkWaits();
  void checkJoins();

private:
  bool needs(const SyncSite &Signal, LockClass Lock, const HeldLock &Held);
  Witness witness(const SyncSite &Site, const HeldLock &H, StringRef Text,
                  StepKind Kind);

  Analysis &A;
  Describe D;
  Threads T;
  std::vector<Diagnosis> &Out;
};

bool WaitCycleCheck::needs(const SyncSite &Signal, LockClass Lock,
                           const HeldLock &Held) {
  for (const HeldLock &H : Signal.Held)
    if (A.Classes.of(H.Lock) == Lock && A.Classes.compatible(H.Lock, Held.Lock))
      return true;
  std::vector<Chain> Chains = T.chainsTo(Signal.In, 8);
  return all_of(Chains, [&](const Chain &C) {
    return is_contained(Describe::locks(C.Held), Lock);
  });
}

Witness WaitCycleCheck::witness(const SyncSite &Site, const HeldLock &H,
                                StringRef Text, StepKind Kind) {
  Witness W;
  LockClass Class = A.Classes.of(H.Lock);
  std::vector<Chain> Chains = T.chainsTo(Site.In, 1);
  std::vector<uint32_t> Held;
  if (!Chains.empty()) {
    D.chain(Chains[0], W);
    Held = Describe::locks(Chains[0].Held);
    if (!Chains[0].Calls.empty())
      W.Steps.back().Text = "calls " + D.function(Site.In);
  }
  std::string Function = A.P.str(A.P.Functions[Site.In].Name);
  W.Steps.push_back({StepKind::Hold, Function, "takes " + D.quoted(Class),
                     D.place({Site.In, H.At}), Held});
  Held.push_back(Class);
  W.Steps.push_back(
      {Kind, Function, Text.str(), D.place({Site.In, Site.Event}), Held});
  return W;
}

void WaitCycleCheck::checkWaits() {
  for (const SyncSite &Wait : A.Waits) {
    PathRef Key = ownerKey(A.P, Wait.Object);
    if (!Key || D.silenced({Wait.In, Wait.Event}, LockOrderInversion))
      continue;
    std::vector<const SyncSite *> Signals;
    for (const SyncSite &N : A.Notifies)
      if (ownerKey(A.P, N.Object) == Key)
        Signals.push_back(&N);
    if (Signals.empty())
      continue;
    for (const HeldLock &H : Wait.Held) {
      LockClass Class = A.Classes.of(H.Lock);
      if (Class == NoClass || !all_of(Signals, [&](const SyncSite *S) {
            return needs(*S, Class, H);
          }))
        continue;
      Diagnosis Found;
      Found.Check = LockOrderInversion.str();
      Found.Severity = Level::Error;
      std::string Name = D.quoted(Class);
      Found.Message = Name +
                      " is held during a wait that only ends after "
                      "another thread has taken " +
                      Name + " and signalled";
      Found.Where = D.place({Wait.In, Wait.Event});
      Found.Witnesses.push_back(
          witness(Wait, H, "waits while " + Name + " is held", StepKind::Wait));
      Found.Witnesses.back().Title = Name + " is held during the wait";
      const SyncSite &S = *Signals[0];
      const HeldLock *Own = nullptr;
      for (const HeldLock &Held : S.Held)
        if (A.Classes.of(Held.Lock) == Class)
          Own = &Held;
      if (Own) {
        Found.Witnesses.push_back(witness(
            S, *Own, "signals, after it has taken " + Name, StepKind::Note));
        Found.Witnesses.back().Title = Name + " is needed to signal";
      }
      Found.Notes.push_back("give " + Name +
                            " back before the wait, or wait with " + Name +
                            "'s own guard");
      Found.Identity = {Name, A.P.str(A.P.Functions[Wait.In].Name), "wait"};
      Found.Filters = {
          {"every signaller",
           "all " + std::to_string(Signals.size()) + " need the lock first"}};
      Out.push_back(std::move(Found));
    }
  }
}

void WaitCycleCheck::checkJoins() {
  for (const SyncSite &Join : A.Joins) {
    PathRef Key = ownerKey(A.P, Join.Object);
    if (!Key || D.silenced({Join.In, Join.Event}, LockOrderInversion))
      continue;
    for (const SpawnSite &Site : A.K.Spawns) {
      if (ownerKey(A.P, Site.Handle) != Key)
        continue;
      for (FunctionId Body : Site.Bodies)
        for (auto [Index, R] : enumerate(A.Reached[Body]))
          for (const HeldLock &H : Join.Held) {
            LockClass Class = A.Classes.of(H.Lock);
            if (Class == NoClass || A.Classes.of(R.Lock) != Class ||
                !A.Classes.compatible(R.Lock, H.Lock) ||
                any_of(Out, [&](const Diagnosis &Known) {
                  return Known.Where == D.place({Join.In, Join.Event});
                }))
              continue;
            std::string Name = D.quoted(Class);
            Diagnosis Found;
            Found.Check = LockOrderInversion.str();
            Found.Severity = Level::Error;
            Found.Message = Name +
                            " is held while joining a thread that takes " +
                            Name + " before it ends";
            Found.Where = D.place({Join.In, Join.Event});
            Found.Witnesses.push_back(
                witness(Join, H, "joins the thread while " + Name + " is held",
                        StepKind::Join));
            Found.Witnesses.back().Title = Name + " is held during the join";
            Witness W;
            W.Title = "the joined thread takes " + Name;
            Chain C;
            C.From = Chain::Start::Spawn;
            C.Root = Body;
            C.Site = &Site - A.K.Spawns.data();
            D.chain(C, W);
            D.acquisition(Body, R.Event, R.Callee, R.Index, Class, {},
                          "takes " + Name, W);
            Found.Witnesses.push_back(std::move(W));
            Found.Identity = {Name, A.P.str(A.P.Functions[Join.In].Name),
                              "join"};
            Out.push_back(std::move(Found));
          }
    }
  }
}

} // namespace

void checkWaitCycles(Analysis &A, std::vector<Diagnosis> &Out) {
  WaitCycleCheck Check(A, Out);
  Check.checkWaits();
  Check.checkJoins();
}

} // namespace raddle::lockorder
