// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/observed/Report.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace raddle::lockorder {
namespace {

constexpr char InversionCheck[] = "raddle-lock-order-inversion";

std::string plural(uint64_t N, StringRef One) {
  return std::to_string(N) + " " + One.str() + (N == 1 ? "" : "s");
}

} // namespace

std::string Report::threadText(uint32_t Run, uint32_t Thread) const {
  const ObservedThread &T = R.Runs[Run].Threads[Thread];
  if (!T.Name.empty())
    return T.Name;
  return T.Kind == trace::ThreadKind::Main ? "the main thread"
                                           : "thread " + std::to_string(Thread);
}

std::string Report::startOf(uint32_t Run, uint32_t Thread, StackRef S) const {
  const ObservedThread &T = R.Runs[Run].Threads[Thread];
  if (T.Kind == trace::ThreadKind::Main)
    return "main";
  if (!T.Start.empty())
    return T.Start;
  const std::vector<Frame> &Frames = R.Stacks.frames(S);
  for (size_t I = Frames.size(); I-- > 0;)
    if (!R.Stacks.isLibrary(S, I) && !Frames[I].Function.empty() &&
        Frames[I].Function != "clone" && Frames[I].Function != "clone3" &&
        Frames[I].Function != "start_thread")
      return Frames[I].Function;
  return "";
}

void Report::startStep(uint32_t Run, uint32_t Thread, StackRef S,
                       Witness &W) const {
  const ObservedThread &T = R.Runs[Run].Threads[Thread];
  Step Start;
  Start.Kind = StepKind::Start;
  W.Thread = startOf(Run, Thread, S);
  Start.Text = threadText(Run, Thread) + " starts";
  if (!W.Thread.empty())
    Start.Text += " in '" + W.Thread + "'";
  StackRef Created{Run, T.CreationStack};
  const std::vector<Frame> &Frames = R.Stacks.frames(Created);
  if (T.Kind != trace::ThreadKind::Main && !Frames.empty()) {
    const Frame &F = Frames[R.Stacks.siteFrame(Created)];
    Start.Function = F.Function;
    Start.Where = F.Where;
  }
  if (R.Runs.size() > 1)
    Start.Text +=
        " (run " + std::to_string(Run + 1) + ": " + R.Runs[Run].Program + ")";
  W.Steps.push_back(std::move(Start));
}

void Report::calls(StackRef S, size_t Outer, const std::vector<uint32_t> &Held,
                   Witness &W) const {
  const std::vector<Frame> &Frames = R.Stacks.frames(S);
  size_t Site = Frames.empty() ? 0 : R.Stacks.siteFrame(S);
  for (size_t I = Outer; I > Site && I < Frames.size(); --I) {
    if (R.Stacks.isLibrary(S, I))
      continue;
    size_t Callee = I - 1;
    while (Callee > Site && R.Stacks.isLibrary(S, Callee))
      --Callee;
    Step Call;
    Call.Kind = StepKind::Call;
    Call.Function = Frames[I].Function;
    Call.Where = Frames[I].Where;
    Call.Text = "calls '" +
                (Frames[Callee].Function.empty() ? describeFrame(Frames[Callee])
                                                 : Frames[Callee].Function) +
                "'";
    Call.Held = Held;
    W.Steps.push_back(std::move(Call));
  }
}

Step Report::atSite(StackRef S, StepKind Kind, std::string Text,
                    std::vector<uint32_t> Held) const {
  const std::vector<Frame> &Frames = R.Stacks.frames(S);
  Step Result;
  Result.Kind = Kind;
  Result.Text = std::move(Text);
  Result.Held = std::move(Held);
  if (!Frames.empty()) {
    const Frame &F = Frames[R.Stacks.siteFrame(S)];
    Result.Function = F.Function;
    Result.Where = F.Where;
    if (F.Where.File.empty())
      Result.Text += " at " + describeFrame(F);
  }
  return Result;
}

Witness Report::witness(uint32_t Run, uint32_t Thread,
                        const std::vector<ObservedHeld> &Held, uint32_t HeldAt,
                        StackRef Now, StepKind Kind, std::string Text) const {
  Witness W;
  StackRef First{Run, Held[HeldAt].Stack};
  startStep(Run, Thread, R.Stacks.frames(First).empty() ? Now : First, W);
  std::vector<uint32_t> Before, All;
  auto Add = [&](std::vector<uint32_t> &To, uint32_t Lock) {
    uint32_t N = R.node(Run, Lock);
    if (N != None && lockIndex(N) != None &&
        (To.empty() || !is_contained(To, lockIndex(N))))
      To.push_back(lockIndex(N));
  };
  for (uint32_t I = 0; I < Held.size(); ++I) {
    if (I < HeldAt)
      Add(Before, Held[I].Lock);
    Add(All, Held[I].Lock);
  }
  // From what the thread starts in inwards; before that is only the library.
  auto Outermost = [&](StackRef S) {
    const std::vector<Frame> &Frames = R.Stacks.frames(S);
    for (size_t I = Frames.size(); I-- > 0;)
      if (Frames[I].Function == W.Thread)
        return I;
    size_t I = Frames.empty() ? 0 : Frames.size() - 1;
    while (I > 0 && (R.Stacks.isLibrary(S, I) || Frames[I].Where.File.empty()))
      --I;
    return I;
  };
  uint32_t From = R.node(Run, Held[HeldAt].Lock);
  if (!R.Stacks.frames(First).empty()) {
    calls(First, Outermost(First), {}, W);
    W.Steps.push_back(
        atSite(First, StepKind::Hold, "takes " + C.quoted(From), Before));
  }
  size_t Common = R.Stacks.common(First, Now);
  const std::vector<Frame> &Frames = R.Stacks.frames(Now);
  size_t Outer = Common ? Frames.size() - Common : Outermost(Now);
  calls(Now, Outer, All, W);
  W.Steps.push_back(atSite(Now, Kind, std::move(Text), All));
  return W;
}

