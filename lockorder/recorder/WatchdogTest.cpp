// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs programs that deadlock, and their twins that do not, under the preload.
#include "runtime/trace/TraceFormat.h"
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace raddle;
using trace::DeadlockKind;
using trace::WaitKind;

struct Deadlock {
  DeadlockKind Kind;
  std::vector<trace::DeadlockThread> Threads;
};

struct Result {
  std::string Out, Errors;
  int Exit = -1;
  trace::Header Head{};
  std::vector<Deadlock> Deadlocks;
  std::set<uint32_t> Stacks, Threads, Locks;

  const Deadlock *only(DeadlockKind Kind) const {
    return Deadlocks.size() == 1 && Deadlocks[0].Kind == Kind ? &Deadlocks[0]
                                                              : nullptr;
  }
};

std::string slurp(const std::string &Path) {
  std::ifstream In(Path, std::ios::binary);
  return {std::istreambuf_iterator<char>(In), {}};
}

template <typename T> T readAt(const std::string &Bytes, size_t At) {
  T Value{};
  if (At + sizeof(T) <= Bytes.size())
    memcpy(&Value, Bytes.data() + At, sizeof(T));
  return Value;
}

void readTrace(const std::string &Bytes, Result &R) {
  R.Head = readAt<trace::Header>(Bytes, 0);
  for (size_t At = R.Head.HeaderSize; At && At < Bytes.size();) {
    auto Record = readAt<trace::Record>(Bytes, At);
    if (Record.Type == trace::RecordType::End || Record.Size < sizeof(Record))
      return;
    if (Record.Type == trace::RecordType::Stack)
      R.Stacks.insert(readAt<trace::StackRecord>(Bytes, At).Id);
    if (Record.Type == trace::RecordType::Thread)
      R.Threads.insert(readAt<trace::ThreadRecord>(Bytes, At).Id);
    if (Record.Type == trace::RecordType::Lock)
      R.Locks.insert(readAt<trace::LockRecord>(Bytes, At).Id);
    if (Record.Type == trace::RecordType::Deadlock) {
      auto D = readAt<trace::DeadlockRecord>(Bytes, At);
      Deadlock &New = R.Deadlocks.emplace_back(Deadlock{D.Kind, {}});
      for (uint32_t I = 0; I != D.Count; ++I)
        New.Threads.push_back(readAt<trace::DeadlockThread>(
            Bytes, At + sizeof(D) + I * sizeof(trace::DeadlockThread)));
    }
    At += Record.Size;
  }
}

/// \p Command under the preload.
Result run(const std::string &Command,
           const std::string &Options = "on_deadlock=abort") {
  char Folder[] = "/tmp/raddle-watchdog-XXXXXX";
  if (!mkdtemp(Folder))
    return {};
  std::string Base = Folder;
  // Through a pipe, as what is printed must come out at once there too.
  std::string Line = "cd " + Base +
                     " && { { LD_PRELOAD=" RUNTIME
                     " RADDLE_OPTIONS=leaks=0:deadlocks=1:trace=" +
                     Base + "/trace:" + Options + " " + Command +
                     " >out; echo $? >exit; } 2>&1 | cat >errors; }";
  EXPECT_EQ(system(Line.c_str()), 0);
  Result R;
  R.Exit = atoi(slurp(Base + "/exit").c_str());
  R.Out = slurp(Base + "/out");
  R.Errors = slurp(Base + "/errors");
  readTrace(slurp(Base + "/trace"), R);
  for (const char *Name : {"/out", "/errors", "/trace", "/exit"})
    unlink((Base + Name).c_str());
  rmdir(Folder);
  return R;
}

Result runCase(const std::string &Case,
               const std::string &Options = "on_deadlock=abort") {
  return run(WATCHDOG_PROGRAM " " + Case, Options);
}

/// Every number that the records refer to has been written.
void expectWhole(const Result &R) {
  for (const Deadlock &D : R.Deadlocks)
    for (const trace::DeadlockThread &T : D.Threads) {
      EXPECT_TRUE(R.Threads.count(T.Thread));
      EXPECT_TRUE(R.Stacks.count(T.Stack));
      EXPECT_TRUE(!T.On.Owner || R.Threads.count(T.On.Owner));
      EXPECT_TRUE(!T.On.OwnerStack || R.Stacks.count(T.On.OwnerStack));
      EXPECT_TRUE(!T.On.Lock || R.Locks.count(T.On.Lock));
      EXPECT_EQ(T.On.Timed, 0u);
      EXPECT_NE(T.On.Since, 0u);
    }
}

void expectAborted(const Result &R, DeadlockKind Kind, size_t Threads) {
  EXPECT_EQ(R.Exit, 24) << R.Errors;
  EXPECT_EQ(R.Head.End, trace::Ending::Exited);
  EXPECT_EQ(R.Head.ExitCode, 24);
  ASSERT_EQ(R.Deadlocks.size(), 1u) << R.Errors;
  EXPECT_EQ(R.Deadlocks[0].Kind, Kind) << R.Errors;
  EXPECT_EQ(R.Deadlocks[0].Threads.size(), Threads) << R.Errors;
  EXPECT_EQ(R.Errors.rfind("raddle: deadlock: ", 0), 0u) << R.Errors;
  expectWhole(R);
}

