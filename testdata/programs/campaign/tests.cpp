// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A GoogleTest program with one test that fails in some orders of its threads'
// steps.
#include "gtest/gtest.h"
#include <mutex>
#include <thread>

namespace {

class Counter {
public:
  int value() {
    std::lock_guard Lock(Mutex);
    return Value;
  }
  void set(int To) {
    std::lock_guard Lock(Mutex);
    Value = To;
  }
  void add() {
    std::lock_guard Lock(Mutex);
    ++Value;
  }

private:
  std::mutex Mutex;
  int Value = 0;
};

TEST(CounterTest, LosesACount) {
  Counter C;
  std::thread Other([&] { C.set(C.value() + 1); });
  C.set(C.value() + 1);
  Other.join();
  EXPECT_EQ(C.value(), 2);
}

TEST(CounterTest, Counts) {
  Counter C;
  std::thread Other([&] { C.add(); });
  C.add();
  Other.join();
  EXPECT_EQ(C.value(), 2);
}

TEST(CounterTest, DISABLED_IsNotRun) { FAIL(); }

} // namespace
