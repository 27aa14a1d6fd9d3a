// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stress/StressResults.h"
#include "cli/execute/Files.h"
#include "cli/findings/FailureBound.h"
#include "cli/findings/MergeResults.h"
#include "cli/stress/FailureDiagnosis.h"
#include "cli/stress/MakeTimeline.h"
#include "cli/stress/RunDeadlock.h"
#include "cli/trace/RunFindings.h"
#include "cli/trace/Understand.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <cmath>

using namespace llvm;
using namespace raddle::stress;
using raddle::lockorder::Diagnosis;

namespace raddle::cli {

double pctBound(uint64_t Threads, uint64_t Points, unsigned Depth,
                uint64_t Runs) {
  if (!Threads || !Points || !Depth)
    return 0;
  double One = 1 / (double(Threads) * std::pow(double(Points), Depth - 1.0));
  return One >= 1 ? 1 : -std::expm1(double(Runs) * std::log1p(-One));
}

namespace {

class Gather {
public:
  Gather(const CampaignOptions &O, const CampaignResult &C, Results &Into,
         std::vector<std::string> &Warnings)
      : O(O), C(C), Into(Into), Warnings(Warnings), Symbols(Into.Root),
        Known(C.Groups.size()) {}

  void findings();
  void view();

private:
  /// What is known of a group: its diagnosis, or results of its own.
  struct OfGroup {
    std::optional<Diagnosis> What;
    std::optional<Results> Own;
    Index Deadlock;
    std::optional<Timeline> Line;
    std::string Output, Fingerprint;
  };
  std::string kept(const FailureGroup &G, StringRef Extension);
  void look(size_t Number);
  bool fromTrace(const FailureGroup &G, OfGroup &Into);
  bool fromLog(size_t Number);
  void tests(StressView &V, std::vector<Index> &Rows);

