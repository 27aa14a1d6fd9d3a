// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/findings/Baseline.h"
#include "cli/findings/Filters.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli;
using namespace raddle::lockorder;

namespace {

Diagnosis diagnosis(std::string File, unsigned Line,
                    std::vector<std::string> Identity,
                    std::string Check = "raddle-double-lock") {
  Diagnosis D;
  D.Check = std::move(Check);
  D.Message = "a message";
  D.Where = {std::move(File), Line, 3, 9};
  D.Identity = std::move(Identity);
  return D;
}

raddle::model::TUSummary unitWithFinding(unsigned Notes = 0) {
  raddle::model::TUSummary Unit;
  raddle::model::FileFinding F;
  F.Check = Unit.intern("raddle-busy-spin");
  F.Message = Unit.intern("the loop spins");
  F.Where = {Unit.intern("a.h"), 5, 3, 8};
  for (unsigned I = 0; I < Notes; ++I)
    F.Notes.push_back({Unit.intern("polled here"), F.Where});
  Unit.Findings.push_back(F);
  return Unit;
}

std::string errorOf(Expected<Baseline> B) {
  return B ? "" : toString(B.takeError());
}

TEST(MakeFindings, SortsByPlace) {
  auto Findings =
      makeFindings({diagnosis("b.cpp", 1, {"x"}), diagnosis("a.cpp", 9, {"y"}),
                    diagnosis("a.cpp", 2, {"z"})},
                   {});
  ASSERT_EQ(Findings.size(), 3u);
  EXPECT_EQ(Findings[0].What.Where.Line, 2u);
  EXPECT_EQ(Findings[1].What.Where.Line, 9u);
  EXPECT_EQ(Findings[2].What.Where.File, "b.cpp");
}

TEST(MakeFindings, FingerprintDoesNotDependOnPlaceOrMessage) {
  Diagnosis Moved = diagnosis("other.cpp", 70, {"Queue::mutex_"});
  Moved.Message = "said in other words";
  EXPECT_EQ(makeFindings({diagnosis("a.cpp", 1, {"Queue::mutex_"})}, {})[0]
                .Fingerprint,
            makeFindings({Moved}, {})[0].Fingerprint);
}

TEST(MakeFindings, FingerprintSeesWhereANameEnds) {
  auto Of = [](std::vector<std::string> Identity, std::string Check) {
    return makeFindings({diagnosis("a", 1, std::move(Identity), Check)}, {})[0]
        .Fingerprint;
  };
  EXPECT_EQ(Of({"a"}, "c").size(), 32u);
  EXPECT_NE(Of({"ab", "c"}, "c"), Of({"a", "bc"}, "c"));
  EXPECT_NE(Of({"a"}, "c"), Of({"a"}, "d"));
  EXPECT_NE(Of({"a"}, "c"), Of({"a", ""}, "c"));
}

TEST(MakeFindings, FingerprintDoesNotSeeTheLineOfALambda) {
  auto Of = [](std::string Name) {
    return makeFindings({diagnosis("a", 1, {std::move(Name)})}, {})[0]
        .Fingerprint;
  };
  EXPECT_EQ(Of("lambda at src/a.cpp:12 in ns::f()"),
            Of("lambda at src/a.cpp:140:7 in ns::f()"));
  EXPECT_NE(Of("lambda at src/a.cpp:12 in ns::f1()"),
            Of("lambda at src/a.cpp:12 in ns::f2()"));
}

TEST(MakeFindings, NumbersEqualNames) {
  auto Findings = makeFindings(
      {diagnosis("a.cpp", 1, {"x"}), diagnosis("a.cpp", 2, {"x"})}, {});
  EXPECT_NE(Findings[0].Fingerprint, Findings[1].Fingerprint);
  EXPECT_EQ(Findings[0].Fingerprint,
            makeFindings({diagnosis("a.cpp", 1, {"x"})}, {})[0].Fingerprint);
}

TEST(MakeFindings, OneFindingOfAHeaderInSeveralUnits) {
  auto Findings = makeFindings({}, {unitWithFinding(), unitWithFinding(2)});
  ASSERT_EQ(Findings.size(), 1u);
  EXPECT_EQ(Findings[0].What.Message, "the loop spins");
  EXPECT_EQ(Findings[0].What.Severity, Level::Warning);
  ASSERT_EQ(Findings[0].What.Witnesses.size(), 1u);
  EXPECT_EQ(Findings[0].What.Witnesses[0].Steps.size(), 2u);
}

TEST(MakeFindings, ProgramCheckStandsForFileCheckAtTheSameLine) {
  auto Findings = makeFindings({diagnosis("a.h", 5, {"x"}, "raddle-busy-spin")},
                               {unitWithFinding()});
  ASSERT_EQ(Findings.size(), 1u);
  EXPECT_EQ(Findings[0].What.Message, "a message");
}

TEST(Baseline, RoundTripThroughAFile) {
  auto Findings = makeFindings(
      {diagnosis("a.cpp", 1, {"x"}), diagnosis("a.cpp", 2, {"y"})}, {});
  SmallString<128> Path;
  ASSERT_FALSE(sys::fs::createTemporaryFile("raddle", "baseline", Path));
  ASSERT_FALSE(errorToBool(Baseline::of(Findings).write(Path)));
  auto B = Baseline::read(Path);
  sys::fs::remove(Path);
  ASSERT_TRUE(bool(B)) << toString(B.takeError());
  EXPECT_EQ(B->size(), 2u);
  auto Later = makeFindings(
      {diagnosis("a.cpp", 8, {"y"}), diagnosis("a.cpp", 9, {"z"})}, {});
  auto Diff = B->diff(Later);
  ASSERT_EQ(Diff.New.size(), 1u);
  EXPECT_EQ(Diff.New[0]->What.Where.Line, 9u);
  ASSERT_EQ(Diff.Gone.size(), 1u);
  EXPECT_EQ(Diff.Gone[0]->Fingerprint, Findings[0].Fingerprint);
  EXPECT_EQ(B->removeKnown(Later), 1u);
  EXPECT_EQ(Later.size(), 1u);
}

TEST(Baseline, PruningKeepsWhatPeopleWrote) {
  auto Findings = makeFindings(
      {diagnosis("a.cpp", 1, {"x"}), diagnosis("a.cpp", 2, {"y"})}, {});
  std::string Text = "# raddle baseline 1\n# kept until the rewrite\n" +
                     Findings[0].Fingerprint + "  my words\n" +
                     Findings[1].Fingerprint + "\n";
  auto B = Baseline::parse(Text, "base");
  ASSERT_TRUE(bool(B)) << toString(B.takeError());
  Findings.pop_back();
  EXPECT_EQ(B->prune(Findings), 1u);
  std::string Pruned;
  raw_string_ostream Out(Pruned);
  B->print(Out);
  EXPECT_EQ(Pruned, "# raddle baseline 1\n# kept until the rewrite\n" +
                        Findings[0].Fingerprint + "  my words\n");
}

TEST(Baseline, HostileNamesStayOnTheirLine) {
  Diagnosis D = diagnosis("a\nb.cpp", 1, {"x"});
  D.Message = "first\nsecond\x1b[31m";
  std::string Text;
  raw_string_ostream Out(Text);
  Baseline::of(makeFindings({D}, {})).print(Out);
  EXPECT_EQ(llvm::count(Text, '\n'), 2);
  EXPECT_EQ(llvm::count(Text, '\x1b'), 0);
  EXPECT_EQ(errorOf(Baseline::parse(Text, "base")), "");
}

TEST(Baseline, BrokenFilesNameTheLine) {
  EXPECT_EQ(errorOf(Baseline::parse("", "base")),
            "base:1: the baseline is empty; mend the line or write the file "
            "anew with 'raddle baseline create'");
  EXPECT_EQ(errorOf(Baseline::parse("{\"version\": 1}", "base")),
            "base:1: not a baseline, it does not start with '# raddle baseline "
            "1'; mend the line or write the file anew with 'raddle baseline "
            "create'");
  EXPECT_NE(errorOf(Baseline::parse("# raddle baseline 7\n", "base"))
                .find("base:1: the baseline has version '7'"),
            std::string::npos);
  EXPECT_NE(
      errorOf(Baseline::parse("# raddle baseline 1\n\n<<<<<<< ours\n", "base"))
          .find("base:3: '<<<<<<<' is not a fingerprint"),
      std::string::npos);
  EXPECT_NE(errorOf(Baseline::read("/nowhere/base")).find("cannot read"),
            std::string::npos);
}

TEST(CheckFilter, LastGlobDecides) {
  auto Enabled = [](StringRef Globs, StringRef Check) {
    return cantFail(CheckFilter::create(Globs)).enabled(Check);
  };
  EXPECT_FALSE(Enabled("", "raddle-busy-spin"));
  EXPECT_TRUE(Enabled("*", "raddle-busy-spin"));
  EXPECT_FALSE(Enabled("*,-raddle-busy-spin", "raddle-busy-spin"));
  EXPECT_TRUE(Enabled("*,-raddle-busy-spin", "raddle-double-lock"));
  EXPECT_TRUE(Enabled("-*, raddle-double-*\n", "raddle-double-lock"));
  EXPECT_FALSE(Enabled("raddle-*,-*", "raddle-double-lock"));
}

TEST(CheckFilter, OutlivesTheText) {
  auto Text = std::make_unique<std::string>("*,-raddle-double-lock,-raddle-x*");
  CheckFilter Filter = cantFail(CheckFilter::create(*Text));
  Text->assign(Text->size(), '?');
  Text.reset();
  EXPECT_FALSE(Filter.enabled("raddle-double-lock"));
  EXPECT_TRUE(Filter.enabled("raddle-busy-spin"));
  EXPECT_FALSE(CheckFilter(Filter).enabled("raddle-xyz"));
}

TEST(CheckFilter, NamesWhatMatchesNothing) {
  auto Filter = cantFail(CheckFilter::create("-*,raddle-doubel-lock"));
  EXPECT_EQ(Filter.unused({"raddle-double-lock"}),
            std::vector<std::string>{"raddle-doubel-lock"});
  auto Broken = CheckFilter::create("raddle-[");
  ASSERT_FALSE(bool(Broken));
  EXPECT_EQ(toString(Broken.takeError()).find("'raddle-[' is not a pattern"),
            0u);
}

constexpr StringLiteral Diff = R"(diff --git a/lib/a.cpp b/lib/a.cpp
--- a/lib/a.cpp
+++ b/lib/a.cpp
@@ -3,0 +4,2 @@ void f()
++++ b/fake.cpp
+  two
@@ -20 +22 @@
-  old
+  new
@@ -30,2 +31,0 @@
-  gone
-  gone
diff --git a/lib/b.cpp b/lib/b.cpp
--- a/lib/b.cpp
+++ /dev/null
@@ -1 +0,0 @@
-x
--- "a/lib/\303\244.cpp"
+++ "b/lib/\303\244.cpp"
@@ -1,3 +1,4 @@
 one
+two
 three
 four
\ No newline at end of file
)";

