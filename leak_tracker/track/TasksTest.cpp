// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs testdata/programs/leaks-api.cpp: what programs tell the runtime.
#include "leak_tracker/testing/RunProgram.h"

namespace {

using namespace raddle;
using namespace raddle::leaks;

Result run(const std::string &Case, const std::string &Options = "") {
  return runProgram(API_PROGRAM, Case, "grace_ms=50:" + Options);
}

void expectQuiet(const Result &R, const std::string &Out = "done\n") {
  EXPECT_EQ(R.Exit, 0);
  EXPECT_EQ(R.Errors, "");
  EXPECT_EQ(R.Out, Out);
  EXPECT_TRUE(R.T.Good);
  EXPECT_TRUE(R.T.Leaks.empty());
}

TEST(Api, AnswersWithAndWithoutTheRuntime) {
  Result With = run("none"),
         Without = runProgram(API_PROGRAM, "none", "", "", "");
  EXPECT_EQ(With.Out,
            "version 1 rule 1 task 1 test 1 left 0 text '' c 3\ndone\n");
  EXPECT_EQ(With.Exit, 0) << With.Errors;
  EXPECT_EQ(Without.Out, "version 0 rule 0 task 0 test 0 left 0 "
                         "text 'unchanged' c 0\ndone\n");
  EXPECT_EQ(Without.Exit, 0);
  EXPECT_EQ(Without.Errors, "");
}

TEST(Api, AnswersNothingWhenLeaksAreNotLookedFor) {
  Result R = run("none", "leaks=0");
  EXPECT_EQ(R.Out, "version 1 rule 0 task 0 test 0 left 0 text '' c 1\ndone\n");
  EXPECT_EQ(R.Exit, 0);
}

TEST(Tasks, EachIsSilentWithoutTheRuntime) {
  for (const char *Case : {"queued", "started", "blocked", "stale", "throws"}) {
    SCOPED_TRACE(Case);
    Result R = runProgram(API_PROGRAM, Case, "", "", "");
    EXPECT_EQ(R.Exit, 0);
    EXPECT_EQ(R.Errors, "");
  }
}

TEST(Tasks, CreatedAndNeverRun) {
  Result R = run("queued");
  EXPECT_EQ(R.Exit, 23);
  ASSERT_EQ(R.T.Leaks.size(), 1u) << R.Errors;
  const trace::LeakRecord &L = R.T.Leaks[0];
  EXPECT_EQ(L.Kind, trace::TaskKind::Task);
  EXPECT_EQ(L.State, trace::TaskState::Queued);
  ASSERT_EQ(R.T.Tasks.count(L.Id), 1u);
  EXPECT_EQ(R.T.TaskNames[L.Id], "resize");
  EXPECT_EQ(R.T.Tasks[L.Id].CreatedBy, 1u);
  EXPECT_EQ(R.T.Stacks.count(R.T.Tasks[L.Id].CreationStack), 1u);
  EXPECT_TRUE(R.says("task 1 'resize' was never started")) << R.Errors;
  EXPECT_TRUE(R.says("submit()")) << R.Errors;
}

TEST(Tasks, FinishedAreNoLeaks) {
  for (const char *Case : {"queued-fixed", "dropped", "moved", "throws"}) {
    SCOPED_TRACE(Case);
    expectQuiet(run(Case));
  }
}

TEST(Tasks, StartedAndNotFinished) {
  Result R = run("started");
  ASSERT_EQ(R.T.Leaks.size(), 1u) << R.Errors;
  EXPECT_EQ(R.T.Leaks[0].Kind, trace::TaskKind::Task);
  EXPECT_EQ(R.T.Leaks[0].State, trace::TaskState::Running);
}

TEST(Tasks, BlockedIsWhereItsThreadIs) {
  Result R = run("blocked");
  ASSERT_EQ(R.T.Leaks.size(), 2u) << R.Errors;
  for (const trace::LeakRecord &L : R.T.Leaks) {
    EXPECT_EQ(L.State, trace::TaskState::Blocked);
    EXPECT_EQ(L.On.Kind, trace::WaitKind::Mutex);
    EXPECT_EQ(L.On.Owner, 1u);
    EXPECT_EQ(L.Stack, R.T.Leaks[0].Stack);
  }
  EXPECT_NE(R.T.Leaks[0].Kind, R.T.Leaks[1].Kind);
}

TEST(Tasks, AHandleThatIsOverHitsNoOther) {
  Result R = run("stale");
  EXPECT_EQ(R.Out, "differ 1\ndone\n");
  ASSERT_EQ(R.T.Leaks.size(), 1u) << R.Errors;
  EXPECT_EQ(R.T.Leaks[0].State, trace::TaskState::Queued);
  EXPECT_EQ(R.T.TaskNames[R.T.Leaks[0].Id], "new");
}

size_t bytesOf(const Result &R) {
  size_t Bytes = ~size_t(0);
  sscanf(R.Out.c_str(), "bytes %zu", &Bytes);
  return Bytes;
}

TEST(Tasks, AHundredThousandLive) {
  Result R = run("many");
  EXPECT_EQ(R.Exit, 23);
  EXPECT_EQ(R.T.Leaks.size(), 100000u);
  EXPECT_EQ(R.T.Tasks.size(), 100000u);
  EXPECT_TRUE(R.says("'item' and 99999 alike, each was never started"))
      << R.Errors;
  EXPECT_LE(bytesOf(R), 256u);
  EXPECT_GE(bytesOf(R), 32u);
}

TEST(Tasks, AHundredThousandThatEndElsewhere) {
  Result R = run("many-fixed");
  EXPECT_EQ(R.Exit, 0) << R.Errors;
  EXPECT_TRUE(R.T.Leaks.empty());
}

TEST(Scopes, ParallelTestsHaveTheirOwn) {
  Result R = run("tests");
  EXPECT_EQ(R.Out, "one 1 two 0 told 1\ndone\n");
  ASSERT_EQ(R.T.Leaks.size(), 1u) << R.Errors;
  EXPECT_EQ(R.T.Tests[0], "one");
  EXPECT_NE(R.T.Leaks[0].Check, 0u);
  // Told once; nothing is left for the end.
  EXPECT_EQ(R.Exit, 0);
  EXPECT_EQ(R.Errors, "");
}

TEST(Scopes, TasksCarryTheirTestToAPool) {
  Result R = run("pool");
  EXPECT_EQ(R.Out, "left 1\ndone\n");
  EXPECT_EQ(R.Exit, 23);
  ASSERT_EQ(R.T.Leaks.size(), 2u) << R.Errors;
  EXPECT_EQ(R.T.Tests[0], "of the pool");
  EXPECT_EQ(R.T.Tests[1], "");
  EXPECT_EQ(R.T.Leaks[1].Check, 0u);
}

TEST(Scopes, BaselineAndChecks) {
  Result R = run("checks");
  EXPECT_EQ(R.Out, "before 0 first 2 again 0 last 3 told 1 1 cut 7\ndone\n");
  EXPECT_EQ(R.Exit, 0) << R.Errors;
  ASSERT_EQ(R.T.Leaks.size(), 5u);
  EXPECT_EQ(R.T.Leaks[0].Check, R.T.Leaks[1].Check);
  EXPECT_NE(R.T.Leaks[1].Check, R.T.Leaks[2].Check);
}

TEST(Scopes, RulesFromCode) {
  Result R = run("ignore-rule");
  expectQuiet(R, "rules 1 1 0\ndone\n");
  unsigned FromCode = 0;
  for (const auto &[Rule, Text] : R.T.Rules)
    if (Rule.Origin == trace::RuleOrigin::Code) {
      ++FromCode;
      EXPECT_EQ(Rule.Matches, 1u) << Text;
    }
  EXPECT_EQ(FromCode, 2u);
}

TEST(Scopes, IgnoredIsWhatStartsInBetween) {
  expectQuiet(run("ignore-scope"));
  Result R = run("after-ignore");
  EXPECT_EQ(R.Exit, 23);
  EXPECT_EQ(R.T.Leaks.size(), 2u) << R.Errors;
}

} // namespace
