// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle-unchecked-cancellation: a stop token, or another cancellation
// handle, that nobody looks at while the function waits.
#include "lockorder/link/Blocking.h"
#include "lockorder/link/Checks.h"
#include "lockorder/link/Describe.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {
namespace {

class CancellationCheck {
public:
  CancellationCheck(Analysis &A, std::vector<Diagnosis> &Out)
      : A(A), D(A), B(A), Out(Out) {}
  void run(FunctionId F);

private:
  std::vector<const CancellationHandle *> handles(FunctionId F) const;
  bool threadBody(FunctionId F) const;
  /// The event consults one of the handles, or hands it to what does.
  bool handles(FunctionId F, const Event &E,
               ArrayRef<const CancellationHandle *> Handles) const;
  void report(FunctionId F, const CancellationHandle &H, Location At,
              EventId Event, FunctionId Callee, bool HasEvent);
  bool outermost(const FunctionSummary &S, int32_t Inner, int32_t &Loop) const {
    Loop = -1;
    for (; Inner >= 0; Inner = S.Loops[Inner].Parent)
      Loop = Inner;
    return Loop >= 0;
  }

  Analysis &A;
  Describe D;
  Blocking B;
  std::vector<Diagnosis> &Out;
};

bool CancellationCheck::threadBody(FunctionId F) const {
  if (!A.StartedBy[F].empty())
    return true;
  // `std::thread([this] { run(); })`: run is the body as users see it.
  const auto &Callers = A.Callers[F];
  return !Callers.empty() && all_of(Callers, [&](const CallSite &C) {
    return !A.StartedBy[C.Caller].empty() &&
           A.P.Functions[C.Caller].Summary->Closure;
  });
}

std::vector<const CancellationHandle *>
CancellationCheck::handles(FunctionId F) const {
  const Function &Fn = A.P.Functions[F];
  std::vector<const CancellationHandle *> Result;
  bool Body = threadBody(F);
  for (const CancellationHandle &H : Fn.Summary->Handles) {
    // Whoever has a source asks others to stop.
    if (H.Kind == HandleKind::StopSource || H.Kind == HandleKind::None)
      continue;
    const AccessPath &P = Fn.In->Summary.path(H.Path);
    // Any method can see a member; it is for the thread's body to obey.
    if (P.Root == RootKind::This && !Fn.Summary->Closure && !Body)
      continue;
    if (H.Kind == HandleKind::Flag && P.Root != RootKind::Param && !Body)
      continue;
    Result.push_back(&H);
  }
  return Result;
}

bool CancellationCheck::handles(
    FunctionId F, const Event &E,
    ArrayRef<const CancellationHandle *> Handles) const {
  if (E.Cancellable || E.Kind == EventKind::CancelCallback)
    return true;
  // With several handles at hand, any of them will do.
  if (E.Kind == EventKind::Consult)
    return true;
  const Function &Fn = A.P.Functions[F];
  const TUSummary &S = Fn.In->Summary;
  auto IsHandle = [&](PathId Id) {
    if (!Id)
      return false;
    const AccessPath &P = S.path(Id);
    return any_of(Handles, [&](const CancellationHandle *H) {
      const AccessPath &Q = S.path(H->Path);
      return P.Root == Q.Root && P.Index == Q.Index && P.Name == Q.Name &&
             P.Elements.size() >= Q.Elements.size() &&
             std::equal(Q.Elements.begin(), Q.Elements.end(),
                        P.Elements.begin());
    });
  };
  if (E.Kind == EventKind::Store)
    return any_of(E.Args, IsHandle);
  if (E.Kind != EventKind::Call && E.Kind != EventKind::Spawn)
    return false;
  SmallVector<FunctionId, 4> Callees;
  A.Calls.calleesOf(F, E, Callees);
  for (auto [I, Arg] : enumerate(E.Args)) {
    if (!IsHandle(Arg) && !(I < 32 && E.CancelArgs >> I & 1))
      continue;
    if (Callees.empty() || E.Kind == EventKind::Spawn)
      return true;
    if (any_of(Callees, [&](FunctionId C) {
          return !A.P.Functions[C].hasBody() ||
                 (I < 32 && B[C].ConsultsParam >> I & 1);
        }))
      return true;
  }
  // A method that looks at the member itself, or a closure at its capture.
  for (FunctionId C : Callees)
    for (const auto &[Record, Name] : B[C].ConsultsField)
      if (any_of(Handles, [&](const CancellationHandle *H) {
            const AccessPath &P = S.path(H->Path);
            if (!P.Elements.empty())
              return Fn.In->symbol(P.Elements.back().Name) == Name;
            StringRef Capture = A.P.text(Name);
            return Capture.consume_front("$cap:") &&
                   Capture == S.string(H->Name);
          }))
        return true;
  return false;
}

void CancellationCheck::run(FunctionId F) {
  const Function &Fn = A.P.Functions[F];
  const FunctionSummary &S = *Fn.Summary;
  auto Handles = handles(F);
  if (Handles.empty())
    return;
  struct LoopFacts {
    bool Handled = false, Exits = false, Bounded = false;
    EventId Wait = Condition::NoEvent;
    FunctionId Callee = NoFunction;
  };
  std::vector<LoopFacts> Loops(S.Loops.size());
  for (size_t I = 0; I < Loops.size(); ++I)
    Loops[I].Bounded = S.Loops[I].Bounded;
  LoopFacts Whole;
  EventId Id = 0;
  for (const Block &Bl : S.Blocks) {
    int32_t Loop;
    LoopFacts *In = outermost(S, Bl.Loop, Loop) ? &Loops[Loop] : nullptr;
    if (In)
      for (uint32_t Next : Bl.Successors) {
        int32_t Other;
        outermost(S, S.Blocks[Next].Loop, Other);
        In->Exits |= Other != Loop;
      }
    for (const Event &E : Bl.Events) {
      if (handles(F, E, Handles)) {
        if (In)
          In->Handled = true;
        // Given to an object or a thread that lives on: it looks.
        else if (E.Kind != EventKind::Consult)
          return;
      }
      FunctionId Callee = NoFunction;
      bool Long = B.waitsLong(F, E, Callee);
      // Inside a loop that does not end, shorter waits add up.
      bool Short =
          In && !In->Bounded && E.Kind == EventKind::Block && !E.Cancellable;
      if (Long && Whole.Wait == Condition::NoEvent) {
        Whole.Wait = Id;
        Whole.Callee = Callee;
      }
      if (In && (Long || Short) && In->Wait == Condition::NoEvent) {
        In->Wait = Id;
        In->Callee = Callee;
      }
      ++Id;
    }
  }
  auto Silenced = [&](EventId Event) {
    return D.silenced({F, Event}, UncheckedCancellation);
  };
  const CancellationHandle &H = *Handles.front();
  for (auto [I, L] : enumerate(Loops)) {
    if (S.Loops[I].Parent >= 0 || L.Bounded || L.Handled)
      continue;
    if (L.Wait != Condition::NoEvent) {
      if (!Silenced(L.Wait))
        report(F, H, {}, L.Wait, L.Callee, true);
      return;
    }
    StringRef NoLint = Fn.In->Summary.string(S.Loops[I].NoLint);
    if (S.Loops[I].Forever && !L.Exits && NoLint != "*" &&
        !NoLint.contains(UncheckedCancellation)) {
      report(F, H, S.Loops[I].Where, 0, NoFunction, false);
      return;
    }
  }
  // Outside of loops: a way from the entry to a wait and on to the end on
  // which nobody looks at the handle.
  if (Whole.Wait == Condition::NoEvent)
    return;
  std::vector<bool> Handled(S.Blocks.size());
  Id = 0;
  std::optional<std::pair<EventId, FunctionId>> Found;
  for (auto [I, Bl] : enumerate(S.Blocks))
    for (const Event &E : Bl.Events)
      if (handles(F, E, Handles))
        Handled[I] = true;
  auto Reach = [&](uint32_t From, auto &&Stop) {
    std::vector<bool> Seen(S.Blocks.size());
    std::vector<uint32_t> Open;
    if (!Handled[From])
      Open.push_back(From), Seen[From] = true;
    while (!Open.empty()) {
      uint32_t At = Open.back();
      Open.pop_back();
      if (Stop(At))
        return true;
      for (uint32_t Next : S.Blocks[At].Successors)
        if (!Seen[Next] && !Handled[Next]) {
          Seen[Next] = true;
          Open.push_back(Next);
        }
    }
    return false;
  };
  for (auto [I, Bl] : enumerate(S.Blocks))
    for (const Event &E : Bl.Events) {
      FunctionId Callee = NoFunction;
      EventId This = Id++;
      int32_t Loop;
      bool InHandledLoop = outermost(S, Bl.Loop, Loop) && Loops[Loop].Handled;
      if (Found || InHandledLoop || !B.waitsLong(F, E, Callee))
        continue;
      if (Reach(0, [&, I = I](uint32_t At) { return At == I; }) &&
          Reach(I, [&](uint32_t At) {
            return S.Blocks[At].Returns || S.Blocks[At].Successors.empty();
          }))
        Found = {This, Callee};
    }
  if (Found && !Silenced(Found->first))
    report(F, H, {}, Found->first, Found->second, true);
}

void CancellationCheck::report(FunctionId F, const CancellationHandle &H,
                               Location At, EventId Event, FunctionId Callee,
                               bool HasEvent) {
  const Function &Fn = A.P.Functions[F];
  std::string Name = Fn.In->Summary.string(H.Name).str();
  std::string Handle =
      Name.empty() ? "its cancellation handle" : "'" + Name + "'";
  Diagnosis Found;
  Found.Check = UncheckedCancellation.str();
  Found.Severity = Level::Warning;
  Found.Where = HasEvent ? D.place({F, Event}) : A.P.place(Fn, At);
  std::string What;
  if (!HasEvent)
    What = "loops without end";
  else if (Callee != NoFunction)
    What = "waits in " + D.function(Callee);
  else {
    StringRef Text = Fn.In->Summary.string(D.event(F, Event).Text);
    What = Text.empty() ? "waits" : "waits in '" + Text.str() + "'";
  }
  Found.Message = D.function(F) + " " + What + " without checking " + Handle +
                  "; a request to stop is not noticed";
  Witness W;
  W.Title = "the way to the wait";
  W.Steps.push_back({StepKind::Start,
                     A.P.str(Fn.Name),
                     "gets " + Handle + " here",
                     A.P.place(Fn, H.Where),
                     {}});
  FunctionId In = F;
  EventId Id = Event;
  for (unsigned Depth = 0; HasEvent && Depth < 20; ++Depth) {
    if (Callee == NoFunction) {
      W.Steps.push_back({StepKind::Wait,
                         A.P.str(A.P.Functions[In].Name),
                         "waits here",
                         D.place({In, Id}),
                         {}});
      break;
    }
    D.call({In, Id}, Callee, {}, W);
    In = Callee;
    Id = B[In].LongEvent;
    Callee = B[In].LongCallee;
  }
  Found.Witnesses.push_back(std::move(W));
  Found.Notes.push_back(
      "check " + Handle +
      " on every pass, use a wait that takes it "
      "(std::condition_variable_any), or wake the wait from a "
      "std::stop_callback");
  Found.Identity = {A.P.str(Fn.Name), Name};
  Out.push_back(std::move(Found));
}

} // namespace

void checkUncheckedCancellation(Analysis &A, std::vector<Diagnosis> &Out) {
  CancellationCheck Check(A, Out);
  for (FunctionId F = 0; F < A.P.Functions.size(); ++F)
    if (!A.P.Functions[F].Summary->Handles.empty())
      Check.run(F);
}

} // namespace raddle::lockorder
