// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every primitive works under control: programs print what they print alone,
// under any schedule, and each run can be replayed.
#include "stress/schedule/ControlledRun.h"
#include <gtest/gtest.h>

using namespace raddle::stress;
using namespace raddle::stress::testing;
using raddle::testing::guest;

namespace {

std::string random(unsigned Seed) {
  return "leaks=0:quiet=1:schedule=random:seed=" + std::to_string(Seed);
}

/// \p Controlled: nothing in it is left to chance.
void does(const Outcome &Alone, const std::vector<std::string> &Command,
          unsigned Seeds, bool Controlled) {
  for (unsigned Seed = 1; Seed <= Seeds; ++Seed) {
    ControlledRun R = runControlled(Command, random(Seed));
    EXPECT_TRUE(R.Good);
    EXPECT_EQ(R.Head.Found, Verdict::None) << Seed;
    EXPECT_EQ(R.Out.Out, Alone.Out) << Seed;
    EXPECT_EQ(R.Out.Err, Alone.Err) << Seed;
    EXPECT_EQ(R.Out.Status, Alone.Status) << Seed;
    if (!Controlled)
      continue;
    EXPECT_EQ(R.Uncontrolled, std::vector<std::string>()) << Seed;
    ControlledRun Again =
        replayed(Command, R, "leaks=0:seed=" + std::to_string(Seed));
    EXPECT_EQ(Again.Head.Hash, R.Head.Hash) << Seed;
    EXPECT_EQ(Again.Head.Events, R.Head.Events) << Seed;
    EXPECT_EQ(Again.Out.Out, Alone.Out) << Seed;
  }
}

/// Alone, on a busy machine, some of its waits may be over too early.
TEST(Primitives, TheLibrarysOwnWays) {
  Outcome Expected;
  Expected.Status = 0;
  Expected.Out = "async 14\nready at once: 0\npromise 7\n"
                 "wait_for 0, long enough: 1\ntry_lock_for 0\nsleep_until 1\n"
                 "spun on the clock\nshared 3\nrounds 9, at most two: 1\n"
                 "stopped 1\nnotified\nonce 2, tried 2, guarded 5\n"
                 "recursive 4\ndetached; random 1\neverything: done\n";
  does(Expected, {guest("everything")}, 10, true);
}

/// Every function that the runtime stands in front of, also where it fails.
/// Children and signals are the world outside.
TEST(Primitives, EveryFunctionOfTheTable) {
  does(raddle::testing::run({RADDLE_TABLE_PROGRAM}), {RADDLE_TABLE_PROGRAM}, 3,
       false);
}

} // namespace
