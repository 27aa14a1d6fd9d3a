// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads that libraries leave on purpose, by the rules that are built in, with
// the real libraries, optimised and not. Of those that are installed
// there are tests.
#include "cli/testing/TestProject.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <vector>

using namespace raddle::cli::testing;
using ::testing::HasSubstr;

namespace {

struct Program {
  const char *Name, *Path;
};

const std::vector<Program> Programs = {RADDLE_LIBRARY_PROGRAMS};

class KnownLibraries : public ::testing::TestWithParam<Program> {
protected:
  TestProject P;
};

TEST_P(KnownLibraries, TheirThreadsAreNoLeaks) {
  Ran Alone = P.run({GetParam().Path});
  ASSERT_EQ(Alone.Code, 0);
  // There is something to be silent about.
  ASSERT_THAT(Alone.Out, HasSubstr("threads "));
  EXPECT_GT(std::atoi(Alone.Out.c_str() + 8), 1);
  Ran R = P.raddle({"leaks", "--", GetParam().Path});
  EXPECT_EQ(R.Code, 0) << R.Out << R.Err;
}

TEST_P(KnownLibraries, ThreadsThatUsersMakeThroughThemAre) {
  Ran R = P.raddle({"leaks", "--", GetParam().Path, "own"});
  EXPECT_EQ(R.Code, 23) << R.Out << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("[raddle-leaked-thread]"));
  EXPECT_THAT(R.Err, HasSubstr("1 finding (1 error)"));
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(KnownLibraries);
INSTANTIATE_TEST_SUITE_P(All, KnownLibraries, ::testing::ValuesIn(Programs),
                         [](const auto &Info) {
                           return std::string(Info.param.Name);
                         });

} // namespace
