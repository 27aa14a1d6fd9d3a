// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/link/Blocking.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {

Blocking::Blocking(Analysis &A) : A(A), Facts(A.P.Functions.size()) {
  for (const auto &Component : A.Calls.bottomUp())
    for (unsigned Round = 0; Round < (Component.size() > 1 ? 2 : 1); ++Round)
      for (FunctionId F : Component)
        compute(F);
}

Blocking::Wait Blocking::waits(FunctionId F, const Event &E) const {
  switch (E.Kind) {
  case EventKind::Wait:
  case EventKind::Join:
    return Wait::Yes;
  case EventKind::Block:
    return Wait::Yes;
  case EventKind::Acquire:
  case EventKind::GuardInit:
  case EventKind::GuardAcquire:
    return E.How == Flavor::Timed ? Wait::Yes : Wait::No;
  case EventKind::Call:
  case EventKind::Destroy: {
    if (E.System || (!E.Callee && !E.CalleePath))
      return Wait::No;
    SmallVector<FunctionId, 4> Callees;
    A.Calls.calleesOf(F, E, Callees);
    if (any_of(Callees, [&](FunctionId C) { return Facts[C].MayBlock; }))
      return Wait::Yes;
    // Nobody knows what a function without a body does.
    bool Known = !Callees.empty() && all_of(Callees, [&](FunctionId C) {
      return A.P.Functions[C].hasBody();
    });
    return Known || E.Kind == EventKind::Destroy ? Wait::No : Wait::Maybe;
  }
  default:
    return Wait::No;
  }
}

bool Blocking::waitsLong(FunctionId F, const Event &E,
                         FunctionId &Callee) const {
  Callee = NoFunction;
  if (E.Timed || E.Cancellable)
    return false;
  if (E.Kind == EventKind::Wait || E.Kind == EventKind::Join)
    return true;
  if (E.Kind == EventKind::Block)
    return E.Blocks == BlockKind::Unbounded;
  if (E.Kind != EventKind::Call)
    return false;
  SmallVector<FunctionId, 4> Callees;
  A.Calls.calleesOf(F, E, Callees);
  // Of several overriders, all have to: else the call need not wait.
  if (Callees.empty() ||
      !all_of(Callees, [&](FunctionId C) { return Facts[C].WaitsLong; }))
    return false;
  Callee = Callees.front();
  return true;
}

bool Blocking::idle(FunctionId F, const Event &E, PollKind &Poll) const {
  switch (E.Kind) {
  case EventKind::Poll:
    Poll = E.Poll;
    return true;
  case EventKind::Pause:
    Poll = PollKind::Yield;
    return true;
  case EventKind::Acquire:
  case EventKind::GuardInit:
  case EventKind::GuardAcquire:
    if (E.How == Flavor::Try)
      Poll = PollKind::TryLock;
    return E.How != Flavor::Timed;
  case EventKind::Release:
  case EventKind::GuardRelease:
  case EventKind::GuardDisown:
  case EventKind::GuardMove:
  case EventKind::GuardSwap:
  case EventKind::GuardOwns:
  case EventKind::Store:
  case EventKind::Consult:
    return true;
  case EventKind::Call:
  case EventKind::Destroy: {
    SmallVector<FunctionId, 4> Callees;
    A.Calls.calleesOf(F, E, Callees);
    if (Callees.empty())
      return E.Kind == EventKind::Destroy || E.System;
    for (FunctionId C : Callees) {
      if (!A.P.Functions[C].hasBody() || !Facts[C].Quiet)
        return false;
      if (Facts[C].Poll != PollKind::None)
        Poll = Facts[C].Poll;
    }
    return true;
  }
  default:
    return false;
  }
}

void Blocking::compute(FunctionId F) {
  const Function &Fn = A.P.Functions[F];
  BlockingFacts New;
  if (!Fn.hasBody())
    return;
  EventId Id = 0;
  bool Polls = false;
  // A function that takes a handle of its own is judged itself.
  bool OwnHandle = any_of(Fn.Summary->Params, [](const Variable &V) {
    return V.Cancellation != HandleKind::None;
  });
  for (const Block &B : Fn.Summary->Blocks) {
    if (B.Work)
      New.Quiet = false;
    for (const Event &E : B.Events) {
      if (waits(F, E) == Wait::Yes)
        New.MayBlock = true;
      PollKind Poll = PollKind::None;
      if (!idle(F, E, Poll))
        New.Quiet = false;
      if (Poll != PollKind::None) {
        Polls = true;
        New.Poll = Poll;
      }
      FunctionId Callee;
      // Joining is for who does it; a callee that joins (a destructor, a
      // shutdown) has most often asked its thread to stop.
      if (!New.WaitsLong && !OwnHandle && E.Kind != EventKind::Join &&
          waitsLong(F, E, Callee)) {
        New.WaitsLong = true;
        New.LongEvent = Id;
        New.LongCallee = Callee;
      }
      ++Id;
    }
  }
  if (!Fn.Summary->Loops.empty())
    New.Quiet = false;
  New.OnlyPolls = New.Quiet && Polls;
  consults(F, New);
  Facts[F] = std::move(New);
}

void Blocking::consults(FunctionId F, BlockingFacts &Into) const {
  const Function &Fn = A.P.Functions[F];
  const TUSummary &S = Fn.In->Summary;
  auto Note = [&](PathId Id) {
    if (!Id)
      return;
    const AccessPath &P = S.path(Id);
    if (P.Root == RootKind::Param && P.Index < 32)
      Into.ConsultsParam |= 1u << P.Index;
    if (!P.Elements.empty()) {
      std::pair<Symbol, Symbol> Field{Fn.In->symbol(P.Elements.back().Record),
                                      Fn.In->symbol(P.Elements.back().Name)};
      if (!is_contained(Into.ConsultsField, Field) &&
          Into.ConsultsField.size() < 16)
        Into.ConsultsField.push_back(Field);
    }
  };
  for (const Block &B : Fn.Summary->Blocks)
    for (const Event &E : B.Events) {
      if (E.Kind == EventKind::Consult || E.Kind == EventKind::CancelCallback)
        Note(E.Object);
      if (E.Cancellable)
        for (PathId Arg : E.Args)
          Note(Arg);
      if (E.Kind == EventKind::Store)
        for (PathId Arg : E.Args)
          if (Arg && S.path(Arg).Root == RootKind::Param)
            Note(Arg);
      if (E.Kind != EventKind::Call && E.Kind != EventKind::Spawn)
        continue;
      SmallVector<FunctionId, 4> Callees;
      A.Calls.calleesOf(F, E, Callees);
      for (auto [I, Arg] : enumerate(E.Args)) {
        bool Handle = I < 32 && (E.CancelArgs >> I & 1);
        bool Known = !Callees.empty() && E.Kind == EventKind::Call;
        bool Used = !Known || any_of(Callees, [&](FunctionId C) {
          return !A.P.Functions[C].hasBody() ||
                 (I < 32 && Facts[C].ConsultsParam >> I & 1);
        });
        if (Handle && Used)
          Note(Arg);
      }
      for (FunctionId C : Callees)
        for (const auto &Field : Facts[C].ConsultsField)
          if (!is_contained(Into.ConsultsField, Field) &&
              Into.ConsultsField.size() < 16)
            Into.ConsultsField.push_back(Field);
    }
}

} // namespace raddle::lockorder
