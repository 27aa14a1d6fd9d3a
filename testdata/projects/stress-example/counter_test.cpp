// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gtest/gtest.h"
#include <mutex>
#include <thread>

namespace {

// Both are locked, and an increment between them is lost.
std::mutex Mutex;
int Value = 0;
int value() {
  std::lock_guard Lock(Mutex);
  return Value;
}
void setValue(int To) {
  std::lock_guard Lock(Mutex);
  Value = To;
}

TEST(Counter, CountsBoth) {
  std::thread Other([] { setValue(value() + 1); });
  setValue(value() + 1);
  Other.join();
  EXPECT_EQ(value(), 2);
}

} // namespace
