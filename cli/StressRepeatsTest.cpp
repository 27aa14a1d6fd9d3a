// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What else than the order of steps decides what a program does is the same in
// a replay, or it is said that it is not.
#include "cli/testing/TestProject.h"
#include "llvm/ADT/StringRef.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <cstdlib>

using namespace raddle::cli::testing;
using llvm::StringRef;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

const std::string Program = RADDLE_CAMPAIGN;

class StressRepeats : public ::testing::Test {
protected:
  void SetUp() override { ::unsetenv("RADDLE_SAMPLE"); }
  /// A campaign that fails.
  void fails(std::vector<std::string> Behind,
             std::vector<std::string> More = {}) {
    std::vector<std::string> All = {
        "stress", "--strategy", "pos", "--seed", "1", "--runs",
        "60",     "--native",   "0",   "-j",     "1", "--no-minimise"};
    All.insert(All.end(), More.begin(), More.end());
    All.push_back("--");
    All.push_back(Program);
    All.insert(All.end(), Behind.begin(), Behind.end());
    Ran R = P.raddle(All);
    ASSERT_EQ(R.Code, 23) << R.Out << R.Err;
  }
  Ran replay(const char *Runs) {
    return P.raddle(
        {"replay", "raddle-stress/failure-1.replay", "--runs", Runs});
  }
  TestProject P;
};

TEST_F(StressRepeats, TimeAndRandomNumbersFollowFromTheSeed) {
  fails({"dice"});
  std::string Printed = P.read("raddle-stress/failure-1.out");
  EXPECT_THAT(Printed, HasSubstr("5 at "));
  for (int I = 0; I != 3; ++I)
    EXPECT_EQ(replay("1").Out, Printed);
  Ran R = replay("5");
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("5 of 5 runs failed as recorded, 5 with the "
                               "same "));
}

TEST_F(StressRepeats, InputFromOutsideIsNamedWhereRunsDiffer) {
  fails({"outside", "runs"});
  Ran R = replay("1");
  // The run has more steps than the recorded one. Where they come after its
  // last switch, it still follows the schedule to its end, and fails; but never
  // with the same steps.
  bool Left = StringRef(R.Err).contains("the run left its schedule after ");
  EXPECT_EQ(R.Code, Left ? 3 : 23) << R.Out << R.Err;
  if (!Left) {
    EXPECT_THAT(R.Err, HasSubstr("0 with the same "));
    EXPECT_THAT(R.Err, HasSubstr("the steps were not always the same"));
  }
  EXPECT_THAT(R.Err, HasSubstr("read() at campaign.cpp:"));
  EXPECT_THAT(R.Err, HasSubstr("is decided by no seed"));
}

// Addresses are others in each process, and nobody is asked for them.
TEST_F(StressRepeats, OrdersByAddressAreSaidNotToComeAgain) {
  fails({"address"});
  Ran R = replay("8");
  EXPECT_THAT(R.Err, AnyOf(HasSubstr("the program does not do what it did "
                                     "then"),
                           HasSubstr("the steps were not always the same")));
  EXPECT_THAT(R.Err, Not(HasSubstr("8 with the same")));
}

TEST_F(StressRepeats, TheEnvironmentIsKept) {
  fails({"variable"}, {"--env", "RADDLE_SAMPLE=fail"});
  EXPECT_THAT(P.read("raddle-stress/failure-1.replay"),
              HasSubstr("RADDLE_SAMPLE"));
  EXPECT_EQ(replay("1").Code, 23);
  // What it is now, by its name.
  ::setenv("RADDLE_SAMPLE", "fail", 1);
  fails({"variable"}, {"--env", "RADDLE_SAMPLE"});
  ::setenv("RADDLE_SAMPLE", "pass", 1);
  EXPECT_EQ(replay("1").Code, 23);
  // Nobody has asked for it.
  ::setenv("RADDLE_SAMPLE", "fail", 1);
  fails({"variable"});
  EXPECT_THAT(P.read("raddle-stress/failure-1.replay"),
              Not(HasSubstr("RADDLE_SAMPLE")));
  ::unsetenv("RADDLE_SAMPLE");
  EXPECT_EQ(replay("1").Code, 0);
  Ran R = P.raddle({"stress", "--env", "=fail", "--", Program});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("--env: '=fail' is none"));
}

TEST_F(StressRepeats, OptionsOfTheRuntimeAreKept) {
  ::setenv("RADDLE_OPTIONS", "step_limit=500", 1);
  fails({"long"});
  ::unsetenv("RADDLE_OPTIONS");
  EXPECT_EQ(replay("1").Code, 23);
}

} // namespace