Witness Report::witness(const CycleStep &S) const {
  const NodeEdge &E = R.Edges[S.Edge];
  const Way &By = E.Ways[S.Way];
  const Taking &T = By.At[S.At];
  const ObservedAcquisition &A = R.Runs[By.Run].Acquisitions[T.Acquisition];
  std::string From = C.quoted(E.From), To = C.quoted(E.To);
  bool Alike = C.Of[E.From] == C.Of[E.To];
  Witness W = witness(By.Run, By.Thread, A.Held, T.HeldAt, {By.Run, A.Stack},
                      StepKind::Acquire,
                      Alike ? "takes another " + To + " while the first is held"
                            : "takes " + To + " while " + From + " is held");
  W.Title = Alike
                ? "one instance of " + From + " is held, then another is taken"
                : From + " is held, then " + To + " is taken";
  if (!Alike)
    W.Edge = classEdge(S);
  return W;
}

uint32_t Report::classEdge(const CycleStep &S) const {
  const NodeEdge &E = R.Edges[S.Edge];
  auto It = EdgeOf.find({lockIndex(E.From), lockIndex(E.To)});
  return It == EdgeOf.end() ? None : It->second;
}

void Report::cycles(const std::vector<ObservedCycle> &Cycles) {
  std::map<uint32_t, unsigned> Uses;
  for (const ObservedCycle &X : Cycles)
    for (const CycleStep &S : X.Steps)
      ++Uses[classEdge(S)];
  for (const ObservedCycle &X : Cycles)
    cycle(X, Uses);
}

void Report::notes(const ObservedCycle &X, Diagnosis &Found) const {
  size_t Length = X.Steps.size();
  if (X.Alike)
    Found.Notes.push_back("the same holds for " + plural(X.Alike, "other set") +
                          " of instances of these locks that were seen");
  if (X.AcrossRuns)
    Found.Notes.push_back(
        "no single run took all of these orders; the runs show that such "
        "threads are there at the same time");
  std::string Who;
  for (auto [I, S] : enumerate(X.Steps)) {
    const Way &W = R.Edges[S.Edge].Ways[S.Way];
    Who += (I ? "; " : "") + threadText(W.Run, W.Thread);
  }
  Found.Filters = {
      {"gate lock", "no lock is held on every edge"},
      {"one thread", "the orders were taken by different threads: " + Who},
      {"creation and join", "neither orders these acquisitions one after the "
                            "other"},
      {"release before the next",
       "each first lock was still held when the next was taken"},
      {"try-lock", "all " + std::to_string(Length) +
                       " acquisitions would have waited without a limit"},
      {"address reuse", "both orders were taken on the same live locks"},
      {"readers only", X.ReadersMeet ? "some pairs are; reported as a note"
                                     : "at least one side is exclusive at each "
                                       "lock"}};
  if (Length > 2)
    Found.Filters[0].Answer = "no two of the edges have a held lock in common";
  if (X.AcrossRuns)
    Found.Filters[5].Answer =
        "the runs share only locks that are variables of the program";
}

