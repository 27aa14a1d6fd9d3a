// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// JUnit's XML, as CI servers read it: a suite per check, a failed test case per
// finding, and a passed one for a check that found nothing and for each program
// that ran, since an empty file counts as a broken run.
#include "checkers/framework/CheckCard.h"
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "cli/output/JUnitStress.h"
#include "cli/output/RunWords.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include <cmath>
#include <functional>
#include <map>

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {
using namespace output;

namespace {

struct Suite {
  std::vector<const Finding *> Findings;
  size_t failures() const {
    size_t N = 0;
    for (const Finding *F : Findings)
      N += F->What.Severity != Level::Note;
    return N;
  }
  size_t tests() const { return std::max<size_t>(1, Findings.size()); }
};

void testCase(const Results &R, const Finding &F, raw_ostream &Out) {
  const Diagnosis &D = F.What;
  Out << "    <testcase classname=\"" << xml(D.Check) << "\" name=\""
      << xml(placeText(D.Where)) << (D.Where.File.empty() ? "" : ": ")
      << xml(D.Message) << '"';
  if (!D.Where.File.empty())
    Out << " file=\"" << xml(D.Where.File) << '"';
  if (D.Where.Line)
    Out << " line=\"" << D.Where.Line << '"';
  // A note is not worth a red build.
  bool Failure = D.Severity != Level::Note;
  Out << ">\n      <" << (Failure ? "failure" : "system-out");
  if (Failure)
    Out << " message=\"" << xml(D.Message) << "\" type=\""
        << levelName(D.Severity) << '"';
  Out << '>' << xml(details(R, F)) << "</"
      << (Failure ? "failure" : "system-out") << ">\n    </testcase>\n";
}

void programs(const RunTime &Run, size_t Cut, raw_ostream &Out) {
  if (Run.Programs.empty())
    return;
  Out << "  <testsuite name=\"programs\" tests=\"" << Run.Programs.size()
      << "\" failures=\"0\" errors=\"" << Cut << "\">\n";
  for (const ProgramRun &P : Run.Programs) {
    // A number of digits that every reader takes.
    double Seconds = std::isfinite(P.Seconds) ? P.Seconds : 0;
    Out << "    <testcase classname=\"programs\" name=\"" << xml(P.Command)
        << "\" time=\"" << format("%.3f", Seconds) << '"';
    if (isWhole(P))
      Out << "/>\n";
    else
      Out << ">\n      <error message=\"the trace is incomplete\">"
          << xml(incompleteText(P)) << "</error>\n    </testcase>\n";
  }
  Out << "  </testsuite>\n";
}

} // namespace

void writeJUnit(const Results &R, raw_ostream &Out) {
  std::map<std::string, Suite> Suites;
  // What needs a running program did not pass because sources were read, nor
  // the other way round.
  if (R.TranslationUnits || !hasRun(R.Run))
    for (const checkers::CheckCard &Card : checkers::allChecks())
      if (Card.Kind != "runtime")
        Suites[Card.Id.str()];
  for (const Finding &F : R.Findings)
    Suites[F.What.Check].Findings.push_back(&F);
  StressCounts Stress = countStress(R.Run);
  size_t Tests = R.Failed.size() + R.Run.Programs.size() + Stress.Tests;
  size_t Failures = Stress.Failures;
  size_t Cut = count_if(R.Run.Programs, std::not_fn(isWhole));
  for (const auto &[Check, S] : Suites) {
    Tests += S.tests();
    Failures += S.failures();
  }
  Out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      << "<testsuites name=\"raddle\" tests=\"" << Tests << "\" failures=\""
      << Failures << "\" errors=\"" << R.Failed.size() + Cut << "\">\n";
  for (const auto &[Check, S] : Suites) {
    Out << "  <testsuite name=\"" << xml(Check) << "\" tests=\"" << S.tests()
        << "\" failures=\"" << S.failures() << "\" errors=\"0\">\n";
    if (S.Findings.empty())
      Out << "    <testcase classname=\"" << xml(Check)
          << "\" name=\"no findings\"/>\n";
    for (const Finding *F : S.Findings)
      testCase(R, *F, Out);
    Out << "  </testsuite>\n";
  }
  programs(R.Run, Cut, Out);
  writeJUnitStress(R.Run, Out);
  if (!R.Failed.empty()) {
    Out << "  <testsuite name=\"translation units\" tests=\"" << R.Failed.size()
        << "\" failures=\"0\" errors=\"" << R.Failed.size() << "\">\n";
    for (const FailedUnit &F : R.Failed)
      Out << "    <testcase classname=\"translation units\" name=\""
          << xml(F.File) << "\">\n      <error message=\""
          << xml(StringRef(F.Why).split('\n').first) << "\">" << xml(F.Why)
          << "</error>\n    </testcase>\n";
    Out << "  </testsuite>\n";
  }
  Out << "</testsuites>\n";
}

} // namespace raddle::cli
