// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/FailureText.h"
#include <gmock/gmock.h>

using namespace raddle::stress;
using namespace testing;

namespace {

FailureText only(llvm::StringRef Text) {
  std::vector<FailureText> All = findFailureTexts(Text);
  EXPECT_EQ(All.size(), 1u) << Text.str();
  return All.empty() ? FailureText() : All[0];
}

TEST(FailureText, Assertions) {
  FailureText F = only("hello\nqueue-test: src/queue.cpp:41: int Queue::pop(): "
                       "Assertion `size_ > 0' failed.\nAborted\n");
  EXPECT_EQ(F.Kind, "assertion");
  EXPECT_EQ(F.File, "src/queue.cpp");
  EXPECT_EQ(F.Line, 41u);
  EXPECT_EQ(F.Function, "int Queue::pop()");
  EXPECT_EQ(F.Says, "assertion 'size_ > 0' failed in Queue::pop()");
  EXPECT_EQ(F.Key, "assertion|Queue::pop@queue.cpp|size_ > 0");

  // Another line, another copy of the sources, another program.
  EXPECT_EQ(only("x: /b/queue.cpp:97: int Queue::pop(): Assertion `size_ > 0' "
                 "failed.")
                .Key,
            F.Key);

  F = only("/usr/include/c++/12/bits/stl_vector.h:1123: "
           "std::vector<_Tp, _Alloc>::reference std::vector<_Tp, _Alloc>::"
           "operator[](size_type) [with _Tp = int; reference = int&]: "
           "Assertion '__n < this->size()' failed.\n");
  EXPECT_EQ(F.Line, 1123u);
  EXPECT_EQ(
      F.Key,
      "assertion|std::vector::operator[]@stl_vector.h|__n < this->size()");

  // The expression may hold what the text is made of.
  F = only("t: a.c:5: main: Assertion `f(\": Assertion `x' failed\") == ' '' "
           "failed.");
  EXPECT_EQ(F.Line, 5u);

  F = only("F20261128 03:25:09.123456   42 pool.cc:12] Check failed: n == 3 (4 "
           "vs. 3) ");
  EXPECT_EQ(F.File, "pool.cc");
  EXPECT_EQ(F.Line, 12u);
}

TEST(FailureText, UncaughtExceptions) {
  FailureText F = only("terminate called after throwing an instance of "
                       "'std::system_error'\n  what():  Resource deadlock "
                       "avoided\n");
  EXPECT_EQ(F.Kind, "uncaught exception");
  EXPECT_EQ(F.Says,
            "uncaught exception std::system_error: Resource deadlock avoided");
  EXPECT_EQ(F.Key, "uncaught exception|std::system_error");
  EXPECT_EQ(only("libc++abi: terminating due to uncaught exception of type "
                 "std::system_error: why")
                .Key,
            F.Key);
  EXPECT_EQ(only("terminate called without an active exception\n").Kind,
            "uncaught exception");
}

TEST(FailureText, GlibcsOwn) {
  EXPECT_EQ(only("free(): double free detected in tcache 2\n").Key,
            "heap corruption|free(): double free detected in tcache #");
  EXPECT_EQ(only("*** stack smashing detected ***: terminated\n").Kind,
            "memory corruption");
}

TEST(FailureText, Tests) {
  std::string Text = "[ RUN      ] Queue.Pop\n"
                     "src/queue_test.cpp:12: Failure\n"
                     "Expected equality of these values:\n"
                     "  q.size()\n"
                     "    Which is: 3\n"
                     "  2\n"
                     "\n"
                     "[  FAILED  ] Queue.Pop (0 ms)\n";
  FailureText F = only(Text);
  EXPECT_EQ(F.Kind, "test failure");
  EXPECT_EQ(F.Test, "Queue.Pop");
  EXPECT_EQ(F.Line, 12u);
  EXPECT_EQ(F.Says, "Queue.Pop: Expected equality of these values: q.size() "
                    "(queue_test.cpp:12)");
  std::string Other = Text;
  Other.replace(Other.find(":12:"), 4, ":977:");
  Other.replace(Other.find(": 3"), 3, ": 9");
  EXPECT_EQ(only(Other).Key, F.Key);
  EXPECT_EQ(
      only("a.cpp:3: FAILED:\n  REQUIRE( x == 1 )\nwith expansion:\n").Says,
      "REQUIRE( x == 1 ) with expansion: (a.cpp:3)");
}

TEST(FailureText, SeveralInOrder) {
  std::vector<FailureText> All = findFailureTexts(
      "a: a.c:1: f: Assertion `x' failed.\nb: b.c:1: g: Assertion `y' "
      "failed.\n");
  ASSERT_EQ(All.size(), 2u);
  EXPECT_EQ(All[0].File, "a.c");
  EXPECT_EQ(All[1].File, "b.c");
}

TEST(FailureText, OtherTextSaysNothing) {
  EXPECT_THAT(findFailureTexts(""), IsEmpty());
  EXPECT_THAT(findFailureTexts("Assertion `x' failed.\n"), IsEmpty());
  EXPECT_THAT(findFailureTexts("a: Failure\nb:12:Failure\n"), IsEmpty());
  EXPECT_THAT(findFailureTexts("Assertions: 12 passed, 0 failed\n"), IsEmpty());
}

TEST(FailureText, EveryPrefixAndLongTexts) {
  std::string Text = "[ RUN      ] Queue.Pop\n"
                     "q: src/q.cpp:41: int Q<int>::pop(): Assertion `s' "
                     "failed.\nsrc/t.cpp:12: Failure\nExpected\n"
                     "terminate called after throwing an instance of 'X'\n"
                     "  what():  y\n";
  for (size_t I = 0; I <= Text.size(); ++I)
    findFailureTexts(llvm::StringRef(Text).substr(0, I));
  EXPECT_EQ(findFailureTexts(Text).size(), 3u);
  std::string Long;
  while (Long.size() < (4u << 20))
    Long += ": Assertion `";
  findFailureTexts(Long);
  Long.assign(4u << 20, '\n');
  findFailureTexts(Long);
  Long.clear();
  while (Long.size() < (4u << 20))
    Long += "a:1: Failure\n";
  EXPECT_EQ(findFailureTexts(Long).size(), 1000u);
}

} // namespace