/// Each waits for the next, and it is said where that took what it is about.
void expectRound(const Result &R, bool Locks = true) {
  ASSERT_EQ(R.Deadlocks.size(), 1u);
  const auto &Threads = R.Deadlocks[0].Threads;
  for (size_t I = 0; I != Threads.size(); ++I) {
    EXPECT_EQ(Threads[I].On.Owner, Threads[(I + 1) % Threads.size()].Thread);
    if (Threads[I].On.Kind == WaitKind::Join || !Locks)
      continue;
    EXPECT_NE(Threads[I].On.OwnerStack, 0u);
    EXPECT_NE(Threads[I].On.Lock, 0u);
  }
}

void expectSilent(const Result &R) {
  EXPECT_EQ(R.Exit, 0);
  EXPECT_EQ(R.Errors, "");
  EXPECT_TRUE(R.Deadlocks.empty());
  EXPECT_EQ(R.Head.End, trace::Ending::Exited);
}

TEST(Watchdog, Cycles) {
  for (const char *Name : {"/hang-abba", "/hang-join-with-lock"}) {
    SCOPED_TRACE(Name);
    Result R = run(std::string(PROGRAMS) + Name);
    expectAborted(R, DeadlockKind::Cycle, 2);
    expectRound(R);
  }
  Result R = run(PROGRAMS "/hang-join-cycle");
  expectAborted(R, DeadlockKind::Cycle, 3);
  expectRound(R);
}

TEST(Watchdog, OneThreadWithItself) {
  Result Lock = run(PROGRAMS "/hang-relock");
  expectAborted(Lock, DeadlockKind::SelfLock, 1);
  expectRound(Lock);
  Result Upgrade = runCase("upgrade");
  expectAborted(Upgrade, DeadlockKind::SelfLock, 1);
  expectRound(Upgrade);
  Result Join = run(PROGRAMS "/hang-self-join");
  expectAborted(Join, DeadlockKind::SelfJoin, 1);
  expectRound(Join);
}

TEST(Watchdog, OwnerExited) {
  for (const char *Command :
       {PROGRAMS "/hang-owner-exited", WATCHDOG_PROGRAM " reader-exited"}) {
    SCOPED_TRACE(Command);
    Result R = run(Command);
    expectAborted(R, DeadlockKind::OwnerExited, 1);
    ASSERT_EQ(R.Deadlocks.size(), 1u);
    EXPECT_EQ(R.Deadlocks[0].Threads[0].Thread, 1u);
    EXPECT_EQ(R.Deadlocks[0].Threads[0].On.Owner, 2u);
    EXPECT_NE(R.Deadlocks[0].Threads[0].On.OwnerStack, 0u);
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
    Result R = runCase(Case);
    expectAborted(R, DeadlockKind::Cycle, 2);
    expectRound(R);
  }
  Result R = runCase("behind-writer");
  expectAborted(R, DeadlockKind::Cycle, 2);
  expectRound(R, false);
  EXPECT_NE(R.Errors.find(", behind thread 2"), std::string::npos) << R.Errors;
}

TEST(Watchdog, LongCycle) {
  Result R = runCase("ring");
  expectAborted(R, DeadlockKind::Cycle, 300);
  expectRound(R);
}

TEST(Watchdog, StallThenCycle) {
  Result R = runCase("stall-then-cycle", "on_deadlock=abort:stall_ms=200");
  EXPECT_EQ(R.Exit, 24);
  ASSERT_EQ(R.Deadlocks.size(), 2u) << R.Errors;
  EXPECT_EQ(R.Deadlocks[0].Kind, DeadlockKind::Stall);
  EXPECT_EQ(R.Deadlocks[1].Kind, DeadlockKind::Cycle);
  expectWhole(R);
}

TEST(Watchdog, StallIsNoDeadlock) {
  Result R = run(PROGRAMS "/stall", "on_deadlock=abort:stall_ms=1000");
  EXPECT_EQ(R.Exit, 0);
  ASSERT_TRUE(R.only(DeadlockKind::Stall)) << R.Errors;
  EXPECT_EQ(R.Deadlocks[0].Threads.size(), 1u);
  EXPECT_EQ(R.Deadlocks[0].Threads[0].On.Owner, 2u);
  EXPECT_EQ(R.Errors.rfind("raddle: stall: ", 0), 0u) << R.Errors;
  expectSilent(run(PROGRAMS "/stall"));
}

TEST(Watchdog, ReportsOnceAndGoesOn) {
  Result R = run(PROGRAMS "/hang-abba", "");
  EXPECT_EQ(R.Exit, 128 + SIGALRM);
  EXPECT_TRUE(R.only(DeadlockKind::Cycle)) << R.Errors;
  EXPECT_EQ(R.Errors.find("deadlock"), R.Errors.rfind("deadlock"));
  Result Join = run(PROGRAMS "/hang-self-join", "");
  EXPECT_EQ(Join.Exit, 0);
  EXPECT_TRUE(Join.only(DeadlockKind::SelfJoin)) << Join.Errors;
}

TEST(Watchdog, WhatFollowsASelfJoinIsTold) {
  Result R = runCase("self-join-then-all", "quiet=1");
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
  for (const char *Case : {"error-check", "timed-cycle", "half-timed",
                           "by-signal", "by-process", "slow", "contended"}) {
    SCOPED_TRACE(Case);
    expectSilent(runCase(Case));
  }
}

TEST(Watchdog, OneThreadStaysAlone) { expectSilent(runCase("alone")); }

} // namespace
