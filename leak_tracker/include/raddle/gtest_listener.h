// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Makes a GoogleTest test fail that leaves threads or other tasks behind:
//
//   #include "raddle/gtest_listener.h"
//   RADDLE_GTEST_LEAK_CHECK();
//
// once in the program: at namespace scope of any file, which suits gtest_main,
// or in main before RUN_ALL_TESTS(). It links nothing and does nothing unless
// the program runs under raddle (raddle leaks -- ./test). C++11.
//
// A task belongs to the test on whose thread it was started, or whose threads
// and tasks started it. Those of SetUpTestSuite, of environments and of pools
// that exist before are no test's; they are looked for when the program ends.
#ifndef RADDLE_GTEST_LISTENER_H
#define RADDLE_GTEST_LISTENER_H

#include "raddle/raddle.h"
#include <cstdio>
#include <gtest/gtest.h>
#include <string>

namespace raddle {

class LeakListener : public ::testing::EmptyTestEventListener {
public:
  /// Adds one to GoogleTest, unless that was done before or the program does
  /// not run under raddle.
  static bool install() {
    static const bool Installed = add();
    return Installed;
  }

  void OnTestStart(const ::testing::TestInfo &Info) override {
    Test = raddle_test_begin(
        (std::string(Info.test_suite_name()) + "." + Info.name()).c_str());
  }

  // The fixture is gone; the result still takes failures, and the printers are
  // called after this listener as it was added after them or reads the result
  // at the end of all tests.
  void OnTestEnd(const ::testing::TestInfo &Info) override {
    size_t Leaks = raddle_test_end(Test, &Text[0], Text.size());
    Test = 0;
    if (!Leaks)
      return;
    // A test that stopped half-way may well leave things behind.
    if (Info.result()->Failed()) {
      std::fprintf(stderr, "%s", Text.c_str());
      return;
    }
    ADD_FAILURE_AT(Info.file() ? Info.file() : "", Info.line())
        << Info.test_suite_name() << '.' << Info.name() << " leaves " << Leaks
        << (Leaks == 1 ? " task" : " tasks") << " behind\n"
        << Text.c_str();
  }

private:
  LeakListener() : Test(0), Text(std::size_t(1) << 16, '\0') {}

  static bool add() {
    if (!raddle_rt_test_begin)
      return false;
    ::testing::UnitTest::GetInstance()->listeners().Append(new LeakListener);
    return true;
  }

  uint32_t Test;
  std::string Text;
};

} // namespace raddle

#define RADDLE_GTEST_LEAK_CHECK()                                              \
  static const bool RaddleGtestLeakCheck __attribute__((unused)) =             \
      ::raddle::LeakListener::install()

#endif
