// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/link/Describe.h"

using namespace llvm;
using namespace raddle::model;

namespace raddle::lockorder {

const Event &Describe::event(FunctionId F, EventId Id) const {
  static const Event None;
  for (const Block &B : P.Functions[F].Summary->Blocks) {
    if (Id < B.Events.size())
      return B.Events[Id];
    Id -= B.Events.size();
  }
  return None;
}

Place Describe::place(const CallStep &Step) const {
  return P.place(P.Functions[Step.first], event(Step.first, Step.second).Where);
}

bool Describe::silenced(const CallStep &Step, StringRef Check) const {
  const Event &E = event(Step.first, Step.second);
  StringRef Names = P.Functions[Step.first].In->Summary.string(E.NoLint);
  if (Names.empty())
    return false;
  if (Names == "*")
    return true;
  SmallVector<StringRef, 4> List;
  Names.split(List, ',');
  for (StringRef Name : List)
    if (Name.trim() == Check)
      return true;
  return false;
}

std::vector<uint32_t> Describe::locks(const std::vector<HeldClass> &Held) {
  std::vector<uint32_t> Result;
  for (const HeldClass &H : Held)
    if (Result.empty() || Result.back() != H.Class)
      Result.push_back(H.Class);
  return Result;
}

void Describe::chain(const Chain &C, Witness &W) const {
  Step Start;
  Start.Kind = StepKind::Start;
  Start.Function = P.str(P.Functions[C.Root].Name);
  if (C.From == Chain::Start::Spawn) {
    const SpawnSite &Site = A.K.Spawns[C.Site];
    const char *What = Site.Kind == SpawnKind::Pool    ? "a task runs "
                       : Site.Kind == SpawnKind::Async ? "a task starts in "
                       : Site.Kind == SpawnKind::Timer ? "a timer runs "
                                                       : "a thread starts in ";
    Start.Text = What + function(C.Root);
    Start.Where = place({Site.In, Site.Event});
    Start.Function = P.str(P.Functions[Site.In].Name);
    W.Thread = P.str(P.Functions[C.Root].Name);
  } else {
    const Function &Root = P.Functions[C.Root];
    Start.Where = P.place(Root, Root.Summary->Where);
    if (C.From == Chain::Start::Main) {
      Start.Text = "the main thread starts in " + function(C.Root);
      W.Thread = P.str(Root.Name);
    } else {
      Start.Text = "any thread may call " + function(C.Root);
    }
  }
  W.Steps.push_back(std::move(Start));
  for (auto [I, Calling] : enumerate(C.Calls)) {
    Step Call;
    Call.Kind = StepKind::Call;
    Call.Function = P.str(P.Functions[Calling.first].Name);
    Call.Where = place(Calling);
    // The callee is who makes the next call; the last callee is filled in by
    // who knows it.
    if (I + 1 < C.Calls.size())
      Call.Text = "calls " + function(C.Calls[I + 1].first);
    Call.Held = locks(C.Held);
    W.Steps.push_back(std::move(Call));
  }
}

void Describe::call(const CallStep &At, FunctionId Callee,
                    const std::vector<uint32_t> &Held, Witness &W) const {
  Step Call;
  Call.Kind = StepKind::Call;
  Call.Function = P.str(P.Functions[At.first].Name);
  Call.Text = (event(At.first, At.second).Kind == EventKind::Spawn ? "starts "
                                                                   : "calls ") +
              function(Callee);
  Call.Where = place(At);
  Call.Held = Held;
  W.Steps.push_back(std::move(Call));
}

std::vector<CallStep> Describe::descend(FunctionId F, EventId Event,
                                        FunctionId Callee, uint32_t Index,
                                        LockClass Wanted) const {
  std::vector<CallStep> Steps{{F, Event}};
  if (Callee == NoFunction)
    return Steps;
  // Reached lists only refer to lists made before, but for recursion.
  while (Callee != NoFunction && Steps.size() < 40) {
    const ReachedLock &R = A.Reached[Callee][Index];
    const FunctionSummary &S = *P.Functions[Callee].Summary;
    // Where the callee cannot tell which lock it takes, the call of it is what
    // users think of as the acquisition.
    LockClass Named = A.Classes.of(R.Lock);
    bool Wrapper = !S.Closure && (Named == NoClass || Named != Wanted);
    if (Wrapper)
      break;
    Steps.push_back({Callee, R.Event});
    Callee = R.Callee;
    Index = R.Index;
  }
  return Steps;
}

CallStep Describe::acquisition(FunctionId F, EventId Event, FunctionId Callee,
                               uint32_t Index, LockClass Wanted,
                               const std::vector<uint32_t> &Held,
                               StringRef Text, Witness &W) const {
  std::vector<CallStep> Steps = descend(F, Event, Callee, Index, Wanted);
  for (size_t I = 0; I + 1 < Steps.size(); ++I)
    call(Steps[I], Steps[I + 1].first, Held, W);
  Step Last;
  Last.Kind = StepKind::Acquire;
  Last.Function = P.str(P.Functions[Steps.back().first].Name);
  Last.Text = Text.str();
  Last.Where = place(Steps.back());
  Last.Held = Held;
  W.Steps.push_back(std::move(Last));
  return Steps.back();
}

} // namespace raddle::lockorder
