// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asks for the check again; once is enough.
#include "raddle/gtest_listener.h"

RADDLE_GTEST_LEAK_CHECK();

int main(int Count, char **Arguments) {
  RADDLE_GTEST_LEAK_CHECK();
  testing::InitGoogleTest(&Count, Arguments);
  return RUN_ALL_TESTS();
}
