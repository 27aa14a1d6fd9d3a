// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs testdata/programs/leaks.cpp under the preload: each leak and its twin.
#include "leak_tracker/testing/RunProgram.h"

namespace {

using namespace raddle;
using namespace raddle::leaks;

Result run(const std::string &Case, const std::string &Options = "",
           const std::string &Rules = "") {
  return runProgram(LEAKS_PROGRAM, Case, Options, Rules);
}

TEST(LeakTracker, TwinsAreSilent) {
  for (const char *Case :
       {"condition-fixed", "loop-fixed", "slow", "unjoined-fixed", "detached",
        "owner-main", "pipe-fixed"}) {
    SCOPED_TRACE(Case);
    expectSilent(run(Case));
  }
}

TEST(LeakTracker, FinishedAndNeverJoined) {
  Result R = run("unjoined");
  expectLeaks(R, 1);
  ASSERT_EQ(R.T.Leaks.size(), 1u);
  EXPECT_EQ(R.T.Leaks[0].State, trace::TaskState::FinishedUnjoined);
  EXPECT_TRUE(R.says("has finished and was never joined")) << R.Errors;
  EXPECT_TRUE(R.says("unjoined()")) << R.Errors;
}

TEST(LeakTracker, CycleIsProven) {
  Result R = run("cycle", "grace_ms=60000");
  expectLeaks(R, 2);
  ASSERT_EQ(R.T.Leaks.size(), 2u);
  EXPECT_EQ(R.T.Leaks[0].Proven, trace::Proof::Cycle);
  EXPECT_EQ(R.T.Leaks[1].Proven, trace::Proof::Cycle);
  EXPECT_EQ(R.T.Leaks[0].On.Owner, R.T.Leaks[1].Id);
  EXPECT_EQ(R.T.Leaks[1].On.Owner, R.T.Leaks[0].Id);
  EXPECT_TRUE(R.says("lockBoth(")) << R.Errors;
}

TEST(LeakTracker, SelfIsProven) {
  Result R = run("self", "grace_ms=60000");
  expectLeaks(R, 1);
  ASSERT_EQ(R.T.Leaks.size(), 1u);
  EXPECT_EQ(R.T.Leaks[0].Proven, trace::Proof::Self);
  EXPECT_EQ(R.T.Leaks[0].On.Kind, trace::WaitKind::Mutex);
  EXPECT_NE(R.T.Leaks[0].On.Since, 0u);
}

TEST(LeakTracker, OwnerExitedIsProven) {
  Result R = run("owner-exited", "grace_ms=60000");
  expectLeaks(R, 1);
  ASSERT_EQ(R.T.Leaks.size(), 1u);
  EXPECT_EQ(R.T.Leaks[0].Proven, trace::Proof::OwnerExited);
}

TEST(LeakTracker, OwnerLeaked) {
  Result R = run("owner-leaked");
  expectLeaks(R, 2);
  for (const trace::LeakRecord &L : R.T.Leaks)
    if (L.On.Kind == trace::WaitKind::Mutex)
      EXPECT_EQ(L.Proven, trace::Proof::OwnerLeaked);
    else
      EXPECT_EQ(L.Proven, trace::Proof::None);
}

TEST(LeakTracker, UnreachableIsProven) {
  for (const char *Case : {"lost-lock", "lost-queue", "lost-beside-free"}) {
    SCOPED_TRACE(Case);
    Result R = run(Case, "grace_ms=60000");
    expectLeaks(R, 1);
    for (const trace::LeakRecord &L : R.T.Leaks)
      EXPECT_EQ(L.Proven, trace::Proof::Unreachable) << R.Errors;
  }
}

TEST(LeakTracker, ReachableIsNotProven) {
  for (const char *Case : {"kept-lock", "kept-queue", "kept-chain"}) {
    SCOPED_TRACE(Case);
    Result R = run(Case);
    EXPECT_FALSE(R.T.Leaks.empty());
    for (const trace::LeakRecord &L : R.T.Leaks)
      EXPECT_EQ(L.Proven, trace::Proof::None) << R.Errors;
  }
}

TEST(LeakTracker, StackOfALeakedThreadIsNoReference) {
  Result R = run("lost-stack", "grace_ms=60000");
  expectLeaks(R, 2);
  for (const trace::LeakRecord &L : R.T.Leaks)
    EXPECT_NE(L.Proven, trace::Proof::None) << R.Errors;
}

TEST(LeakTracker, AlikeAreGrouped) {
  Result R = run("many");
  expectLeaks(R, 5);
  EXPECT_TRUE(R.says("'blocked' and 4 alike")) << R.Errors;
  size_t Groups = 0;
  for (size_t At = 0;
       (At = R.Errors.find("raddle: leaked:", At)) != std::string::npos; ++At)
    ++Groups;
  EXPECT_EQ(Groups, 1u) << R.Errors;
}

TEST(LeakTracker, ReadOfAPipe) {
  Result R = run("pipe");
  expectLeaks(R, 1);
  ASSERT_EQ(R.T.Leaks.size(), 1u);
  EXPECT_EQ(R.T.Leaks[0].State, trace::TaskState::Blocked);
  EXPECT_EQ(R.T.Leaks[0].On.Kind, trace::WaitKind::SystemCall);
  EXPECT_EQ(R.T.Details[0].find("pipe:["), 0u) << R.T.Details[0];
  EXPECT_NE(R.T.Details[0].find("], fd "), std::string::npos);
  EXPECT_TRUE(R.says("in system call read: pipe:[")) << R.Errors;
  // Beyond libc's frame, whose caller needs the frame pointer.
  EXPECT_TRUE(R.says("readPipe(int)")) << R.Errors;
}

TEST(LeakTracker, LoopTellsWhereItIs) {
  Result R = run("loop");
  expectLeaks(R, 1);
  ASSERT_EQ(R.T.Leaks.size(), 1u);
  EXPECT_EQ(R.T.Leaks[0].State, trace::TaskState::Running);
  EXPECT_TRUE(R.says("is still running")) << R.Errors;
  EXPECT_TRUE(R.says("    is at     (anonymous namespace)::spinForever()"))
      << R.Errors;
}

TEST(LeakTracker, SleepTellsWhereItIs) {
  Result R = run("sleep");
  expectLeaks(R, 1);
  ASSERT_EQ(R.T.Leaks.size(), 1u);
  EXPECT_EQ(R.T.Leaks[0].State, trace::TaskState::Blocked);
  EXPECT_NE(R.T.Leaks[0].Stack, 0u);
  EXPECT_EQ(R.T.Leaks[0].Proven, trace::Proof::None);
}

TEST(LeakTracker, ExitCode) {
  EXPECT_EQ(run("unjoined 5").Exit, 5);
  EXPECT_EQ(run("unjoined", "exitcode=0").Exit, 0);
  EXPECT_EQ(run("unjoined", "exitcode=7").Exit, 7);
  EXPECT_EQ(run("unjoined-fixed 5").Exit, 5);
}

TEST(LeakTracker, QuietIsQuiet) {
  Result R = run("unjoined", "quiet=1");
  EXPECT_EQ(R.Errors, "");
  EXPECT_EQ(R.Exit, 23);
  EXPECT_EQ(R.T.Leaks.size(), 1u);
}

TEST(LeakTracker, HelpPrintsTheOptions) {
  Result R = run("unjoined-fixed", "help=1");
  EXPECT_EQ(R.Exit, 0);
  EXPECT_EQ(R.Out, "done\n");
  EXPECT_TRUE(R.says("\n  leaks=1 ")) << R.Errors;
  EXPECT_TRUE(R.says("\n  grace_ms=430 ")) << R.Errors;
}

TEST(LeakTracker, OffIsOff) {
  Result R = run("unjoined", "leaks=0");
  expectSilent(R);
}

/// The number of tasks that \p Rule let pass, or -1.
int matchesOf(const Result &R, const std::string &Rule) {
  for (const auto &[Record, Text] : R.T.Rules)
    if (Text == Rule)
      return int(Record.Matches);
  return -1;
}

TEST(IgnoreRules, EachKindLetsPass) {
  for (const char *Rule :
       {"name:bl?cked", "module:leaks*", "name:blocked && module:leaks*",
        "top:(anonymous namespace)::waitOnCondition", "top:*waitOnCondition*",
        "any:(anonymous namespace)::waitOnCondition()", "creator:main",
        "creator:*::condition"}) {
    SCOPED_TRACE(Rule);
    Result R = run("condition", "ignore='" + std::string(Rule) + "'");
    expectSilent(R);
    EXPECT_EQ(matchesOf(R, Rule), 1);
  }
}

TEST(IgnoreRules, OthersAreReported) {
  for (const char *Rule : {"name:block", "module:libc*", "top:main",
                           "name:blocked && module:other", "creator:worker"}) {
    SCOPED_TRACE(Rule);
    Result R = run("condition", "ignore='" + std::string(Rule) + "'");
    expectLeaks(R, 1);
    EXPECT_EQ(matchesOf(R, Rule), 0);
    EXPECT_TRUE(
        R.says("the ignore rule '" + std::string(Rule) + "' matched no task"))
        << R.Errors;
  }
}

TEST(IgnoreRules, TheIgnoredAreNotWaitedFor) {
  // Longer than the test may take.
  expectSilent(run("condition", "grace_ms=900000:ignore='name:blocked'"));
}

TEST(IgnoreRules, FileWithReasons) {
  expectSilent(
      run("condition", "ignore_file=rules",
          "# what is known\n\n  name:blocked # ends with the process\n"));
  Result R = run("condition", "ignore_file=rules",
                 "name:blocked\nblah:blocked # because\n");
  expectLeaks(R, 1);
  EXPECT_TRUE(R.says("rules:1: 'name:blocked' is not used, as it has no "
                     "reason"))
      << R.Errors;
  EXPECT_TRUE(R.says("rules:2: 'blah:blocked' is no rule")) << R.Errors;
  EXPECT_TRUE(run("unjoined-fixed", "ignore_file=nowhere")
                  .says("cannot read the rules in 'nowhere'"));
}

TEST(IgnoreRules, BuiltInForOpenMp) {
  Result R = run("openmp");
  if (R.Exit == 77)
    GTEST_SKIP() << "no libgomp";
  expectSilent(R);
  EXPECT_EQ(matchesOf(R, "module:libgomp.so*"), 2);
}

} // namespace
