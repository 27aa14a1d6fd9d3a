// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads of programs with a pthread_create of their own, as sanitizers have
// it: what they do before their first step cannot be seen, and is no deadlock.
#include "stress/schedule/ControlledRun.h"
#include <gtest/gtest.h>

using namespace raddle::stress;
using namespace raddle::stress::testing;
using raddle::testing::guest;

namespace {

ControlledRun ownCreate(const char *How, unsigned Seed) {
  return runControlled({guest("own-create"), How},
                       "leaks=0:quiet=1:schedule=random:seed=" +
                           std::to_string(Seed));
}

TEST(Arrivals, WaitsForLocksThatCannotBeSeenAreNoDeadlock) {
  for (unsigned Seed = 1; Seed <= 10; ++Seed) {
    ControlledRun R = ownCreate("locks", Seed);
    EXPECT_EQ(R.Head.Found, Verdict::None) << Seed;
    EXPECT_EQ(R.Out.Out, "sum 2\n") << Seed;
  }
}

TEST(Arrivals, AThreadThatIsJoinedComes) {
  for (unsigned Seed = 1; Seed <= 3; ++Seed) {
    ControlledRun R = ownCreate("sleeps", Seed);
    EXPECT_EQ(R.Head.Found, Verdict::None) << Seed;
    EXPECT_EQ(R.Out.Out, "sum 2\n") << Seed;
  }
}

TEST(Arrivals, ASanitizersOwnThreadHidesNoDeadlock) {
  for (unsigned Seed = 1; Seed <= 5; ++Seed) {
    ControlledRun R = ownCreate("own", Seed);
    EXPECT_EQ(R.Head.Found, Verdict::Deadlock) << Seed;
    EXPECT_EQ(R.Head.Threads, 4u) << Seed;
  }
}

} // namespace
