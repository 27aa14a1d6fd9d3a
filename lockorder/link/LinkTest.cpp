// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The linker on summaries written by hand. What the checks say on real code is
// specified by testdata/checks and testdata/link.
#include "lockorder/link/Link.h"
#include "lockorder/link/SummaryBuilder.h"
#include "lockorder/model/SummaryIO.h"
#include "gtest/gtest.h"

using namespace raddle;
using namespace raddle::lockorder;
using model::TUSummary;

namespace {

std::vector<std::string> messages(const std::vector<TUSummary> &Units) {
  std::vector<std::string> Result;
  for (const Diagnosis &D : link(Units, {}).Diagnoses)
    Result.push_back(D.Message);
  return Result;
}

TUSummary crossed() {
  SummaryBuilder B("a.cpp");
  B.function("ab()").lock("global.a").lock("global.b");
  B.unlock("global.b").unlock("global.a");
  B.function("ba()").lock("global.b").lock("global.a");
  B.unlock("global.a").unlock("global.b");
  return B.take();
}

TEST(Link, FindsCrossedOrders) {
  EXPECT_EQ(
      messages({crossed()}),
      (std::vector<std::string>{"lock order inversion between 'a' and 'b'"}));
}

TEST(Link, OneThreadCannotDeadlockWithItself) {
  SummaryBuilder B("main.cpp");
  B.function("main").call("ab()").call("ba()");
  EXPECT_TRUE(messages({crossed(), B.take()}).empty());
}

TEST(Link, JoinOrdersTheThreads) {
  SummaryBuilder Joined("main.cpp");
  Joined.function("main").start("ab()", "local0").join("local0").call("ba()");
  EXPECT_TRUE(messages({crossed(), Joined.take()}).empty());
  SummaryBuilder Overlapping("main.cpp");
  Overlapping.function("main").start("ab()", "local0").call("ba()");
  Overlapping.join("local0");
  EXPECT_EQ(messages({crossed(), Overlapping.take()}).size(), 1u);
}

TEST(Link, GateLockAroundBoth) {
  SummaryBuilder B("main.cpp");
  B.function("f()").lock("global.gate").call("ab()").unlock("global.gate");
  B.function("g()").lock("global.gate").call("ba()").unlock("global.gate");
  EXPECT_TRUE(messages({crossed(), B.take()}).empty());
}

TEST(Link, WrapperInAnotherFileIsNamedByItsOwner) {
  SummaryBuilder Wrapper("mutex.cpp");
  Wrapper.function("Mutex::Lock()", "Mutex").lock("this.Mutex::mu_");
  Wrapper.function("Mutex::Unlock()", "Mutex").unlock("this.Mutex::mu_");
  SummaryBuilder User("user.cpp");
  User.function("X::f()", "X")
      .call("Mutex::Lock()", "this.X::a_")
      .call("Mutex::Lock()", "this.X::b_")
      .call("Mutex::Unlock()", "this.X::b_")
      .call("Mutex::Unlock()", "this.X::a_");
  User.function("X::g()", "X")
      .call("Mutex::Lock()", "this.X::b_")
      .call("Mutex::Lock()", "this.X::a_");
  EXPECT_EQ(messages({Wrapper.take(), User.take()}),
            (std::vector<std::string>{
                "lock order inversion between 'X::a_' and 'X::b_'"}));
}

TEST(Link, LockGivenBackAndRetakenByACalleeIsNoRelock) {
  SummaryBuilder B("a.cpp");
  B.function("X::work()", "X").unlock("this.X::m_").lock("this.X::m_");
  B.function("X::f()", "X")
      .lock("this.X::m_")
      .call("X::work()", "this")
      .unlock("this.X::m_");
  EXPECT_TRUE(messages({B.take()}).empty());
}

TEST(Link, RelockThroughACall) {
  SummaryBuilder B("a.cpp");
  B.function("X::size()", "X").lock("this.X::m_").unlock("this.X::m_");
  B.function("X::f()", "X")
      .lock("this.X::m_")
      .call("X::size()", "this")
      .unlock("this.X::m_");
  ASSERT_EQ(messages({B.take()}).size(), 1u);
}

TEST(Link, RelockOfAnotherInstanceIsNone) {
  SummaryBuilder B("a.cpp");
  B.function("X::size()", "X").lock("this.X::m_").unlock("this.X::m_");
  B.function("X::f()", "X")
      .lock("this.X::m_")
      .call("X::size()", "param0")
      .unlock("this.X::m_");
  EXPECT_TRUE(messages({B.take()}).empty());
}

TEST(Link, OrderOfSummariesDoesNotMatter) {
  auto Write = [](bool Swap) {
    SummaryBuilder B("main.cpp");
    B.function("main").start("ab()", "local0").call("ba()");
    std::vector<TUSummary> Units;
    Units.push_back(Swap ? B.take() : crossed());
    Units.push_back(Swap ? crossed() : B.take());
    std::string Text;
    LinkResult R = link(Units, {});
    for (const Diagnosis &D : R.Diagnoses) {
      Text += D.Where.File + std::to_string(D.Where.Line) + D.Message + "\n";
      for (const Witness &W : D.Witnesses)
        for (const Step &S : W.Steps)
          Text += S.Where.File + std::to_string(S.Where.Line) + S.Text + "\n";
    }
    for (const Edge &E : R.Graph.Edges)
      Text += R.Graph.Locks[E.From].Name + R.Graph.Locks[E.To].Name + "\n";
    return Text;
  };
  EXPECT_EQ(Write(false), Write(true));
}

TEST(Link, SurvivesRecursionAndCallsOfNothing) {
  SummaryBuilder B("a.cpp");
  B.function("f()").lock("global.a").call("g()").call("missing()");
  B.function("g()").lock("global.b").call("f()").call("g()");
  B.last().Args.resize(100);
  messages({B.take()});
  EXPECT_TRUE(messages({}).empty());
}

TEST(Link, StaticFunctionsOfOneNameStayTwo) {
  auto Unit = [](const char *File, bool Inverse) {
    SummaryBuilder B(File);
    B.function(std::string(File) + "#helper()")
        .lock(Inverse ? "global.a" : "global.c")
        .unlock(Inverse ? "global.a" : "global.c");
    B.function(std::string(File) + "caller()")
        .lock("global.b")
        .call(std::string(File) + "#helper()");
    return B.take();
  };
  SummaryBuilder Other("o.cpp");
  Other.function("o()").lock("global.a").lock("global.b");
  TUSummary O = Other.take();
  EXPECT_EQ(messages({Unit("x.cpp", false), O}).size(), 0u);
  EXPECT_EQ(messages({Unit("x.cpp", false), Unit("y.cpp", true), O}).size(),
            1u);
}

} // namespace
