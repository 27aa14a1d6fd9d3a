// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs testdata/programs/leaks-timers.cpp.
#include "leak_tracker/testing/RunProgram.h"

namespace {

using namespace raddle;
using namespace raddle::leaks;
using trace::TaskKind;
using trace::TaskState;

Result run(const std::string &Case) {
  return runProgram(TIMERS_PROGRAM, Case, "grace_ms=50");
}

void expectOne(const Result &R, TaskKind Kind, TaskState State) {
  EXPECT_EQ(R.Exit, 23) << R.Errors;
  ASSERT_EQ(R.T.Leaks.size(), 1u) << R.Errors;
  const trace::LeakRecord &L = R.T.Leaks[0];
  EXPECT_EQ(L.Kind, Kind);
  EXPECT_EQ(L.State, State);
  auto Task = R.T.Tasks.find(L.Id);
  ASSERT_NE(Task, R.T.Tasks.end());
  EXPECT_EQ(Task->second.Kind, Kind);
  EXPECT_EQ(Task->second.CreatedBy, 1u);
  EXPECT_EQ(R.T.Stacks.count(Task->second.CreationStack), 1u);
}

TEST(Timers, NeverDeleted) {
  for (const char *Case : {"armed", "thread"}) {
    SCOPED_TRACE(Case);
    Result R = run(Case);
    expectOne(R, TaskKind::Timer, TaskState::Armed);
    EXPECT_TRUE(R.says("timer 1 is still armed")) << R.Errors;
    EXPECT_TRUE(R.says("makeTimer(int)")) << R.Errors;
  }
  Result R = run("idle");
  expectOne(R, TaskKind::Timer, TaskState::Idle);
  EXPECT_TRUE(R.says("timer 1 was never deleted")) << R.Errors;
  expectOne(run("silent"), TaskKind::Timer, TaskState::Idle);
  expectOne(run("many-deleted"), TaskKind::Timer, TaskState::Idle);
}

TEST(Timers, OneForEachIteration) {
  Result R = run("per-iteration");
  EXPECT_EQ(R.T.Leaks.size(), 10u);
  EXPECT_TRUE(R.says("timer 1 and 9 alike, each is still armed")) << R.Errors;
}

TEST(Timers, FilesThatAreArmed) {
  for (const char *Case : {"file", "file-periodic"}) {
    SCOPED_TRACE(Case);
    Result R = run(Case);
    expectOne(R, TaskKind::TimerFd, TaskState::Armed);
    EXPECT_TRUE(R.says("makeFile(bool)")) << R.Errors;
    EXPECT_TRUE(R.says("timer file 1 'fd ") && R.says("' is still armed"))
        << R.Errors;
  }
}

TEST(Timers, TwinsAreSilent) {
  for (const char *Case :
       {"deleted", "file-closed", "file-idle", "file-fired", "file-replaced"}) {
    SCOPED_TRACE(Case);
    Result R = run(Case);
    EXPECT_EQ(R.Exit, 0);
    EXPECT_EQ(R.Errors, "");
    EXPECT_EQ(R.Out, "done\n");
    EXPECT_TRUE(R.T.Leaks.empty());
  }
}

TEST(Timers, BaselineAndTests) {
  expectOne(run("baseline"), TaskKind::TimerFd, TaskState::Armed);
  Result R = run("test");
  EXPECT_EQ(R.Out, "left 1\ndone\n");
  EXPECT_EQ(R.Exit, 0);
  ASSERT_EQ(R.T.Tests.size(), 1u);
  EXPECT_EQ(R.T.Tests[0], "with a timer");
}

} // namespace