TEST(ChangedLines, ReadsHunks) {
  auto Changed = cantFail(ChangedLines::parse(Diff, "diff"));
  auto Has = [&](const char *File, unsigned Line) {
    return Changed.contains({File, Line, 1, 1});
  };
  std::vector<unsigned> Lines;
  for (unsigned L = 0; L < 50; ++L)
    if (Has("lib/a.cpp", L))
      Lines.push_back(L);
  EXPECT_EQ(Lines, (std::vector<unsigned>{4, 5, 22, 31, 32}));
  EXPECT_FALSE(Has("lib/\xc3\xa4.cpp", 1));
  EXPECT_TRUE(Has("lib/\xc3\xa4.cpp", 2));
  EXPECT_FALSE(Has("lib/\xc3\xa4.cpp", 3));
  EXPECT_EQ(Changed.files(),
            (std::vector<std::string>{"lib/a.cpp", "lib/\xc3\xa4.cpp"}));
}

TEST(ChangedLines, BelowARoot) {
  auto Changed = cantFail(ChangedLines::parse(Diff, "diff", "lib/"));
  EXPECT_TRUE(Changed.contains({"a.cpp", 4, 1, 1}));
  EXPECT_TRUE(
      cantFail(ChangedLines::parse(Diff, "diff", "other/")).files().empty());
}

