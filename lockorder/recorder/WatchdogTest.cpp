// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs programs that deadlock, and their twins that do not, under the preload.
#include "lockorder/recorder/testing/RunTraced.h"
#include <csignal>

namespace {

using namespace raddle;
using namespace raddle::testing;
using trace::DeadlockKind;
using trace::WaitKind;

Traced run(const std::string &Command,
           const std::string &Options = "on_deadlock=abort") {
  return runTraced(Command, "deadlocks=1:" + Options);
}

bool hasOnly(const Traced &R, DeadlockKind Kind) {
  return R.Deadlocks.size() == 1 && R.Deadlocks[0].Kind == Kind;
}

Traced runCase(const std::string &Case,
               const std::string &Options = "on_deadlock=abort") {
  return run(WATCHDOG_PROGRAM " " + Case, Options);
}

/// Every number that the records refer to has been written.
void expectWhole(const Traced &R) {
  for (const Deadlock &D : R.Deadlocks)
    for (const trace::DeadlockThread &T : D.Items) {
      EXPECT_TRUE(R.Threads.count(T.Thread));
      EXPECT_TRUE(R.Stacks.count(T.Stack));
      EXPECT_TRUE(!T.On.Owner || R.Threads.count(T.On.Owner));
      EXPECT_TRUE(!T.On.OwnerStack || R.Stacks.count(T.On.OwnerStack));
      EXPECT_TRUE(!T.On.Lock || R.Locks.count(T.On.Lock));
      EXPECT_EQ(T.On.Timed, 0u);
      EXPECT_NE(T.On.Since, 0u);
    }
}

void expectAborted(const Traced &R, DeadlockKind Kind, size_t Threads) {
  EXPECT_EQ(R.Exit, 24) << R.Errors;
  EXPECT_EQ(R.Head.End, trace::Ending::Exited);
  EXPECT_EQ(R.Head.ExitCode, 24);
  ASSERT_EQ(R.Deadlocks.size(), 1u) << R.Errors;
  EXPECT_EQ(R.Deadlocks[0].Kind, Kind) << R.Errors;
  EXPECT_EQ(R.Deadlocks[0].Items.size(), Threads) << R.Errors;
  EXPECT_EQ(R.Errors.rfind("raddle: deadlock: ", 0), 0u) << R.Errors;
  expectWhole(R);
}

/// Each waits for the next, and it is said where that took what it is about.
void expectRound(const Traced &R, bool Locks = true) {
  ASSERT_EQ(R.Deadlocks.size(), 1u);
  const auto &Threads = R.Deadlocks[0].Items;
  for (size_t I = 0; I != Threads.size(); ++I) {
    EXPECT_EQ(Threads[I].On.Owner, Threads[(I + 1) % Threads.size()].Thread);
    if (Threads[I].On.Kind == WaitKind::Join || !Locks)
      continue;
    EXPECT_NE(Threads[I].On.OwnerStack, 0u);
    EXPECT_NE(Threads[I].On.Lock, 0u);
  }
}

void expectSilent(const Traced &R) {
  EXPECT_EQ(R.Exit, 0);
  EXPECT_EQ(R.Errors, "");
  EXPECT_TRUE(R.Deadlocks.empty());
  EXPECT_EQ(R.Head.End, trace::Ending::Exited);
}

TEST(Watchdog, Cycles) {
  for (const char *Name : {"/hang-abba", "/hang-join-with-lock"}) {
    SCOPED_TRACE(Name);
    Traced R = run(std::string(PROGRAMS) + Name);
    expectAborted(R, DeadlockKind::Cycle, 2);
    expectRound(R);
  }
  Traced R = run(PROGRAMS "/hang-join-cycle");
  expectAborted(R, DeadlockKind::Cycle, 3);
  expectRound(R);
}

TEST(Watchdog, OneThreadWithItself) {
  Traced Lock = run(PROGRAMS "/hang-relock");
  expectAborted(Lock, DeadlockKind::SelfLock, 1);
  expectRound(Lock);
  Traced Upgrade = runCase("upgrade");
  expectAborted(Upgrade, DeadlockKind::SelfLock, 1);
  expectRound(Upgrade);
  Traced Join = run(PROGRAMS "/hang-self-join");
  expectAborted(Join, DeadlockKind::SelfJoin, 1);
  expectRound(Join);
}

TEST(Watchdog, OwnerExited) {
  for (const char *Command :
       {PROGRAMS "/hang-owner-exited", WATCHDOG_PROGRAM " reader-exited"}) {
    SCOPED_TRACE(Command);
    Traced R = run(Command);
    expectAborted(R, DeadlockKind::OwnerExited, 1);
    ASSERT_EQ(R.Deadlocks.size(), 1u);
    EXPECT_EQ(R.Deadlocks[0].Items[0].Thread, 1u);
    EXPECT_EQ(R.Deadlocks[0].Items[0].On.Owner, 2u);
    EXPECT_NE(R.Deadlocks[0].Items[0].On.OwnerStack, 0u);
    EXPECT_NE(R.Errors.find("held by thread 2, which has ended"),
              std::string::npos)
        << R.Errors;
  }
}

TEST(Watchdog, AllBlocked) {
  for (const char *Name : {"/hang-all-waiting", "/condition-hang"}) {
    SCOPED_TRACE(Name);
    expectAborted(run(std::string(PROGRAMS) + Name), DeadlockKind::AllBlocked,
                  3);
  }
}

TEST(Watchdog, LocksThatDoNotTellTheirOwner) {
  for (const char *Case : {"readers", "spinning", "busy"}) {
    SCOPED_TRACE(Case);
    Traced R = runCase(Case);
    expectAborted(R, DeadlockKind::Cycle, 2);
    expectRound(R);
  }
  Traced R = runCase("behind-writer");
  expectAborted(R, DeadlockKind::Cycle, 2);
  expectRound(R, false);
  EXPECT_NE(R.Errors.find(", behind thread 2"), std::string::npos) << R.Errors;
}

TEST(Watchdog, AllocatorIsLocked) {
  Traced R = run(ALLOCATOR_PROGRAM);
  expectAborted(R, DeadlockKind::SelfLock, 1);
  expectRound(R);
  EXPECT_NE(R.Errors.find("drop"), std::string::npos) << R.Errors;
}

TEST(Watchdog, LongCycle) {
  Traced R = runCase("ring");
  expectAborted(R, DeadlockKind::Cycle, 300);
  expectRound(R);
}

TEST(Watchdog, StallThenCycle) {
  Traced R = runCase("stall-then-cycle", "on_deadlock=abort:stall_ms=200");
  EXPECT_EQ(R.Exit, 24);
  ASSERT_EQ(R.Deadlocks.size(), 2u) << R.Errors;
  EXPECT_EQ(R.Deadlocks[0].Kind, DeadlockKind::Stall);
  EXPECT_EQ(R.Deadlocks[1].Kind, DeadlockKind::Cycle);
  expectWhole(R);
}

TEST(Watchdog, StallIsNoDeadlock) {
  Traced R = run(PROGRAMS "/stall", "on_deadlock=abort:stall_ms=1000");
  EXPECT_EQ(R.Exit, 0);
  ASSERT_TRUE(hasOnly(R, DeadlockKind::Stall)) << R.Errors;
  EXPECT_EQ(R.Deadlocks[0].Items.size(), 1u);
  EXPECT_EQ(R.Deadlocks[0].Items[0].On.Owner, 2u);
  EXPECT_EQ(R.Errors.rfind("raddle: stall: ", 0), 0u) << R.Errors;
  expectSilent(run(PROGRAMS "/stall"));
}

TEST(Watchdog, ReportsOnceAndGoesOn) {
  Traced R = run(PROGRAMS "/hang-abba", "");
  EXPECT_EQ(R.Exit, 128 + SIGALRM);
  EXPECT_TRUE(hasOnly(R, DeadlockKind::Cycle)) << R.Errors;
  EXPECT_EQ(R.Errors.find("deadlock"), R.Errors.rfind("deadlock"));
  Traced Join = run(PROGRAMS "/hang-self-join", "");
  EXPECT_EQ(Join.Exit, 0);
  EXPECT_TRUE(hasOnly(Join, DeadlockKind::SelfJoin)) << Join.Errors;
}

TEST(Watchdog, WhatFollowsASelfJoinIsTold) {
  Traced R = runCase("self-join-then-all", "quiet=1");
  EXPECT_EQ(R.Exit, 128 + SIGALRM);
  ASSERT_EQ(R.Deadlocks.size(), 2u);
  EXPECT_EQ(R.Deadlocks[0].Kind, DeadlockKind::SelfJoin);
  EXPECT_EQ(R.Deadlocks[1].Kind, DeadlockKind::AllBlocked);
  EXPECT_EQ(R.Errors.find("raddle"), std::string::npos) << R.Errors;
}

TEST(Watchdog, TwinsAreSilent) {
  for (const char *Name : {"/hang-abba-fixed", "/hang-all-waiting-fixed",
                           "/hang-join-with-lock-fixed",
                           "/hang-owner-exited-fixed", "/hang-relock-fixed"}) {
    SCOPED_TRACE(Name);
    expectSilent(run(std::string(PROGRAMS) + Name));
  }
}

TEST(Watchdog, WhatEndsAfterAllIsNoDeadlock) {
  for (const char *Case :
       {"error-check", "timed-cycle", "half-timed", "by-signal",
        "post-by-signal", "by-process", "mutex-of-process", "slow", "contended",
        "busy-machine"}) {
    SCOPED_TRACE(Case);
    expectSilent(runCase(Case));
  }
}

TEST(Watchdog, OneThreadStaysAlone) { expectSilent(runCase("alone")); }

} // namespace
