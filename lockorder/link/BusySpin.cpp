// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle-busy-spin: a loop that keeps a processor busy with looking.
#include "lockorder/link/Blocking.h"
#include "lockorder/link/Checks.h"
#include "lockorder/link/Describe.h"
#include "llvm/ADT/STLExtras.h"
#include <set>

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {
namespace {

struct Advice {
  const char *What, *Instead;
};

Advice adviceFor(PollKind Poll) {
  switch (Poll) {
  case PollKind::ReadyNow:
    return {"polls with a zero timeout",
            "give the poll a timeout, or -1 to wait until something is ready"};
  case PollKind::TryLock:
    return {"tries to lock", "lock, and wait until the lock is free"};
  case PollKind::TryPop:
    return {"tries to take an item",
            "take items with the queue's blocking operation, or wait on a "
            "condition variable that is signalled on every push"};
  case PollKind::ZeroWait:
    return {"waits for no time at all",
            "wait without a limit, or for a time that is not zero"};
  case PollKind::DontWait:
    return {"receives without waiting",
            "receive without MSG_DONTWAIT, or poll the descriptor first"};
  case PollKind::AtomicLoad:
    return {
        "reads an atomic variable",
        "use std::atomic::wait and notify, a condition variable, a latch or "
        "a semaphore"};
  case PollKind::QueueEmpty:
    return {"asks whether something is there",
            "wait on a condition variable that is signalled when something "
            "comes"};
  case PollKind::Yield:
  case PollKind::None:
    return {"yields", "wait for what the loop is waiting for"};
  }
  return {"polls", "wait"};
}

class SpinCheck {
public:
  SpinCheck(Analysis &A, std::vector<Diagnosis> &Out)
      : A(A), D(A), B(A), Out(Out) {}
  void run(FunctionId F);

private:
  bool inLoop(const FunctionSummary &S, int32_t Inner, int32_t Loop) const {
    for (; Inner >= 0; Inner = S.Loops[Inner].Parent)
      if (Inner == Loop)
        return true;
    return false;
  }
  /// "x" for the variable or field that a poll looks at; empty if it has no
  /// name.
  std::string objectOf(FunctionId F, const Event &E);
  /// The event tells by its success that there is something to do.
  bool findsSomething(FunctionId F, EventId Id) {
    const Event &E = D.event(F, Id);
    if (E.Kind == EventKind::Poll)
      return E.Poll != PollKind::AtomicLoad && E.Poll != PollKind::QueueEmpty;
    if (E.Kind == EventKind::Acquire || E.Kind == EventKind::GuardAcquire)
      return E.How == Flavor::Try;
    // The project's own try_pop comes after the poll of the same place.
    const Event &Before = Id ? D.event(F, Id - 1) : E;
    return E.Kind == EventKind::Call && Before.Kind == EventKind::Poll &&
           Before.Where == E.Where && Before.Poll == PollKind::TryPop;
  }
  /// A way round the loop on which nothing happens but looking.
  const Event *idlePass(FunctionId F, int32_t Loop, PollKind &Kind);

  Analysis &A;
  Describe D;
  Blocking B;
  std::vector<Diagnosis> &Out;
};

const Event *SpinCheck::idlePass(FunctionId F, int32_t Loop, PollKind &Kind) {
  const FunctionSummary &S = *A.P.Functions[F].Summary;
  uint32_t Head = S.Loops[Loop].Head;
  struct At {
    uint32_t Block;
    const Event *Poll;
    PollKind Kind;
  };
  std::vector<At> Open{{Head, nullptr, PollKind::None}};
  std::set<std::pair<uint32_t, PollKind>> Seen;
  while (!Open.empty()) {
    At Now = Open.back();
    Open.pop_back();
    const Block &Bl = S.Blocks[Now.Block];
    if (Bl.Work || !inLoop(S, Bl.Loop, Loop))
      continue;
    bool Idle = true;
    const Event *Before = nullptr;
    for (const Event &E : Bl.Events) {
      PollKind Poll = PollKind::None;
      // `try_pop` of the project's own: what it does with an item it does in
      // passes that find one.
      bool IsPoll = E.Kind == EventKind::Call && Before &&
                    Before->Kind == EventKind::Poll && Before->Where == E.Where;
      Before = &E;
      // Nobody else fills a container of this function's own.
      bool OwnContainer =
          E.Kind == EventKind::Poll && E.Poll == PollKind::QueueEmpty &&
          E.Object &&
          A.P.Functions[F].In->Summary.path(E.Object).Root == RootKind::Local;
      if (OwnContainer)
        continue;
      if (!IsPoll && !B.idle(F, E, Poll)) {
        Idle = false;
        break;
      }
      // The most telling poll names the finding: a flag that is read besides
      // is the loop's condition.
      if (Poll != PollKind::None && (!Now.Poll || Poll < Now.Kind)) {
        Now.Poll = &E;
        Now.Kind = Poll;
      }
    }
    if (!Idle)
      continue;
    for (auto [N, Next] : enumerate(Bl.Successors)) {
      // A pass in which the poll has found something is not idle: `while
      // (queue.try_pop(item))` ends when the queue is empty.
      if (Bl.Branch.On != Condition::NoEvent && Bl.Successors.size() == 2 &&
          findsSomething(F, Bl.Branch.On) && (N == 0) != Bl.Branch.Negated)
        continue;
      if (Next == Head && Now.Poll) {
        Kind = Now.Kind;
        return Now.Poll;
      }
      if (Seen.insert({Next, Now.Kind}).second)
        Open.push_back({Next, Now.Poll, Now.Kind});
    }
  }
  return nullptr;
}

std::string SpinCheck::objectOf(FunctionId F, const Event &E) {
  const Function &Fn = A.P.Functions[F];
  const FunctionSummary &S = *Fn.Summary;
  if (!E.Object)
    return "";
  const AccessPath &P = Fn.In->Summary.path(E.Object);
  for (const PathElement &Element : reverse(P.Elements)) {
    StringRef Name = Fn.In->Summary.string(Element.Name);
    if (Name.consume_front("$cap:") || !Name.starts_with("$"))
      if (Name != "[]")
        return Name.str();
  }
  if (P.Root == RootKind::Param && P.Index < S.Params.size())
    return Fn.In->Summary.string(S.Params[P.Index].Name).str();
  if (P.Root == RootKind::Local && P.Index < S.Locals.size())
    return Fn.In->Summary.string(S.Locals[P.Index].Name).str();
  if (P.Root == RootKind::Global)
    return A.P.str(A.P.globalName(Fn.In->symbol(P.Name)));
  return "";
}

void SpinCheck::run(FunctionId F) {
  const Function &Fn = A.P.Functions[F];
  const FunctionSummary &S = *Fn.Summary;
  std::vector<bool> Reported(S.Loops.size());
  // Inner loops come after their parents and are the more exact place.
  for (int32_t L = S.Loops.size() - 1; L >= 0; --L) {
    const Loop &Lp = S.Loops[L];
    if (Lp.Bounded)
      continue;
    // A lock-free retry, or the read-only wait of a spin lock inside one.
    bool Retries = false;
    for (int32_t Outer = L; Outer >= 0; Outer = S.Loops[Outer].Parent)
      Retries |= S.Loops[Outer].RetriesAtomic;
    if (Retries)
      continue;
    bool Waits = false, InnerReported = false, Silenced = false, Locks = false;
    auto NoLint = [&](StringId Names) {
      StringRef Text = Fn.In->Summary.string(Names);
      return Text == "*" || Text.contains(BusySpin);
    };
    Silenced = NoLint(Lp.NoLint);
    for (const Block &Bl : S.Blocks) {
      if (!inLoop(S, Bl.Loop, L))
        continue;
      for (const Event &E : Bl.Events) {
        if (B.waits(F, E) == Blocking::Wait::Yes)
          Waits = true;
        SmallVector<FunctionId, 4> Callees;
        if (E.Kind == EventKind::Call)
          A.Calls.calleesOf(F, E, Callees);
        Locks |= E.Kind == EventKind::Acquire ||
                 E.Kind == EventKind::GuardInit ||
                 E.Kind == EventKind::GuardAcquire ||
                 any_of(Callees,
                        [&](FunctionId C) { return A.Calls.touchesLocks(C); });
        // Pauses in a number that can grow: a back-off.
        if (E.Kind == EventKind::Pause && Bl.Loop != L &&
            S.Loops[Bl.Loop].CountsToVariable)
          Waits = true;
        if (E.Kind == EventKind::Poll)
          Silenced |= NoLint(E.NoLint);
      }
    }
    for (size_t I = 0; I < S.Loops.size(); ++I)
      InnerReported |= Reported[I] && inLoop(S, I, L);
    if (Waits || Silenced || InnerReported)
      continue;
    PollKind Kind = PollKind::None;
    const Event *Poll = idlePass(F, L, Kind);
    if (!Poll)
      continue;
    // Without a lock around it, a container's size is the loop's own business
    // (or a data race, which is another tool's).
    if (Kind == PollKind::QueueEmpty && !Locks)
      continue;
    Reported[L] = true;
    Advice How = adviceFor(Kind);
    Diagnosis Found;
    Found.Check = BusySpin.str();
    Found.Severity = Level::Warning;
    StringRef Text = Fn.In->Summary.string(Poll->Text);
    std::string Object = objectOf(F, *Poll);
    Found.Message = "this loop never blocks: a pass that finds nothing only " +
                    std::string(How.What) +
                    (Text.empty() ? "" : " ('" + Text.str() + "')") +
                    (Object.empty() ? "" : " of '" + Object + "'") +
                    " and starts again";
    Found.Where = A.P.place(Fn, Lp.Where);
    Witness W;
    W.Title = "a pass that does nothing";
    W.Steps.push_back({StepKind::Loop,
                       A.P.str(Fn.Name),
                       "the loop starts a pass",
                       Found.Where,
                       {}});
    W.Steps.push_back({StepKind::Note,
                       A.P.str(Fn.Name),
                       std::string(How.What) + "; nothing on this way waits",
                       A.P.place(Fn, Poll->Where),
                       {}});
    Found.Witnesses.push_back(std::move(W));
    Found.Notes.push_back(std::string(How.Instead));
    Found.Identity = {
        A.P.str(Fn.Name), Text.str(),
        std::to_string(std::count(Reported.begin(), Reported.end(), true))};
    Out.push_back(std::move(Found));
  }
}

} // namespace

void checkBusySpin(Analysis &A, std::vector<Diagnosis> &Out) {
  SpinCheck Check(A, Out);
  for (FunctionId F = 0; F < A.P.Functions.size(); ++F)
    if (!A.P.Functions[F].Summary->Loops.empty())
      Check.run(F);
}

} // namespace raddle::lockorder