void Report::cycle(const ObservedCycle &Given,
                   const std::map<uint32_t, unsigned> &Uses) {
  LockOrderGraph &G = Out.Graph;
  ObservedCycle X = Given;
  // The edge in most cycles, then the one taken at the fewest places, is the
  // cheapest to turn round; it comes first and places the finding.
  auto Cost = [&](const CycleStep &S) {
    uint32_t E = classEdge(S);
    return E == None ? std::pair<long, size_t>(1, 0)
                     : std::pair<long, size_t>(-long(Uses.at(E)),
                                               G.Edges[E].Places.size());
  };
  size_t Cheapest = 0;
  for (size_t I = 1; I < X.Steps.size(); ++I)
    if (Cost(X.Steps[I]) < Cost(X.Steps[Cheapest]))
      Cheapest = I;
  std::rotate(X.Steps.begin(), X.Steps.begin() + Cheapest, X.Steps.end());

  Diagnosis Found;
  Found.Check = InversionCheck;
  Found.Severity = X.ReadersMeet ? Level::Note : Level::Error;
  std::vector<std::string> Names;
  std::set<uint32_t> Different;
  for (const CycleStep &S : X.Steps) {
    uint32_t Class = C.Of[R.Edges[S.Edge].From];
    if (Different.insert(Class).second)
      Names.push_back(C.All[Class].Name);
    if (uint32_t E = classEdge(S); E != None) {
      G.Edges[E].Inversion = true;
      Found.Cycle.push_back(E);
    }
    Found.Witnesses.push_back(witness(S));
  }
  size_t Length = X.Steps.size();
  if (Different.size() == 1) {
    Found.Message =
        "lock order inversion " +
        (Length == 2
             ? std::string("between two instances of '") + Names[0] +
                   "': they are taken in both orders"
             : "among " + std::to_string(Length) + " instances of '" +
                   Names[0] + "': each is held while the next is taken");
    Found.Identity = {Names[0], "instances"};
    Found.Notes.push_back("take them in an order that does not depend on the "
                          "caller: by address (std::less), by an id, or at "
                          "once with std::scoped_lock");
  } else {
    Found.Message = "lock order inversion ";
    Found.Message += Names.size() == 2 ? "between " : "among ";
    for (size_t I = 0; I < Names.size(); ++I)
      Found.Message += (I == 0                  ? ""
                        : I + 1 == Names.size() ? " and "
                                                : ", ") +
                       ("'" + Names[I] + "'");
    Found.Identity = Names;
    if (Different.size() != Length)
      Found.Identity.push_back("instances");
    llvm::sort(Found.Identity);
  }
  if (X.ReadersMeet)
    Found.Message += "; some of them are only read-locked, so a writer has to "
                     "come between";
  Found.Where = Found.Witnesses[0].Steps.back().Where;
  if (uint32_t E = classEdge(X.Steps[0]); E != None) {
    Found.TurnRound = E;
    const Edge &Turn = G.Edges[E];
    size_t Others = 0;
    for (uint32_t Other : Found.Cycle)
      if (Other != E)
        Others = std::max(Others, G.Edges[Other].Places.size());
    unsigned Broken = Uses.at(E);
    Found.TurnRoundWhy =
        "taking '" + G.Locks[Turn.To].Name + "' before '" +
        G.Locks[Turn.From].Name + "' changes " +
        plural(Turn.Places.size(), "place") +
        " that ran (the other order was used at " + plural(Others, "place") +
        ")" + (Broken > 1 ? " and breaks " + plural(Broken, "cycle") : "");
  }
  notes(X, Found);
  Out.Diagnoses.push_back(std::move(Found));
}

void Report::wait(const ObservedWaitCycle &Found) {
  const ObservedRun &Run = R.Runs[Found.Run];
  const ObservedWait &W = Run.Waits[Found.Wait];
  const ObservedSignal &S = Run.Signals[Found.Signal];
  uint32_t Node = R.node(Found.Run, W.Held[Found.HeldAt].Lock);
  std::string Name = C.quoted(Node);
  Diagnosis D;
  D.Check = InversionCheck;
  D.Severity = W.Timed ? Level::Warning : Level::Error;
  D.Message = Name +
              " is held during a wait that only ends after another thread has "
              "taken " +
              Name + " and signalled" +
              (W.Timed ? ", or when its time is up" : "");
  D.Witnesses.push_back(witness(Found.Run, W.Thread, W.Held, Found.HeldAt,
                                {Found.Run, W.Stack}, StepKind::Wait,
                                "waits while " + Name + " is held"));
  D.Witnesses.back().Title = Name + " is held during the wait";
  D.Witnesses.push_back(witness(Found.Run, S.Thread, S.Held, Found.SignalHeldAt,
                                {Found.Run, S.Stack}, StepKind::Note,
                                "signals, after it has taken " + Name));
  D.Witnesses.back().Title = Name + " is needed to signal";
  const Step &At = D.Witnesses[0].Steps.back();
  D.Where = At.Where;
  D.Identity = {Name, At.Function, "wait"};
  D.Notes.push_back("give " + Name + " back before the wait, or wait with " +
                    Name + "'s own guard");
  D.Filters = {
      {"every signaller",
       Found.Signals == 1 ? "the one signal by another thread that can meet "
                            "the wait was made with the lock held"
                          : "all " + std::to_string(Found.Signals) +
                                " signals by other threads that can meet "
                                "the wait were made with the lock held"},
      {"creation and join", "neither orders the signals and the wait one after "
                            "the other"}};
  Out.Diagnoses.push_back(std::move(D));
}

ObservedResult observe(const std::vector<ObservedRun> &Runs,
                       const LockOrderGraph *Static) {
  ObservedResult Result;
  Records R(Runs);
  Classes C(R, Static);
  Report Text(R, C, Result);
  Text.graph();
  CycleSearch Search(R, C);
  Search.run();
  Result.Incomplete = Search.Incomplete;
  Text.cycles(Search.Found);
  for (const ObservedWaitCycle &W : findWaitCycles(R, C))
    Text.wait(W);
  return Result;
}

} // namespace raddle::lockorder
