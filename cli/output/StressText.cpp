// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Campaigns as text: a table of the tests, and the failures that no finding
// tells of.
#include "cli/output/Escape.h"
#include "cli/output/Formats.h"
#include "cli/output/StressWords.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Unicode.h"
#include <map>

using namespace llvm;

namespace raddle::cli {
using namespace output;

namespace {

/// The other tests are in the report; those that failed come first.
constexpr size_t MaxRows = 40;
constexpr size_t MaxName = 60;

using Row = std::array<std::string, 6>;

size_t width(StringRef Text) {
  int Columns = sys::unicode::columnWidthUTF8(Text);
  return Columns < 0 ? Text.size() : Columns;
}

std::string cell(StringRef Text) {
  std::string Whole = visible(Text);
  if (width(Whole) <= MaxName)
    return Whole;
  // The end of a test's name tells more.
  size_t From = Whole.size() - (MaxName - 3);
  while (From < Whole.size() && (Whole[From] & 0xc0) == 0x80)
    ++From;
  return "..." + Whole.substr(From);
}

void table(ArrayRef<Row> Rows, raw_ostream &Out) {
  std::array<size_t, 6> Widths = {};
  for (const Row &R : Rows)
    for (auto [W, Text] : zip(Widths, R))
      W = std::max(W, width(Text));
  for (const Row &R : Rows) {
    std::string Line = " ";
    for (auto [I, Text] : enumerate(R)) {
      size_t Space = Widths[I] - width(Text);
      bool Number = I == 3 || I == 4;
      Line += ' ' + std::string(Number ? Space : 0, ' ') + Text +
              std::string(Number ? 0 : Space, ' ') + ' ';
    }
    Out << StringRef(Line).rtrim() << '\n';
  }
}

/// What the tests that did not fail in any way of running them are worth: of
/// each the way that says most, of those the test that was tried least.
void worth(const StressView &V, raw_ostream &Out) {
  std::map<std::pair<StringRef, StringRef>, const StressTest *> Best;
  for (const StressTest &T : V.Tests) {
    auto [It, New] = Best.try_emplace({T.Program, T.Name}, &T);
    const StressTest *&Of = It->second;
    if (!New && !Of->Failures && (T.Failures || T.Bound < Of->Bound))
      Of = &T;
  }
  uint64_t Clean = 0;
  const StressTest *Least = nullptr;
  for (const auto &[Name, T] : Best)
    if (!T->Failures && T->Runs) {
      ++Clean;
      if (!Least || T->Bound > Least->Bound)
        Least = T;
    }
  if (!Least)
    return;
  Out << "  " << visible(testName(*Least))
      << " did not fail: " << worthText(*Least);
  if (Clean > 1)
    Out << "; of " << counted(Clean, "test")
        << " that did not fail, it was tried least";
  Out << '\n';
}

void campaign(const StressView &V, raw_ostream &Out) {
  Out << "raddle: stress: " << campaignText(V) << '\n';
  std::vector<const StressTest *> Order;
  for (bool Failed : {true, false})
    for (const StressTest &T : V.Tests)
      if ((T.Failures != 0) == Failed)
        Order.push_back(&T);
  std::vector<Row> Rows = {
      {"test", "build", "strategy", "runs", "failed", "fails in"}};
  for (const StressTest *T :
       ArrayRef(Order).take_front(std::min(MaxRows, Order.size())))
    Rows.push_back({cell(testName(*T)), cell(T->Build), cell(T->Strategy),
                    std::to_string(T->Runs), std::to_string(T->Failures),
                    rateText(*T)});
  if (Rows.size() > 1)
    table(Rows, Out);
  if (Order.size() > MaxRows)
    Out << "  and " << counted(Order.size() - MaxRows, "more test") << '\n';
  worth(V, Out);
}

} // namespace

void writeStressText(const Results &R, raw_ostream &Out) {
  StringSet<> Told;
  for (const Finding &F : R.Findings)
    Told.insert(F.Fingerprint);
  for (const StressView &V : R.Run.Stress) {
    for (const StressFailure &F : V.Failures) {
      if (Told.contains(F.Fingerprint))
        continue;
      Out << "raddle: failure: " << visible(failureKind(F));
      if (!F.Says.empty())
        Out << ": " << visible(F.Says);
      Out << '\n';
      for (const std::string &Note : failureNotes(V, F))
        Out << "raddle: note: " << visible(Note) << '\n';
      Out << '\n';
    }
    campaign(V, Out);
  }
}

} // namespace raddle::cli