  const CampaignOptions &O;
  const CampaignResult &C;
  Results &Into;
  std::vector<std::string> &Warnings;
  Symboliser Symbols;
  std::vector<OfGroup> Known;
};

std::string testOf(const CampaignOptions &O, uint32_t Test) {
  return Test < O.Tests.size() ? O.Tests[Test] : "";
}

/// "" for what was not kept.
std::string Gather::kept(const FailureGroup &G, StringRef Extension) {
  std::string Path = keptFile(O, G, Extension);
  if (!sys::fs::is_regular_file(Path))
    return "";
  Expected<std::string> Text = readFile(Path);
  if (Text)
    return std::move(*Text);
  Warnings.push_back(toString(Text.takeError()));
  return "";
}

/// Deadlocks that the watchdog saw, leaked tasks, or where all threads were.
bool Gather::fromTrace(const FailureGroup &G, OfGroup &Of) {
  std::string Path = keptFile(O, G, "trace");
  if (!sys::fs::is_regular_file(Path))
    return false;
  Expected<Trace> T = readTrace(Path);
  if (!T) {
    Warnings.push_back(toString(T.takeError()));
    return false;
  }
  bool Leak = G.Kind == "leak";
  if (!T->Deadlocks.empty() || Leak) {
    std::vector<Trace> One;
    One.push_back(std::move(*T));
    Understood U = understand(One, Into.Root);
    Results Own;
    erase_if(U.Diagnoses,
             [&](const Diagnosis &D) { return Leak ? !D.Leak : !D.Deadlock; });
    Own.Findings = makeFindings(std::move(U.Diagnoses), {});
    if (Own.Findings.empty())
      return false;
    Own.Run.Stacks = std::move(U.Run.Stacks);
    Own.Run.Leaks = std::move(U.Run.Leaks);
    Own.Run.Deadlocks = std::move(U.Run.Deadlocks);
    Own.Graph = std::move(U.Graph);
    Of.Fingerprint = Own.Findings.front().Fingerprint;
    Of.Own = std::move(Own);
    return true;
  }
  if (T->Snapshots.empty())
    return false;
  Of.What = hangDiagnosis(*T, Symbols, testOf(O, G.Test));
  return true;
}

/// What the scheduler saw: who waits for whom; and the schedule as a story.
bool Gather::fromLog(size_t Number) {
  const FailureGroup &G = C.Groups[Number];
  std::string Log = isControlled(G.Strategy) ? kept(G, "log") : "";
  if (Log.empty())
    return false;
  Expected<RunRecords> Records = readRunLog(Log, keptFile(O, G, "log"));
  if (!Records) {
    Warnings.push_back(toString(Records.takeError()));
    return false;
  }
  RunPlaces Places(*Records, Symbols, Into.Root);
  OfGroup &Of = Known[Number];
  if (!Records->Events.empty())
    Of.Line = makeTimeline(*Records, Places, G.Says, Into.Run);
  if (Records->Finals.empty())
    return false;
  if (G.Kind == "livelock" || G.Kind == "step limit") {
    stress::Failure F;
    F.Kind = G.Kind;
    F.Says = G.Says;
    Of.What = noProgressDiagnosis(F, *Records, Places, testOf(O, G.Test));
    return true;
  }
  if (G.Kind != "deadlock" && G.Kind != "lost wake-up")
    return false;
  DeadlockView View = runDeadlock(*Records, Places, Into.Run);
  if (View.Threads.empty())
    return false;
  Of.Deadlock = uint32_t(Into.Run.Deadlocks.size());
  Into.Run.Deadlocks.push_back(std::move(View));
  return true;
}

void Gather::look(size_t Number) {
  const FailureGroup &G = C.Groups[Number];
  OfGroup &Of = Known[Number];
  RunResult R;
  R.Status = G.Status;
  R.Out = kept(G, "out");
  R.Err = kept(G, "err");
  Of.Output = R.Out + R.Err;
  if (fromLog(Number))
    return;
  if ((G.Kind == "deadlock" || G.Kind == "timeout" || G.Kind == "leak") &&
      fromTrace(G, Of))
    return;
  for (const stress::Failure &F : failuresOf(R)) {
    if (F.Kind != G.Kind || F.Key != G.Key)
      continue;
    Of.What = F.Report ? reportDiagnosis(*F.Report, Into.Root)
                       : endDiagnosis(F, testOf(O, G.Test), Into.Root);
    return;
  }
  stress::Failure F;
  F.Kind = G.Kind;
  F.Key = G.Key;
  F.Says = G.Says;
  Of.What = endDiagnosis(F, testOf(O, G.Test), Into.Root);
}

void Gather::findings() {
  for (size_t I = 0; I != Known.size(); ++I)
    look(I);
  for (Diagnosis &D : runFindings(Into.Run))
    for (auto [G, Of] : zip(C.Groups, Known))
      if (Of.Deadlock && D.Deadlock == Of.Deadlock) {
        Of.What = D;
        if (G.Kind == "lost wake-up")
          callLostWakeUp(*Of.What, Into.Run, Into.Run.Deadlocks[*Of.Deadlock]);
      }
  // Builds of one program fail in the same way at other addresses.
  std::vector<Diagnosis> All;
  for (OfGroup &Of : Known)
    if (Of.What && none_of(All, [&](const Diagnosis &D) {
          return D.Check == Of.What->Check && D.Identity == Of.What->Identity;
        }))
      All.push_back(*Of.What);
  Into.Findings = makeFindings(std::move(All), {});
  for (OfGroup &Of : Known)
    for (const Finding &F : Into.Findings)
      if (Of.What && F.What.Check == Of.What->Check &&
          F.What.Identity == Of.What->Identity)
        Of.Fingerprint = F.Fingerprint;
  for (OfGroup &Of : Known)
    if (Of.Own)
      mergeResults(Into, std::move(*Of.Own));
}

void Gather::tests(StressView &V, std::vector<Index> &Rows) {
  for (const Arm &A : C.Arms) {
    Rows.push_back(std::nullopt);
    if (!A.Runs)
      continue;
    Rows.back() = uint32_t(V.Tests.size());
    const StressProgram &P = O.Programs[A.Program];
    StressTest T;
    T.Name = testOf(O, A.Test);
    T.Program = sys::path::filename(P.Path).str();
    T.Build = buildName(P.Kind).str();
    T.Strategy = A.Strategy;
    T.Runs = A.Runs;
    T.Failures = A.Failures;
    T.Seconds = A.Seconds;
    T.Bound = failureBound(A.Failures, A.Runs);
    T.Points = A.Places.size();
    T.Flaky = A.Failures && A.Failures < A.Runs;
    if (A.Strategy == "pct" && A.Controlled) {
      T.Depth = O.Depth;
      T.DepthBound = pctBound(A.Threads, A.Points, O.Depth, A.Controlled);
    }
    V.Tests.push_back(std::move(T));
  }
}

void Gather::view() {
  StressView V;
  V.Command = Into.Command;
  V.Seconds = C.Seconds;
  V.Runs = C.Runs;
  V.Failed = C.Failed;
  std::vector<Index> Rows;
  tests(V, Rows);
  for (auto [Number, G] : enumerate(C.Groups)) {
    OfGroup &Of = Known[Number];
    auto Same = find_if(V.Failures, [&](const StressFailure &F) {
      return !Of.Fingerprint.empty() && F.Fingerprint == Of.Fingerprint;
    });
    if (Same != V.Failures.end() && !(Same->Replay.empty())) {
      Same->Count += G.Count;
      continue;
    }
    StressFailure F;
    F.Fingerprint = Of.Fingerprint;
    F.Kind = G.Kind;
    F.Says = G.Says;
    F.Count = G.Count;
    F.Strategy = G.Strategy;
    F.Output = std::move(Of.Output);
    for (auto [Index, A] : enumerate(C.Arms))
      if (A.Test == G.Test && A.Program == G.Program &&
          A.Strategy == G.Strategy)
        F.Test = Rows[Index];
    if (G.Strategy != "native") {
      F.Seed = std::to_string(G.Seed);
      SmallString<256> Here;
      if (sys::fs::current_path(Here))
        Here.clear();
      F.Replay =
          "raddle replay " +
          shellQuoted(relativeTo(keptFile(O, G, "replay"), Here.str().str()));
    }
    F.SeedRuns = G.SeedRuns;
    F.SeedFailures = G.SeedFailures;
    F.Preemptions = G.Preemptions;
    F.Line = std::move(Of.Line);
    F.PreemptionsBefore = G.PreemptionsBefore;
    if (Same != V.Failures.end()) {
      F.Count += Same->Count;
      *Same = std::move(F);
    } else {
      V.Failures.push_back(std::move(F));
    }
  }
  Into.Run.Stress.push_back(std::move(V));
}

} // namespace

void stressResults(const CampaignOptions &O, const CampaignResult &C,
                   Results &Into, std::vector<std::string> &Warnings) {
  Gather B(O, C, Into, Warnings);
  B.findings();
  B.view();
}

} // namespace raddle::cli
