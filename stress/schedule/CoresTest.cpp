// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The threads under control share a core, and nobody can tell.
#include "stress/schedule/ControlledRun.h"
#include <gtest/gtest.h>
#include <thread>

using namespace raddle::stress::testing;
using raddle::testing::guest;

namespace {

const char Options[] = "leaks=0:quiet=1:schedule=random:seed=1";

TEST(Cores, TheProgramAndItsChildrenSeeAll) {
  Outcome Alone = raddle::testing::run({guest("cores")});
  EXPECT_NE(Alone.Out, "");
  Outcome O = runControlled({guest("cores")}, Options).Out;
  EXPECT_EQ(O.Out, Alone.Out);
  EXPECT_EQ(O.Status, Alone.Status);
}

TEST(Cores, ThereIsOneForAllThreads) {
  if (std::thread::hardware_concurrency() < 2)
    GTEST_SKIP() << "there is one core";
  Outcome O = runControlled({guest("cores"), "kernel"}, Options).Out;
  EXPECT_EQ(O.Out, "1 1 1\n");
}

} // namespace
