// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stress/StressResults.h"
#include "cli/stress/FailureDiagnosis.h"
#include "cli/testing/TestProject.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle;
using namespace raddle::cli;
using ::testing::HasSubstr;

namespace {

stress::ReportStack access(bool Write, const char *Thread, const char *Function,
                           unsigned Line) {
  stress::ReportStack S;
  S.What = stress::ReportStack::Access;
  S.Thread = Thread;
  S.Write = Write;
  S.Size = 4;
  S.Frames = {{"pthread_mutex_lock", "", 0, 0, "libtsan.so.2", 1},
              {Function, "/src/queue.cpp", Line, 3, "test", 0x10}};
  return S;
}

stress::SanitizerReport race(std::vector<stress::ReportStack> Stacks) {
  stress::SanitizerReport R;
  R.Tool = "ThreadSanitizer";
  R.Kind = "data race";
  R.Location = "global 'size' of size 4";
  R.Stacks = std::move(Stacks);
  return R;
}

TEST(FailureDiagnosis, ARaceIsTheSameWhoeverComesFirst) {
  auto A = access(true, "T1", "Queue::push(int)", 10),
       B = access(false, "main thread", "Queue::pop()", 20);
  lockorder::Diagnosis One = reportDiagnosis(race({A, B}), "/src"),
                       Other = reportDiagnosis(race({B, A}), "/src");
  EXPECT_EQ(One.Check, "raddle-data-race");
  EXPECT_EQ(One.Message,
            "data race on global 'size' of size 4: thread T1 writes 4 bytes in "
            "'Queue::push(int)'; the main thread reads 4 bytes in "
            "'Queue::pop()'");
  EXPECT_EQ(One.Where, (lockorder::Place{"queue.cpp", 10, 3, 0}));
  EXPECT_EQ(One.Identity, Other.Identity);
  ASSERT_EQ(One.Witnesses.size(), 2u);
  // The sanitizer's own frame is left out.
  EXPECT_EQ(One.Witnesses[0].Steps.size(), 1u);
}

TEST(FailureDiagnosis, EveryKindHasACheck) {
  EXPECT_EQ(stressCheck("data race"), "raddle-data-race");
  EXPECT_EQ(stressCheck("deadlock"), "raddle-deadlock");
  EXPECT_EQ(stressCheck("lost wake-up"), "raddle-deadlock");
  EXPECT_EQ(stressCheck("timeout"), "raddle-hang");
  EXPECT_EQ(stressCheck("livelock"), "raddle-hang");
  EXPECT_EQ(stressCheck("heap-use-after-free"), "raddle-stress-failure");
  EXPECT_EQ(stressCheck("exit code 3"), "raddle-stress-failure");
}

TEST(StressResults, PctsBound) {
  // Depth 1: any schedule with the right thread first.
  EXPECT_DOUBLE_EQ(pctBound(2, 100, 1, 1), 0.5);
  EXPECT_NEAR(pctBound(2, 100, 2, 1), 1 / 200.0, 1e-12);
  EXPECT_NEAR(pctBound(4, 1000, 3, 1000000), 1 - 0.7788, 1e-4);
  EXPECT_EQ(pctBound(1, 1, 3, 1), 1);
  // Nothing is known: nothing is said.
  EXPECT_EQ(pctBound(0, 100, 3, 10), 0);
  EXPECT_EQ(pctBound(2, 0, 3, 10), 0);
}

/// A campaign of two builds, as its folder has it.
class StressResultsFolder : public ::testing::Test {
protected:
  StressResultsFolder() {
    O.Folder = P.folder();
    for (const char *Name : {"/bin/plain", "/bin/points"}) {
      stress::StressProgram Program;
      Program.Path = Name;
      O.Programs.push_back(Program);
    }
    O.Programs[1].Kind = stress::Build::Points;
    C.Arms = stress::Plan(O).Arms;
    for (stress::Arm &A : C.Arms)
      A.Runs = 10;
    Into.Root = P.folder();
  }
  void add(std::string Kind, std::string Key, uint32_t Program,
           std::string Strategy) {
    stress::FailureGroup G;
    G.Kind = std::move(Kind);
    G.Key = std::move(Key);
    G.Says = "it fails";
    G.Count = 2;
    G.Program = Program;
    G.Strategy = std::move(Strategy);
    G.Stem = "failure-" + std::to_string(C.Groups.size() + 1);
    C.Groups.push_back(std::move(G));
  }

  cli::testing::TestProject P;
  stress::CampaignOptions O;
  stress::CampaignResult C;
  Results Into;
  std::vector<std::string> Warnings;
};

TEST_F(StressResultsFolder, FailuresOfBothBuildsAreOneFinding) {
  add("assertion", "assertion|f@x.c|ok", 0, "native");
  add("assertion", "assertion|f@x.c|ok", 1, "pct");
  add("exit code 3", "exit code 3", 0, "jitter");
  C.Groups[1].Preemptions = 1;
  C.Groups[1].PreemptionsBefore = 9;
  stressResults(O, C, Into, Warnings);
  EXPECT_EQ(Warnings, std::vector<std::string>());
  ASSERT_EQ(Into.Findings.size(), 2u);
  const StressView &V = Into.Run.Stress.front();
  ASSERT_EQ(V.Failures.size(), 2u);
  // The one that can be made again stays, and counts for both.
  EXPECT_EQ(V.Failures[0].Count, 4u);
  EXPECT_EQ(V.Failures[0].Strategy, "pct");
  EXPECT_EQ(V.Failures[0].Preemptions, 1u);
  EXPECT_THAT(V.Failures[0].Replay, HasSubstr("failure-2.replay"));
  for (const StressFailure &F : V.Failures) {
    bool Known = false;
    for (const Finding &Each : Into.Findings)
      Known |= Each.Fingerprint == F.Fingerprint;
    EXPECT_TRUE(Known) << F.Kind;
  }
  EXPECT_EQ(V.Tests.size(), C.Arms.size());
}

TEST_F(StressResultsFolder, FilesThatAreBrokenOrGoneCostTheirPartOnly) {
  add("deadlock", "deadlock|x+0x1", 0, "pos");
  P.write("failure-1.log", "no run log at all");
  add("timeout", "timeout", 0, "jitter");
  P.write("failure-2.trace", "RADDLE");
  add("data race", "data race|f", 0, "jitter");
  stressResults(O, C, Into, Warnings);
  EXPECT_EQ(Into.Findings.size(), 3u);
  EXPECT_EQ(Into.Run.Stress.front().Failures.size(), 3u);
  ASSERT_EQ(Warnings.size(), 2u);
  EXPECT_THAT(Warnings[0], HasSubstr("failure-1.log"));
  EXPECT_THAT(Warnings[1], HasSubstr("failure-2.trace"));
}

} // namespace
