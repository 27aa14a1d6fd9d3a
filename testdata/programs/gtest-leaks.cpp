// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A GoogleTest program with leaks of all sorts and their twins; run by
// leak_tracker/include/ListenersTest.cpp.
#include "raddle/gtest_listener.h"
#include <chrono>
#include <thread>
#include <vector>

RADDLE_GTEST_LEAK_CHECK();

namespace {

void sleepLong() { std::this_thread::sleep_for(std::chrono::hours(1)); }

TEST(Leaky, Detached) { std::thread(sleepLong).detach(); }
TEST(Clean, Joined) {
  std::thread([] {}).join();
}
TEST(Clean, EndsSoon) {
  std::thread([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }).detach();
}

TEST(Leaky, ThreadOfAThread) {
  std::thread([] { std::thread(sleepLong).detach(); }).join();
}

/// Work in parallel, of which one part leaves a thread behind.
class Parts : public testing::TestWithParam<int> {};
TEST_P(Parts, InParallel) {
  std::vector<std::thread> Threads;
  for (int I = 0; I != 4; ++I)
    Threads.emplace_back([I] {
      if (I == GetParam())
        std::thread(sleepLong).detach();
    });
  for (std::thread &T : Threads)
    T.join();
}
INSTANTIATE_TEST_SUITE_P(Two, Parts, testing::Values(2, 9));

/// The fixture's destructor still belongs to the test.
class Fixture : public testing::Test {
protected:
  Fixture()
      : Worker([] {
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }) {}
  ~Fixture() override { Worker.join(); }
  std::thread Worker;
};
TEST_F(Fixture, EndsItsThread) {}

TEST(Leaky, SkipsToo) {
  std::thread(sleepLong).detach();
  GTEST_SKIP();
}
TEST(Broken, FailsItself) {
  std::thread(sleepLong).detach();
  FAIL() << "for a reason of its own";
}

} // namespace
