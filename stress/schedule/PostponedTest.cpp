// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Postponed.h"
#include "gtest/gtest.h"

using namespace raddle::stress;

namespace {

TEST(PostponedSteps, ComeLastAndNotForEver) {
  Step Lock = {2, Op::Lock, true, false, 1, 10, 0},
       Relock = {3, Op::Relock, true, false, 2, 11, 0},
       Create = {1, Op::Create, false, false, 0, 12, 0},
       Unlock = {2, Op::Unlock, true, false, 1, 13, 0};
  unsigned Locks = 0, Woken = 0, Creators = 0;
  for (uint64_t Seed = 0; Seed != 400; ++Seed) {
    Random Numbers;
    Numbers.seed(Seed);
    Postponed P;
    P.begin(Numbers, {Seed, 3, 100, 3, nullptr});
    unsigned First = P.rank(Lock), Creates = P.rank(Create);
    EXPECT_LE(Creates, First);
    Creators += Creates < First;
    Woken += P.rank(Relock) > First;
    Step TimedOut = Relock;
    TimedOut.TimesOut = true;
    EXPECT_EQ(P.rank(TimedOut), First) << "nobody has woken it";
    P.taken(Lock);
    Locks += P.rank(Lock) > First;
    P.taken(Unlock);
    EXPECT_EQ(P.rank(Lock), First) << "holds nothing any more";
    P.taken(Lock);
    for (unsigned I = 0; I != 1000; ++I)
      P.passed();
    EXPECT_EQ(P.rank(Lock), 0u);
    EXPECT_EQ(P.rank(Relock), 0u);
  }
  // Each holds in a part of the runs.
  EXPECT_GT(Locks, 240u);
  EXPECT_LT(Locks, 360u);
  EXPECT_GT(Woken, 140u);
  EXPECT_LT(Woken, 260u);
  EXPECT_GT(Creators, 140u);
  EXPECT_LT(Creators, 260u);
}

// One thread alone that takes a second lock makes no deadlock.
TEST(PostponedSteps, AreNoLocksThatOnlyOneThreadNests) {
  for (uint64_t Threads : {uint64_t(4), uint64_t(12)}) {
    ExpectedPlace Place = {10, 1, Op::Lock, true, false, true, Threads};
    Expectation Known = {};
    Known.Places = &Place;
    Known.PlaceCount = 1;
    bool Any = false;
    for (uint64_t Seed = 0; Seed != 40; ++Seed) {
      Random Numbers;
      Numbers.seed(Seed);
      Postponed P;
      P.begin(Numbers, {Seed, 3, 100, 3, &Known});
      Step Lock = {2, Op::Lock, true, false, 1, 10, 0};
      unsigned First = P.rank(Lock);
      P.taken(Lock);
      Any |= P.rank(Lock) != First;
    }
    EXPECT_EQ(Any, Threads == 12);
  }
}

} // namespace