TEST(ChangedLines, AStepOnAChangedLineIsEnough) {
  auto Changed = cantFail(ChangedLines::parse(Diff, "diff"));
  Diagnosis D = diagnosis("lib/z.cpp", 1, {"x"});
  Step S;
  S.Where = {"lib/a.cpp", 22, 1, 2};
  D.Witnesses = {{"", "", std::nullopt, {S}}};
  auto Findings = makeFindings({D, diagnosis("lib/a.cpp", 10, {"y"})}, {});
  EXPECT_EQ(Changed.apply(Findings), 1u);
  ASSERT_EQ(Findings.size(), 1u);
  EXPECT_EQ(Findings[0].What.Where.File, "lib/z.cpp");
}

TEST(ChangedLines, BrokenDiffNamesTheLine) {
  auto Changed = ChangedLines::parse("+++ b/a\n@@ nonsense\n", "my.diff");
  ASSERT_FALSE(bool(Changed));
  EXPECT_EQ(toString(Changed.takeError()).find("my.diff:2: "), 0u);
  auto Short = ChangedLines::parse("+++ b/a\n@@ -1 +1 @@\n?\n", "my.diff");
  ASSERT_FALSE(bool(Short));
  EXPECT_EQ(toString(Short.takeError()).find("my.diff:3: "), 0u);
}

} // namespace
