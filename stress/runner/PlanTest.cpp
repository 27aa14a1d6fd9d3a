// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Plan.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <map>

using namespace llvm;
using namespace raddle::stress;

namespace {

CampaignOptions options(uint64_t Runs, std::vector<std::string> Tests = {}) {
  CampaignOptions O;
  StressProgram P;
  P.Path = "/bin/plain";
  O.Programs = {P};
  O.Tests = std::move(Tests);
  O.Runs = Runs;
  return O;
}

using Runs = std::vector<std::pair<size_t, uint64_t>>; ///< Arm and index.

/// All that a plan hands out when nothing fails.
Runs drain(Plan &P) {
  Runs Result;
  while (auto B = P.next())
    for (uint64_t Index : B->Indices) {
      Result.push_back({B->Arm, Index});
      P.done(B->Arm, Index);
    }
  return Result;
}

TEST(Plan, HandsOutEachRunOfEachTestOnce) {
  CampaignOptions O = options(50, {"A.a", "B.b", "C.c"});
  O.NativeRuns = 5;
  Plan P(O);
  std::map<uint32_t, std::set<uint64_t>> Seen;
  std::map<std::string, uint64_t> ByStrategy;
  for (auto [Arm, Index] : drain(P)) {
    EXPECT_TRUE(Seen[P.Arms[Arm].Test].insert(Index).second);
    ++ByStrategy[P.Arms[Arm].Strategy];
  }
  EXPECT_EQ(Seen.size(), 3u);
  for (const auto &[Test, Indices] : Seen)
    EXPECT_EQ(Indices.size(), 50u) << Test;
  EXPECT_EQ(P.total(), 150u);
  EXPECT_EQ(ByStrategy["native"], 15u);
  for (const char *Strategy : {"jitter", "pos", "pct"})
    EXPECT_GT(ByStrategy[Strategy], 10u) << Strategy;
}

TEST(Plan, IsTheSameEachTime) {
  CampaignOptions O = options(100, {"A.a", "B.b"});
  O.Seed = 7;
  Plan P(O), Q(O);
  Runs First = drain(P);
  EXPECT_EQ(First, drain(Q));
  O.Seed = 8;
  Plan R(O);
  EXPECT_NE(First, drain(R));
}

// Each of them may take a minute.
TEST(Plan, FewRunsAreSharedOutAmongWorkers) {
  CampaignOptions O = options(4);
  O.Jobs = 2;
  Plan P(O);
  auto First = P.next(), Second = P.next();
  ASSERT_TRUE(First && Second);
  EXPECT_EQ(First->Indices.size(), 2u);
  EXPECT_EQ(Second->Indices.size() + (P.next() ? 1 : 0), 2u);
  EXPECT_FALSE(P.next());
}

TEST(Plan, ShardsShareOutTheRuns) {
  std::map<std::pair<uint32_t, uint64_t>, unsigned> Seen;
  for (unsigned Shard = 1; Shard <= 4; ++Shard) {
    CampaignOptions O = options(103, {"A.a", "B.b"});
    O.Shards = 4;
    O.Shard = Shard;
    Plan P(O);
    for (auto [Arm, Index] : drain(P))
      ++Seen[{P.Arms[Arm].Test, Index}];
  }
  EXPECT_EQ(Seen.size(), 206u);
  for (const auto &[Run, Count] : Seen)
    EXPECT_EQ(Count, 1u);
}

TEST(Plan, SeedsAreEachTestsOwnAndTheSameOnEachMachine) {
  EXPECT_EQ(runSeed(1, "A.a", 5), runSeed(1, "A.a", 5));
  std::set<uint64_t> All;
  for (uint64_t I = 0; I != 1000; ++I)
    for (const char *Test : {"A.a", "A.b"})
      All.insert(runSeed(1, Test, I));
  EXPECT_EQ(All.size(), 2000u);
}

TEST(Plan, EndsATestAtItsFirstFailureInThatBuild) {
  CampaignOptions O = options(1000, {"A.a", "B.b"});
  StressProgram TSan;
  TSan.Path = "/bin/tsan";
  TSan.Kind = Build::TSanStatic;
  O.Programs.push_back(TSan);
  Plan P(O);
  for (size_t I = 0; I != P.Arms.size(); ++I)
    if (P.Arms[I].Test == 0 && P.Arms[I].Program == 0) {
      P.failed(I);
      break;
    }
  std::set<std::pair<uint32_t, uint32_t>> Seen;
  for (auto [Arm, Index] : drain(P))
    Seen.insert({P.Arms[Arm].Test, P.Arms[Arm].Program});
  EXPECT_FALSE(Seen.contains({0, 0}));
  EXPECT_TRUE(Seen.contains({0, 1}));
  EXPECT_TRUE(Seen.contains({1, 0}));

  O.KeepGoing = true;
  Plan Q(O);
  for (size_t I = 0; I != Q.Arms.size(); ++I)
    Q.failed(I);
  EXPECT_EQ(drain(Q).size(), 2000u);
}

TEST(Plan, ShiftsToWhatFindsSomething) {
  CampaignOptions O = options(2000);
  O.KeepGoing = true;
  Plan P(O);
  std::map<std::string, uint64_t> Count;
  while (auto B = P.next())
    for (uint64_t Index : B->Indices) {
      Arm &A = P.Arms[B->Arm];
      P.done(B->Arm, Index);
      ++Count[A.Strategy];
      // One of ten runs of pct fails, and none of the others.
      if (A.Strategy == "pct" && Index % 10 == 0)
        P.failed(B->Arm);
    }
  EXPECT_GT(Count["pct"], 1000u);
  // What has found nothing is still tried.
  EXPECT_GT(Count["pos"], 200u);
  EXPECT_GT(Count["jitter"], 200u);
}

TEST(Plan, HandsOutAgainWhatWasNotRun) {
  CampaignOptions O = options(40);
  Plan P(O);
  auto First = P.next();
  ASSERT_TRUE(First);
  P.done(First->Arm, First->Indices[0]);
  P.giveBack(First->Arm, ArrayRef(First->Indices).drop_front());
  auto Lost = P.next(); // Whose worker is killed.
  ASSERT_TRUE(Lost);

  Plan Q(O);
  Q.resume(P.Arms, P.Next, P.open());
  std::set<uint64_t> Seen = {First->Indices[0]};
  for (auto [Arm, Index] : drain(Q))
    EXPECT_TRUE(Seen.insert(Index).second) << Index;
  EXPECT_EQ(Seen.size(), 40u);
}

TEST(Plan, WritesOptions) {
  CampaignOptions O = options(1);
  O.Depth = 2;
  O.SlowdownPercent = 150;
  EXPECT_EQ(runOptions(O, "native", 5, "/k"), "");
  EXPECT_EQ(runOptions(O, "jitter", 5, "/k"),
            "quiet=1:leaks=0:deadlocks=1:on_deadlock=abort:profile_by_trace=1:"
            "jitter=1:slowdown_percent=150:knowledge='/k':seed=5");
  O.Leaks = true;
  EXPECT_EQ(runOptions(O, "pct", UINT64_MAX, ""),
            "quiet=1:leaks=1:exitcode=23:schedule=pct:depth=2:"
            "seed=18446744073709551615");
}

} // namespace
