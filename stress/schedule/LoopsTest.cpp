// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads that wait by looping starve nobody; time and input need no waiting.
#include "stress/schedule/ControlledRun.h"
#include <gtest/gtest.h>
#include <sys/wait.h>

using namespace raddle::stress;
using namespace raddle::stress::testing;
using raddle::testing::guest;

namespace {

class Loops : public ::testing::TestWithParam<const char *> {
protected:
  ControlledRun in(const char *Which, const std::string &More = "") {
    return runControlled({guest("loops"), Which},
                         std::string("leaks=0:quiet=1:seed=5:schedule=") +
                             GetParam() + More);
  }
  /// Exact, and nothing of it was left to chance.
  void comesAgain(const char *Which, const ControlledRun &R) {
    EXPECT_EQ(R.Uncontrolled, std::vector<std::string>());
    ControlledRun Again =
        replayed({guest("loops"), Which}, R, "leaks=0:seed=5");
    EXPECT_EQ(Again.Head.Hash, R.Head.Hash);
    EXPECT_EQ(Again.Head.Events, R.Head.Events);
  }
};

TEST_P(Loops, ASpinStarvesNobody) {
  ControlledRun R = in("spin");
  EXPECT_EQ(R.Out.Out, "spun\n");
  EXPECT_EQ(R.Head.Found, Verdict::None);
}

TEST_P(Loops, ForEverIsALivelock) {
  ControlledRun R = in("try");
  EXPECT_EQ(R.Head.Found, Verdict::Livelock);
  EXPECT_EQ(WEXITSTATUS(R.Out.Status), ExitLivelock);
}

TEST_P(Loops, TooManyStepsEndARun) {
  ControlledRun R = in("spin", ":step_limit=100");
  EXPECT_EQ(R.Head.Found, Verdict::StepLimit);
  EXPECT_EQ(WEXITSTATUS(R.Out.Status), ExitLivelock);
}

TEST_P(Loops, ASleepOfWeeksIsShort) {
  ControlledRun R = in("sleep");
  EXPECT_EQ(R.Out.Out, "slept long enough: 1\n");
  comesAgain("sleep", R);
}

TEST_P(Loops, BytesGoFromThreadToThread) {
  ControlledRun R = in("pipes");
  EXPECT_EQ(R.Out.Out, "echoed 45, then 0\n");
  comesAgain("pipes", R);
}

TEST_P(Loops, AThreadThatWaitsCanBeCancelled) {
  ControlledRun R = in("cancel");
  EXPECT_EQ(R.Out.Out, "cleaned up\ncancelled: 1\n");
  comesAgain("cancel", R);
}

INSTANTIATE_TEST_SUITE_P(Under, Loops,
                         ::testing::Values("random", "pct", "pos", "surw"));

} // namespace
