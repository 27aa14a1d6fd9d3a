// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One program, built by gcc and clang, plain and with each sanitizer: it does
// what it does without raddle, and raddle sees the same in all of them.
#include "cli/testing/TestProject.h"
#include "llvm/Support/JSON.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli::testing;

namespace {

class SanitizerMatrix : public ::testing::TestWithParam<const char *> {};

TEST_P(SanitizerMatrix, IsObservedAndUnchanged) {
  TestProject P;
  std::string Program = std::string(RADDLE_SANITIZED) + GetParam();
  Ran Native = P.run({Program});
  EXPECT_EQ(Native.Code, 3) << Native.Err;
  EXPECT_EQ(Native.Out, "sum 1998000\n");
  Ran R = P.raddle({"locks", "--all", "-o", "seen.json", "--", Program});
  EXPECT_EQ(R.Code, 3) << R.Err;
  EXPECT_EQ(R.Out, Native.Out);
  Expected<json::Value> Seen = json::parse(P.read("seen.json"));
  ASSERT_TRUE(bool(Seen)) << toString(Seen.takeError());
  std::vector<std::string> Checks;
  for (const json::Value &F : *Seen->getAsObject()->getArray("findings"))
    Checks.push_back(F.getAsObject()->getString("check")->str());
  EXPECT_THAT(Checks,
              ::testing::UnorderedElementsAre("raddle-leaked-thread",
                                              "raddle-lock-order-inversion"))
      << R.Err;
}

INSTANTIATE_TEST_SUITE_P(
    All, SanitizerMatrix, ::testing::Values(RADDLE_SANITIZER_BUILDS),
    [](const ::testing::TestParamInfo<const char *> &Info) {
      std::string Name = Info.param;
      for (char &C : Name)
        if (C == '-')
          C = '_';
      return Name;
    });

} // namespace
