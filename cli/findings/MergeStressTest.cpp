// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/findings/MergeStress.h"
#include "cli/findings/FailureBound.h"
#include "cli/findings/MergeResults.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>

using namespace raddle::cli;

namespace {

TEST(FailureBound, WithoutAFailureIsAboutThreeInTheNumberOfRuns) {
  EXPECT_EQ(failureBound(0, 0), 1);
  EXPECT_NEAR(failureBound(0, 1), 0.95, 1e-9);
  EXPECT_NEAR(failureBound(0, 100), 0.0295, 1e-4);
  EXPECT_NEAR(failureBound(0, 1000), 0.0029913, 1e-6);
}

TEST(FailureBound, IsThatOfClopperAndPearson) {
  // By hand: with one run of two failed, (1-p)^2 + 2p(1-p) = 0.05.
  EXPECT_NEAR(failureBound(1, 2), std::sqrt(0.95), 1e-6);
  // Tables of the exact interval, one-sided 95 %.
  EXPECT_NEAR(failureBound(1, 10), 0.39416, 1e-4);
  EXPECT_NEAR(failureBound(5, 10), 0.77756, 1e-4);
  EXPECT_NEAR(failureBound(10, 100), 0.16372, 1e-4);
  EXPECT_EQ(failureBound(7, 7), 1);
}

TEST(FailureBound, IsQuickAndAboveTheRateForAnyNumbers) {
  uint64_t Most = std::numeric_limits<uint64_t>::max();
  for (auto [Failures, Runs] :
       std::initializer_list<std::pair<uint64_t, uint64_t>>{
           {1, Most},
           {Most - 1, Most},
           {Most / 2, Most},
           {999, 1000},
           {400'000'000, 900'000'000}}) {
    double Rate = double(Failures) / double(Runs);
    EXPECT_GE(failureBound(Failures, Runs), Rate);
    EXPECT_LE(failureBound(Failures, Runs), 1);
  }
}

TEST(CommandOfCampaign, LeavesOutWhatDiffersBetweenShards) {
  EXPECT_EQ(commandOfCampaign("raddle stress --shard 1/4 --runs 9 -o a.json "
                              "--seed=7 -- ./t --seed 3"),
            "raddle stress --runs 9 -- ./t --seed 3");
  EXPECT_EQ(commandOfCampaign("raddle stress --shard=1/4 -- ./t --shard=1/4"),
            "raddle stress -- ./t --shard=1/4");
  EXPECT_EQ(commandOfCampaign("raddle stress --out part1 -j 4 --output=a -- t"),
            "raddle stress -- t");
  EXPECT_EQ(commandOfCampaign("--shard"), "");
}

StressTest test(std::string Name, uint64_t Runs, uint64_t Failures) {
  StressTest T;
  T.Name = std::move(Name);
  T.Program = "queue_test";
  T.Build = "points";
  T.Strategy = "pct";
  T.Runs = Runs;
  T.Failures = Failures;
  T.Seconds = 1;
  T.Depth = 3;
  T.DepthBound = 0.5;
  T.Points = 100;
  T.Flaky = Failures && Failures < Runs;
  return T;
}

StressFailure failure(std::string Fingerprint, uint32_t Test, uint64_t Count) {
  StressFailure F;
  F.Fingerprint = std::move(Fingerprint);
  F.Kind = "assertion";
  F.Test = Test;
  F.Count = Count;
  F.Replay = "raddle replay " + F.Fingerprint;
  return F;
}

TEST(MergeResults, ShardsOfACampaignAddUp) {
  Results A, B;
  A.Run.Stacks = {{}, {}};
  A.Run.Stress = {{"raddle stress --shard 1/2 -- ./t",
                   2,
                   30,
                   3,
                   {test("Q.A", 20, 2), test("Q.B", 10, 0)},
                   {failure("f1", 0, 2)}}};
  B.Run.Stacks = {{}};
  B.Run.Stress = {{"raddle stress --shard 2/2 -- ./t",
                   3,
                   50,
                   7,
                   {test("Q.B", 30, 0), test("Q.A", 20, 4), test("Q.C", 1, 1)},
                   {failure("f1", 1, 4), failure("f2", 2, 1)}}};
  Timeline Line;
  Line.Lanes = {{"thread 1", 0}};
  TimelineStep Step;
  Step.Stack = 0;
  Line.Steps = {Step};
  B.Run.Stress[0].Failures[0].Line = Line;
  B.Run.Stress[0].Failures[0].Replay = "raddle replay other";
  mergeResults(A, B);

  ASSERT_EQ(A.Run.Stress.size(), 1u);
  const StressView &V = A.Run.Stress[0];
  EXPECT_EQ(V.Command, "raddle stress -- ./t");
  EXPECT_EQ(V.Runs, 80u);
  EXPECT_EQ(V.Failed, 10u);
  EXPECT_EQ(V.Seconds, 5);
  ASSERT_EQ(V.Tests.size(), 3u);
  EXPECT_EQ(V.Tests[0].Runs, 40u);
  EXPECT_EQ(V.Tests[0].Failures, 6u);
  EXPECT_EQ(V.Tests[0].Bound, failureBound(6, 40));
  EXPECT_TRUE(V.Tests[0].Flaky);
  EXPECT_EQ(V.Tests[1].Runs, 40u);
  EXPECT_EQ(V.Tests[1].Bound, failureBound(0, 40));
  EXPECT_EQ(V.Tests[1].DepthBound, 0.75);
  EXPECT_FALSE(V.Tests[2].Flaky);
  ASSERT_EQ(V.Failures.size(), 2u);
  EXPECT_EQ(V.Failures[0].Count, 6u);
  EXPECT_EQ(V.Failures[0].Replay, "raddle replay other") << "that has a story";
  ASSERT_TRUE(V.Failures[0].Line);
  EXPECT_EQ(V.Failures[0].Line->Steps[0].Stack, 2u);
  EXPECT_EQ(V.Failures[0].Line->Lanes[0].Creation, 2u);
  EXPECT_EQ(V.Failures[0].Test, 0u);
  EXPECT_EQ(V.Failures[1].Test, 2u);
}

TEST(MergeResults, CampaignsOfOtherProgramsStayApart) {
  Results A, B;
  A.Run.Stress = {{"raddle stress -- ./t", 1, 1, 0, {test("", 1, 0)}, {}}};
  B.Run.Stress = {{"raddle stress -- ./u", 1, 1, 0, {test("", 1, 0)}, {}}};
  B.Run.Stress[0].Failures = {failure("f", 9, 1)};
  mergeResults(A, B);
  ASSERT_EQ(A.Run.Stress.size(), 2u);
  mergeResults(A, B);
  ASSERT_EQ(A.Run.Stress.size(), 2u);
  EXPECT_EQ(A.Run.Stress[1].Runs, 2u);
  EXPECT_EQ(A.Run.Stress[1].Failures[0].Count, 2u);
}

} // namespace
