// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/GoogleTests.h"
#include "gtest/gtest.h"

using namespace raddle::stress;
using Names = std::vector<std::string>;

namespace {

TEST(GoogleTests, ReadsTheListThatAProgramPrints) {
  EXPECT_EQ(parseTestList("Running main() from gtest_main.cc\n"
                          "Queue.\n"
                          "  Pops\n"
                          "  DISABLED_Slow\n"
                          "DISABLED_Old.\n"
                          "  Test\n"
                          "All/Sizes.\n"
                          "  Fits/0  # GetParam() = 4-byte object <01-00>\n"
                          "  Fits/1  # GetParam() = 'a.b'\n"
                          "Typed/0.  # TypeParam = int\n"
                          "  Works\n"),
            (Names{"Queue.Pops", "All/Sizes.Fits/0", "All/Sizes.Fits/1",
                   "Typed/0.Works"}));
}

TEST(GoogleTests, PassesOverWhatIsNoList) {
  EXPECT_EQ(parseTestList(""), Names());
  EXPECT_EQ(parseTestList("  Indented before any suite\n"), Names());
  EXPECT_EQ(parseTestList("Queue.\n  --gtest_filter=*\n  a b\n  \n  $(x)\n"
                          "done.\r\n  x;y\n"),
            Names());
  // What the program prints itself ends a suite.
  EXPECT_EQ(parseTestList("Queue.\n  Pops\nsome text\n  Indented\n"),
            Names{"Queue.Pops"});
}

} // namespace
