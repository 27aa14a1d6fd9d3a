// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ticker.h"
#include <gtest/gtest.h>

TEST(Plain, ForgetsATicker) { Ticker T; }

TEST(Plain, StopsATicker) {
  Ticker T;
  T.stop();
}
