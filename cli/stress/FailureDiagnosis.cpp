// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stress/FailureDiagnosis.h"
#include "cli/execute/Files.h"
#include "cli/trace/ObservedLocks.h"
#include "cli/trace/StackSteps.h"
#include "cli/trace/TraceWords.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace raddle;
using namespace raddle::lockorder;
using stress::ReportStack;

namespace raddle::cli {

namespace {

/// As the compiler was given it: relative to the folder it was run in, which
/// nobody knows now.
Place placeOf(StringRef File, unsigned Line, unsigned Column,
              const std::string &Root) {
  if (File.empty() || !Line)
    return {};
  if (sys::path::is_absolute(File))
    return {relativeTo(absolutePath(File), Root), Line, Column, 0};
  for (std::string Folder : {Root, Root + "/build", std::string(".")}) {
    std::string Path = absolutePath(File, absolutePath(Folder));
    if (sys::fs::is_regular_file(Path))
      return {relativeTo(Path, Root), Line, Column, 0};
  }
  return {File.str(), Line, Column, 0};
}

FrameStack framesOf(const ReportStack &S, const std::string &Root) {
  FrameStack Result;
  for (const stress::ReportFrame &F : S.Frames) {
    Frame Next{F.Function, placeOf(F.File, F.Line, F.Column, Root), F.Module,
               F.Offset, false};
    // Nobody has the sanitizer's own sources.
    if (isLibraryFrame(Next))
      Next.Where = {};
    Result.push_back(std::move(Next));
  }
  return Result;
}

/// "thread T1", "the main thread"
std::string threadOf(const ReportStack &S) {
  if (S.Thread.empty())
    return "a thread";
  return (S.Thread == "main thread" ? "the " : "thread ") + S.Thread;
}

/// "thread T1 writes 4 bytes in 'f()'"
std::string accessText(const ReportStack &S, const FrameStack &Frames) {
  std::string Text = threadOf(S);
  Text += S.Atomic ? (S.Write ? " atomically writes" : " atomically reads")
                   : (S.Write ? " writes" : " reads");
  if (S.Size)
    Text += " " + std::to_string(S.Size) + (S.Size == 1 ? " byte" : " bytes");
  if (std::string Name = userFrameName(&Frames); !Name.empty())
    Text += " in '" + Name + "'";
  return Text;
}

std::string stackTitle(const ReportStack &S, const FrameStack &Frames) {
  switch (S.What) {
  case ReportStack::Access:
    return accessText(S, Frames);
  case ReportStack::Allocation:
    return "where the memory was allocated";
  case ReportStack::ThreadCreation:
    return "where " + threadOf(S) + " was made";
  case ReportStack::MutexCreation:
    return "where the mutex was made";
  case ReportStack::Acquisition:
    return "where the mutex was taken";
  case ReportStack::Other:
    break;
  }
  StringRef Title = StringRef(S.Title).trim(" :\t");
  return Title.empty() ? "where" : Title.str();
}

StepKind stepKind(const ReportStack &S) {
  return S.What == ReportStack::ThreadCreation ? StepKind::Start
         : S.What == ReportStack::Acquisition  ? StepKind::Acquire
                                               : StepKind::Note;
}

/// " runs", " waits for the end of thread 2"
std::string doesText(const Trace &T, const TraceWait &On) {
  std::string Owner = On.Owner ? threadName(T.Threads[On.Owner]) : "";
  switch (On.Kind) {
  case trace::WaitKind::None:
    return " runs";
  case trace::WaitKind::Join:
    return " waits for the end of " + (Owner.empty() ? "a thread" : Owner);
  case trace::WaitKind::Sleep:
    return " sleeps";
  default:
    return " waits (" + waitKindName(On.Kind).str() + ")" +
           (Owner.empty() ? "" : " for what " + Owner + " has");
  }
}

} // namespace

StringRef stressCheck(StringRef Kind) {
  if (Kind == "data race" || Kind.starts_with("data race "))
    return "raddle-data-race";
  if (Kind == "deadlock" || Kind == "lost wake-up")
    return "raddle-deadlock";
  if (Kind == "timeout" || Kind == "livelock" || Kind == "step limit")
    return "raddle-hang";
  return "raddle-stress-failure";
}

Diagnosis reportDiagnosis(const stress::SanitizerReport &Report,
                          const std::string &Root) {
  Diagnosis D;
  D.Check = stressCheck(Report.Kind).str();
  D.Severity = Level::Error;
  D.Message = Report.Kind;
  if (!Report.Location.empty())
    D.Message += " on " + Report.Location;
  D.Identity.push_back(Report.Kind);
  unsigned Accesses = 0;
  for (const ReportStack &S : Report.Stacks) {
    FrameStack Frames = framesOf(S, Root);
    if (D.Where.File.empty())
      if (const Frame *F = userFrame(&Frames))
        D.Where = F->Where;
    Witness W;
    W.Title = stackTitle(S, Frames);
    if (S.What == ReportStack::Access) {
      D.Message += (Accesses++ ? "; " : ": ") + W.Title;
      D.Identity.push_back(userFrameName(&Frames));
    }
    addSteps(W, &Frames, stepKind(S), W.Title);
    if (!W.Steps.empty())
      D.Witnesses.push_back(std::move(W));
  }
  if (!Accesses && !Report.Stacks.empty()) {
    FrameStack Frames = framesOf(Report.Stacks.front(), Root);
    if (std::string Name = userFrameName(&Frames); !Name.empty()) {
      D.Message += " in '" + Name + "'";
      D.Identity.push_back(Name);
    }
  }
  // Which thread came first is chance.
  llvm::sort(D.Identity.begin() + 1, D.Identity.end());
  D.Notes.push_back("seen by " + Report.Tool);
  return D;
}

Diagnosis endDiagnosis(const stress::Failure &F, StringRef Test,
                       const std::string &Root) {
  Diagnosis D;
  D.Check = stressCheck(F.Kind).str();
  D.Severity = Level::Error;
  D.Message = F.Says;
  D.Identity = {F.Kind, F.Key};
  // What names no place is told apart by the test.
  if (F.Key == F.Kind)
    D.Identity.push_back(Test.str());
  if (!Test.empty() && !StringRef(D.Message).contains(Test))
    D.Message += " (in the test " + Test.str() + ")";
  if (F.Text)
    D.Where = placeOf(F.Text->File, F.Text->Line, 0, Root);
  if (F.Text && !D.Where.File.empty()) {
    Witness W;
    W.Title = "where it gave up";
    W.Steps.push_back({StepKind::Note, F.Text->Function, F.Says, D.Where, {}});
    D.Witnesses.push_back(std::move(W));
  }
  return D;
}

Diagnosis noProgressDiagnosis(const stress::Failure &F,
                              const stress::RunRecords &Run, RunPlaces &Places,
                              StringRef Test) {
  Diagnosis D;
  D.Check = stressCheck(F.Kind).str();
  D.Severity = Level::Error;
  D.Message = F.Kind + ": " + F.Says;
  D.Identity = {F.Kind, Test.str()};
  for (const stress::RunFinal &Final : Run.Finals) {
    FrameStack Frames = Places.stack(
        Final.Stack.empty() ? std::vector<uint64_t>{Final.Record.Pc}
                            : Final.Stack);
    bool Runs = Final.Record.Waits == stress::Op::None;
    Witness W;
    W.Title =
        Places.thread(Final.Record.Head.Thread) + (Runs ? " runs" : " waits");
    addSteps(W, &Frames, Runs ? StepKind::Note : StepKind::Wait, "is here");
    if (const Frame *Own = userFrame(&Frames)) {
      // What turns round is at fault rather than who waits for its end.
      if (D.Where.File.empty() || Runs)
        D.Where = Own->Where;
      D.Identity.push_back(userFrameName(&Frames));
    }
    if (!W.Steps.empty())
      D.Witnesses.push_back(std::move(W));
  }
  llvm::sort(D.Identity.begin() + 2, D.Identity.end());
  if (!Test.empty())
    D.Message += " (in the test " + Test.str() + ")";
  return D;
}

Diagnosis hangDiagnosis(const Trace &T, Symboliser &Symbols, StringRef Test) {
  Diagnosis D;
  D.Check = "raddle-hang";
  D.Severity = Level::Error;
  D.Identity = {"timeout", Test.str()};
  std::string Waits;
  for (const TraceSnapshotEntry &E : T.Snapshots.empty()
                                         ? std::vector<TraceSnapshotEntry>()
                                         : T.Snapshots.back().Entries) {
    if (E.Kind != trace::TaskKind::Thread)
      continue;
    Witness W;
    W.Title = threadName(T.Threads[E.Thread]);
    std::string Does = doesText(T, E.On);
    Waits += (Waits.empty() ? "" : "; ") + W.Title + Does;
    FrameStack Frames = Symbols.stack(T, T.Stacks[E.Stack]);
    W.Title += Does;
    addSteps(W, &Frames,
             E.On.Kind == trace::WaitKind::None ? StepKind::Note
                                                : StepKind::Wait,
             "is here");
    if (const Frame *F = userFrame(&Frames)) {
      if (D.Where.File.empty())
        D.Where = F->Where;
      D.Identity.push_back(userFrameName(&Frames));
    }
    if (!W.Steps.empty())
      D.Witnesses.push_back(std::move(W));
  }
  llvm::sort(D.Identity.begin() + 2, D.Identity.end());
  D.Message = "the program does not end";
  if (!Test.empty())
    D.Message += " in the test " + Test.str();
  if (!Waits.empty())
    D.Message += ": " + Waits;
  return D;
}

} // namespace raddle::cli
