// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gtest/gtest.h"
#include <mutex>
#include <thread>

namespace {

std::mutex Mutex;
int Value = 0;
void add() {
  std::lock_guard Lock(Mutex);
  ++Value;
}

TEST(Counter, CountsBoth) {
  std::thread Other(add);
  add();
  Other.join();
  EXPECT_EQ(Value, 2);
}

} // namespace
