// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checkers/framework/CheckCard.h"
#include "gtest/gtest.h"

using namespace raddle::checkers;

TEST(CheckCard, EveryPageIsComplete) {
  ASSERT_GE(allChecks().size(), 5u);
  llvm::StringRef Before;
  for (const CheckCard &Card : allChecks()) {
    EXPECT_TRUE(Card.Id.starts_with("raddle-")) << Card.Id.str();
    EXPECT_LT(Before, Card.Id);
    Before = Card.Id;
    EXPECT_TRUE(Card.Summary.ends_with(".")) << Card.Id.str();
    EXPECT_TRUE(Card.Level == "default" || Card.Level == "strict");
    EXPECT_TRUE(Card.Kind == "file" || Card.Kind == "program" ||
                Card.Kind == "runtime");
    for (llvm::StringRef Part : {"## Why\n", "## Wrong\n", "## Right\n",
                                 "## Silence\n", "## Limits\n"})
      // A deadlock that has happened needs no example of one.
      if (Part != "## Wrong\n" || Card.Kind != "runtime")
        EXPECT_TRUE(Card.Page.contains(Part)) << Card.Id.str() << Part.str();
  }
}

TEST(CheckCard, FindsByName) {
  ASSERT_NE(findCheck("raddle-busy-spin"), nullptr);
  EXPECT_EQ(findCheck("raddle-busy-spin")->Kind, "program");
  EXPECT_EQ(findCheck("busy-spin"), nullptr);
}
