// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What jitter decides, without threads and clocks.
#include "stress/inject/Decide.h"
#include "stress/inject/Budget.h"
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <vector>

using namespace raddle::stress;

namespace {

struct DecideTest : ::testing::Test {
  std::unique_ptr<KnowledgeFile> K = std::make_unique<KnowledgeFile>();

  SiteKnowledge &site(uint64_t Place, uint32_t Runs, uint32_t Hits,
                      uint32_t Flags = 0) {
    SiteKnowledge *S = K->find(Place);
    S->Runs = Runs;
    S->Hits = Hits;
    S->Flags = Flags;
    return *S;
  }
  /// A plan of this style, by trying seeds.
  Plan planOf(Style Kind, bool Learned) {
    for (uint64_t Seed = 0;; ++Seed) {
      Plan P = makePlan(Seed, *K, 0, 4);
      if (P.Kind == Kind && P.Learned == Learned) {
        P.Noise = 0;
        return P;
      }
    }
  }
};

std::vector<Decision> decisions(const Plan &P, Hand H, const SiteKnowledge &S,
                                unsigned Count) {
  std::vector<Decision> Result;
  for (unsigned I = 1; I <= Count; ++I)
    Result.push_back(decide(P, H, {Op::Lock, false, &S, I, 1}));
  return Result;
}

unsigned holds(const std::vector<Decision> &All) {
  unsigned Count = 0;
  for (const Decision &D : All)
    Count += D.What == Decision::Hold || D.What == Decision::Trap;
  return Count;
}

TEST_F(DecideTest, FollowsFromTheSeed) {
  SiteKnowledge &S = site(7, 0, 0);
  for (uint64_t Seed : {uint64_t(0), uint64_t(1), ~uint64_t(0)}) {
    Plan A = makePlan(Seed, *K, 0, 8), B = makePlan(Seed, *K, 0, 8);
    EXPECT_EQ(A.Kind, B.Kind);
    EXPECT_EQ(A.Cores, B.Cores);
    EXPECT_EQ(A.LongestNs, B.LongestNs);
    auto One = decisions(A, dealHand(Seed, 3, 1), S, 500),
         Two = decisions(B, dealHand(Seed, 3, 1), S, 500);
    for (size_t I = 0; I != One.size(); ++I) {
      EXPECT_EQ(One[I].What, Two[I].What);
      EXPECT_EQ(One[I].Ns, Two[I].Ns);
    }
  }
}

TEST_F(DecideTest, HandsFollowFromTheFamily) {
  Hand A = dealHand(5, 10, 0), B = dealHand(5, 10, 1), C = dealHand(5, 11, 0),
       D = dealHand(6, 10, 0), Again = dealHand(5, 10, 0);
  EXPECT_EQ(A.Identity, Again.Identity);
  EXPECT_EQ(A.Priority, Again.Priority);
  EXPECT_NE(A.Identity, B.Identity);
  EXPECT_NE(A.Identity, C.Identity);
  EXPECT_NE(A.Identity, D.Identity);
}

TEST_F(DecideTest, EveryStyleAndNumberOfCoresComesUp) {
  std::map<Style, unsigned> Kinds;
  std::map<unsigned, unsigned> Cores;
  for (uint64_t Seed = 0; Seed != 500; ++Seed) {
    Plan P = makePlan(Seed, *K, 0, 4);
    ++Kinds[P.Kind];
    ++Cores[P.Cores];
    EXPECT_EQ(makePlan(Seed, *K, 3, 4).Cores, 3u);
    EXPECT_EQ(makePlan(Seed, *K, 9, 4).Cores, 4u);
    EXPECT_EQ(makePlan(Seed, *K, 0, 1).Cores, 1u);
  }
  EXPECT_EQ(Kinds.size(), Styles);
  EXPECT_EQ(Cores.size(), 4u);
}

TEST_F(DecideTest, StylesThatFindSomethingComeUpMore) {
  auto Share = [&](Style Kind) {
    unsigned Count = 0;
    for (uint64_t Seed = 0; Seed != 2000; ++Seed)
      Count += makePlan(Seed, *K, 0, 2).Kind == Kind;
    return Count;
  };
  unsigned Before = Share(Style::Short);
  for (unsigned I = 0; I != Styles; ++I)
    K->StyleRuns[I] = 100;
  K->StyleFailures[unsigned(Style::Short)] = 60;
  EXPECT_GT(Share(Style::Short), Before * 2);
  // None is given up.
  EXPECT_GT(Share(Style::Hold), 50u);
}

TEST_F(DecideTest, RareSitesAreHeldAtAsOftenAsHotOnes) {
  K->Runs = 10;
  SiteKnowledge &Rare = site(1, 10, 10), &Hot = site(2, 10, 10000);
  for (unsigned I = 0; I != 20; ++I)
    site(100 + I, 10, 100);
  Plan P = planOf(Style::Hold, false);
  unsigned RareHolds = 0, HotHolds = 0;
  for (uint64_t Run = 0; Run != 2000; ++Run) {
    RareHolds += holds(decisions(P, dealHand(Run, 0, 0), Rare, 1));
    HotHolds += holds(decisions(P, dealHand(Run, 0, 1), Hot, 1000)) != 0;
  }
  EXPECT_GT(RareHolds, 50u);
  EXPECT_LT(RareHolds, HotHolds * 2);
  EXPECT_LT(HotHolds, RareHolds * 2);
}

TEST_F(DecideTest, SharedSitesWeighMoreAndOrderedOnesLess) {
  SiteKnowledge &Alone = site(1, 20, 100),
                &Shared = site(2, 20, 100, SiteKnowledge::Shared);
  EXPECT_GT(weightOf(Shared, true), 8 * weightOf(Alone, true));
  EXPECT_EQ(weightOf(Shared, false), weightOf(Alone, false));
  uint32_t Before = weightOf(Shared, true);
  Shared.Delays = 8;
  Shared.Ordered = 7;
  EXPECT_LT(weightOf(Shared, true), Before / 2);
  Shared.Ordered = 1;
  Shared.Effects = 3;
  EXPECT_EQ(weightOf(Shared, true), Before);
  Shared.Failures = 1;
  EXPECT_GT(weightOf(Shared, true), Before);
}

/// Whatever stands in the file, decisions are made, and weights stay small
/// enough to be added up.
TEST_F(DecideTest, AnyKnowledgeWillDo) {
  Generator G(42);
  for (unsigned Round = 0; Round != 20; ++Round) {
    auto *Words = reinterpret_cast<uint32_t *>(K.get());
    for (size_t I = 0; I != sizeof(*K) / 4; ++I)
      Words[I] = Round == 0 ? ~uint32_t(0) : uint32_t(G.next());
    Plan P = makePlan(Round, *K, 0, 2);
    EXPECT_GT(P.TotalWeight, 0u);
    Hand H = dealHand(Round, 0, 0);
    for (unsigned I = 0; I != 100; ++I) {
      Decision D = decide(P, H, {Op::Unlock, true, &K->Table[I], I, 1});
      EXPECT_LE(D.Ns, 4000000u);
    }
    // Nor does looking for a site go on for ever.
    K->find(G.next());
  }
}

TEST(Generator, SpreadStaysInItsBounds) {
  Generator G(1);
  bool Low = false, High = false;
  for (unsigned I = 0; I != 10000; ++I) {
    uint64_t N = G.spread(1000, 1000000);
    ASSERT_GE(N, 1000u);
    ASSERT_LE(N, 1000000u);
    Low |= N < 2000;
    High |= N > 500000;
  }
  EXPECT_TRUE(Low && High);
  EXPECT_EQ(G.below(0), 0u);
  EXPECT_EQ(G.below(1), 0u);
}

TEST(Generator, HotSitesAreAskedEverLessOften) {
  uint64_t Hits = 0, Asked = 0;
  while (Hits < 1000000) {
    Hits += nextAsked(uint32_t(Hits));
    ++Asked;
  }
  EXPECT_LT(Asked, 150u);
  EXPECT_EQ(nextAsked(0), 1u);
  EXPECT_EQ(nextAsked(7), 1u);
}

TEST(Budget, BoundsWhatIsSpent) {
  Budget B;
  B.begin(1000000, 500000, 50);
  // The capital, and no more.
  EXPECT_EQ(B.take(1000000, 300000), 300000u);
  EXPECT_EQ(B.take(1000000, 300000), 200000u);
  EXPECT_EQ(B.take(1000000, 300000), 0u);
  // The program's own time is what has passed without the delays.
  EXPECT_EQ(B.take(1000000 + 500000 + 100000, 300000), 50000u);
  EXPECT_EQ(B.take(1000000 + 550000 + 100000, 300000), 0u);
  // In the long run: half of the own time.
  uint64_t Now = 1000000, Spent = 0;
  B.begin(Now, 0, 50);
  for (unsigned I = 0; I != 10000; ++I) {
    Now += 10000;
    uint64_t Granted = B.take(Now, 100000);
    Now += Granted;
    Spent += Granted;
  }
  EXPECT_LE(Spent, 50000000u);
  EXPECT_GE(Spent, 49000000u);
}

TEST(Budget, SettlesWhatADelayTook) {
  Budget B;
  B.begin(0, 1000000, 0);
  EXPECT_EQ(B.take(0, 600000), 600000u);
  B.settle(600000, 100000); // It was let go early.
  EXPECT_EQ(B.spent(), 100000u);
  EXPECT_EQ(B.take(0, 2000000), 900000u);
  B.settle(900000, 1500000); // It overslept.
  EXPECT_EQ(B.take(0, 1000), 0u);
  // A clock that went back harms nothing.
  B.begin(100, 0, 100);
  EXPECT_EQ(B.take(50, 1000), 0u);
}

} // namespace
