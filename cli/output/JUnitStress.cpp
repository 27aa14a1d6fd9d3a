// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A campaign's tests as JUnit test cases. Tests that fail in some runs are
// marked as Maven's Surefire marks those that a rerun made pass, which is what
// CI servers look for: <flakyFailure>. One that failed in every run is a
// <failure>, other ways in which it failed are <rerunFailure>. What was found
// is a failed test case of its check's suite too, so a flaky test does not keep
// the build green.
#include "cli/output/JUnitStress.h"
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "cli/output/StressWords.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include <cmath>

using namespace llvm;

namespace raddle::cli::output {
namespace {

/// The results file has all of it; CI servers keep the XML in memory.
constexpr size_t MaxOutput = 256 << 10;

bool failedAlways(const StressTest &T) { return T.Failures && !T.Flaky; }

void property(raw_ostream &Out, StringRef Name, const Twine &Value) {
  Out << "        <property name=\"" << Name << "\" value=\""
      << xml(Value.str()) << "\"/>\n";
}

std::string messageOf(const StressFailure &F) {
  return F.Says.empty() ? failureKind(F) : failureKind(F) + ": " + F.Says;
}

std::string traceOf(const StressView &V, const StressFailure &F) {
  std::string Text;
  for (const std::string &Note : failureNotes(V, F))
    Text += Note + "\n";
  return Text;
}

void element(raw_ostream &Out, StringRef Name, const StressView &V,
             const StressFailure &F, bool Nested) {
  Out << "      <" << Name << " message=\"" << xml(messageOf(F)) << "\" type=\""
      << xml(failureKind(F)) << "\">";
  if (!Nested) {
    Out << xml(traceOf(V, F)) << "</" << Name << ">\n";
    if (!F.Output.empty())
      Out << "      <system-out>" << xml(withoutMiddle(F.Output, MaxOutput))
          << "</system-out>\n";
    return;
  }
  Out << "\n        <stackTrace>" << xml(traceOf(V, F)) << "</stackTrace>\n";
  if (!F.Output.empty())
    Out << "        <system-out>" << xml(withoutMiddle(F.Output, MaxOutput))
        << "</system-out>\n";
  Out << "      </" << Name << ">\n";
}

/// "QueueTest.Drains" is the test Drains of the class QueueTest.
std::pair<std::string, std::string> classAndName(const StressTest &T) {
  std::string Program = sys::path::filename(T.Program).str();
  auto [Suite, Name] = StringRef(T.Name).split('.');
  if (Name.empty())
    return {Program, T.Name.empty() ? Program : T.Name};
  return {Program.empty() ? Suite.str() : Program + "." + Suite.str(),
          Name.str()};
}

void testCase(raw_ostream &Out, const StressView &V, size_t Index) {
  const StressTest &T = V.Tests[Index];
  auto [Class, Name] = classAndName(T);
  if (std::string Way = testWay(T); !Way.empty())
    Name += " [" + Way + "]";
  Out << "    <testcase classname=\"" << xml(Class) << "\" name=\"" << xml(Name)
      << "\" time=\""
      << format("%.3f", std::isfinite(T.Seconds) ? T.Seconds : 0)
      << "\">\n      <properties>\n";
  property(Out, "runs", Twine(T.Runs));
  property(Out, "failures", Twine(T.Failures));
  property(Out, "rate", rateText(T));
  property(Out, "flaky", T.Flaky ? "true" : "false");
  std::vector<const StressFailure *> Failures;
  for (const StressFailure &F : V.Failures)
    if (F.Test == Index)
      Failures.push_back(&F);
  for (const StressFailure *F : Failures)
    if (!F->Replay.empty())
      property(Out, "replay", F->Replay);
  Out << "      </properties>\n";
  // Met in other tests first, or not kept.
  StressFailure Other;
  if (T.Failures && Failures.empty()) {
    Other.Kind = "failure";
    Other.Says = rateText(T) + " of the runs failed";
    Other.Count = T.Failures;
    Other.Test = Index;
    Failures.push_back(&Other);
  }
  bool First = true;
  for (const StressFailure *F : Failures) {
    if (T.Flaky)
      element(Out, "flakyFailure", V, *F, /*Nested=*/true);
    else
      element(Out, First ? "failure" : "rerunFailure", V, *F, !First);
    First = false;
  }
  if (!T.Runs)
    Out << "      <skipped message=\"it was not run\"/>\n";
  else if (std::string Worth = worthText(T); !Worth.empty())
    Out << "      <system-out>" << xml(Worth) << "</system-out>\n";
  Out << "    </testcase>\n";
}

} // namespace

StressCounts countStress(const RunTime &Run) {
  StressCounts Counts;
  for (const StressView &V : Run.Stress)
    for (const StressTest &T : V.Tests) {
      ++Counts.Tests;
      Counts.Failures += failedAlways(T);
    }
  return Counts;
}

void writeJUnitStress(const RunTime &Run, raw_ostream &Out) {
  for (const StressView &V : Run.Stress) {
    size_t Failures = 0, Flakes = 0, Skipped = 0;
    for (const StressTest &T : V.Tests) {
      Failures += failedAlways(T);
      Flakes += T.Failures && T.Flaky;
      Skipped += !T.Runs;
    }
    Out << "  <testsuite name=\"" << xml(V.Command) << "\" tests=\""
        << V.Tests.size() << "\" failures=\"" << Failures
        << "\" errors=\"0\" skipped=\"" << Skipped << "\" flakes=\"" << Flakes
        << "\" time=\""
        << format("%.3f", std::isfinite(V.Seconds) ? V.Seconds : 0) << "\">\n";
    for (size_t I = 0; I < V.Tests.size(); ++I)
      testCase(Out, V, I);
    Out << "  </testsuite>\n";
  }
}

} // namespace raddle::cli::output
