// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stress campaigns for readers without JavaScript: a table of the tests, and of
// each failure the story, the replay command, the steps that matter and the
// output.
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "cli/output/RunWords.h"
#include "cli/output/StaticMarkup.h"
#include "cli/output/StressWords.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli::output {
namespace {

constexpr size_t MaxTests = 500, MaxFailures = 200, MaxSteps = 60;
/// Of one failure's output, and of all failures together; see MaxDetail of
/// StaticReport.cpp.
constexpr size_t MaxOutput = 16 << 10, MaxDetail = 1 << 19;

class StressSections {
public:
  StressSections(const Results &R, SourceFiles &Sources, raw_ostream &Out)
      : R(R), Sources(Sources), Out(Out) {
    for (const Finding &F : R.Findings)
      FindingOf.try_emplace(F.Fingerprint, &F);
  }
  void all();

private:
  void tests(const StressView &V);
  void failure(const StressView &V, const StressFailure &F);
  void steps(const Timeline &T, raw_ostream &To);

  const Results &R;
  SourceFiles &Sources;
  raw_ostream &Out;
  StringMap<const Finding *> FindingOf;
  size_t Number = 0; ///< Failures count over all campaigns.
  size_t Written = 0;
};

void StressSections::tests(const StressView &V) {
  Out << "<table class=\"st-table\">\n<thead><tr><th scope=\"col\">Test</th>"
         "<th scope=\"col\">Build</th><th scope=\"col\">Strategy</th>"
         "<th scope=\"col\" class=\"st-num\">Runs</th>"
         "<th scope=\"col\" class=\"st-num\">Failed</th>"
         "<th scope=\"col\" class=\"st-num\">Failure rate, 95 % sure</th>"
         "<th scope=\"col\" class=\"st-num\">Time</th></tr></thead>\n<tbody>\n";
  size_t Shown = std::min(V.Tests.size(), MaxTests);
  for (const StressTest &T : ArrayRef(V.Tests).take_front(Shown))
    Out << "<tr><td>" << name(testName(T)) << (T.Flaky ? " (flaky)" : "")
        << "</td><td>" << folded(T.Build) << "</td><td>" << folded(T.Strategy)
        << "</td><td class=\"st-num\">" << T.Runs
        << "</td><td class=\"st-num\">" << T.Failures
        << "</td><td class=\"st-num\">" << html(rateText(T))
        << "</td><td class=\"st-num\">" << durationText(T.Seconds)
        << "</td></tr>\n";
  Out << "</tbody>\n</table>\n";
  if (Shown < V.Tests.size())
    Out << "<div class=\"st-meta\">The first " << Shown << " of "
        << V.Tests.size()
        << " tests; with JavaScript switched on this page shows all.</div>\n";
}

/// Those that the failure needs; the page's timeline has all.
void StressSections::steps(const Timeline &T, raw_ostream &To) {
  std::vector<size_t> Shown;
  std::vector<uint64_t> Numbers; // In the run.
  uint64_t Number = 0;
  for (auto [I, S] : enumerate(T.Steps)) {
    Number += S.Before + 1;
    if (!S.Key && !S.Stopped && !S.Preempted)
      continue;
    Shown.push_back(I);
    Numbers.push_back(Number);
  }
  if (Shown.empty())
    return;
  size_t Count = std::min(Shown.size(), MaxSteps);
  To << "<h4>The steps that matter, of " << T.Steps.size() + T.Left
     << "</h4>\n<table class=\"st-table\">\n<thead><tr>"
        "<th scope=\"col\" class=\"st-num\">Step</th><th "
        "scope=\"col\">Thread</th>"
        "<th scope=\"col\">Does</th><th scope=\"col\">Where</th>"
        "</tr></thead>\n<tbody>\n";
  for (auto [I, Number] : zip(ArrayRef(Shown).take_front(Count), Numbers)) {
    const TimelineStep &S = T.Steps[I];
    To << "<tr><td class=\"st-num\">" << Number << "</td><td>"
       << (S.Lane < T.Lanes.size() ? folded(T.Lanes[S.Lane].Thread) : "")
       << "</td><td>" << folded(S.Does);
    if (!S.Object.empty())
      To << ' ' << name(S.Object);
    if (!S.Words.empty())
      To << "<div class=\"st-held\">" << folded(S.Words) << "</div>";
    if (S.Stopped)
      To << "<div class=\"st-held\">then this thread is stopped</div>";
    To << "</td><td>";
    if (S.Stack && *S.Stack < R.Run.Stacks.size() &&
        !R.Run.Stacks[*S.Stack].empty()) {
      const std::vector<Frame> &Stack = R.Run.Stacks[*S.Stack];
      const Frame &F = Stack[mainFrame(Stack)];
      To << name(frameText(F)) << ' ' << place(Sources, F.Where);
    }
    To << "</td></tr>\n";
  }
  To << "</tbody>\n</table>\n";
  if (Count < Shown.size())
    To << "<div class=\"st-meta\">and " << Shown.size() - Count
       << " more; with JavaScript switched on this page shows all.</div>\n";
}

void StressSections::failure(const StressView &V, const StressFailure &F) {
  std::string Article;
  raw_string_ostream To(Article);
  To << "<article class=\"st-finding\" id=\"failure-" << Number
     << "\">\n<h3 class=\"st-message\">" << folded(failureKind(F));
  if (F.Test && *F.Test < V.Tests.size())
    To << " in " << name(testName(V.Tests[*F.Test]));
  To << "</h3>\n<div class=\"st-meta\">" << html(countText(V, F));
  if (auto It = FindingOf.find(F.Fingerprint); It != FindingOf.end())
    To << " &#183; <a href=\"#finding-" << uriPath(F.Fingerprint) << "\">"
       << inShort(It->second->What.Message) << "</a>";
  To << "</div>\n";
  if (!F.Says.empty())
    To << "<div>" << folded(F.Says) << "</div>\n";
  if (F.Line && !F.Line->Story.empty()) {
    To << "<h4>What happened</h4>\n<ol class=\"st-steps\">";
    for (const std::string &S : F.Line->Story)
      To << "<li>" << folded(S) << "</li>\n";
    To << "</ol>\n";
  }
  if (std::string Text = preemptionText(F); !Text.empty())
    To << "<div class=\"st-meta\">" << html(Text) << "</div>\n";
  if (!F.Replay.empty())
    To << "<h4>See it again</h4>\n<div>" << name(F.Replay)
       << "</div>\n<div class=\"st-meta\">" << html(replayText(F))
       << "</div>\n";
  if (Written < MaxDetail) {
    if (F.Line)
      steps(*F.Line, To);
    if (!F.Output.empty())
      To << "<details class=\"st-long\"><summary>Output of the failing "
            "run</summary><pre class=\"st-source\">"
         << html(withoutMiddle(F.Output, MaxOutput)) << "</pre></details>\n";
  }
  To << "</article>\n";
  Written += Article.size();
  Out << Article;
}

void StressSections::all() {
  for (const StressView &V : R.Run.Stress) {
    Out << "<section class=\"st-section\">\n<h2>Stress: " << name(V.Command)
        << "</h2>\n<div class=\"st-meta\">" << html(campaignText(V))
        << "</div>\n";
    tests(V);
    for (const StressFailure &F : V.Failures) {
      if (Number < MaxFailures)
        failure(V, F);
      ++Number;
    }
    Out << "</section>\n";
  }
  if (Number > MaxFailures)
    Out << "<div class=\"st-meta\">The first " << MaxFailures << " of "
        << Number
        << " failures; with JavaScript switched on this page shows "
           "all.</div>\n";
}

} // namespace

void writeStaticStress(const Results &R, SourceFiles &Sources,
                       raw_ostream &Out) {
  StressSections(R, Sources, Out).all();
}

} // namespace raddle::cli::output
