// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Failure.h"
#include <gmock/gmock.h>
#include <signal.h>

using namespace raddle::stress;
using namespace testing;

namespace {

RunResult ended(int Code, std::string Err = "") {
  RunResult R;
  R.Status = Code << 8;
  R.Err = std::move(Err);
  return R;
}
RunResult killed(int Signal, std::string Err = "") {
  RunResult R;
  R.Status = Signal;
  R.Err = std::move(Err);
  return R;
}

const char *Assertion = "t: a.c:5: main: Assertion `x' failed.\n";
const char *Race = "WARNING: ThreadSanitizer: data race (pid=1)\n"
                   "  Write of size 4 at 0x1 by thread T1:\n"
                   "    #0 f() a.cpp:1 (p+0x1)\n"
                   "\n"
                   "SUMMARY: ThreadSanitizer: data race a.cpp:1 in f()\n";

TEST(Failure, EndsAndTexts) {
  EXPECT_THAT(failuresOf(ended(0)), IsEmpty());
  EXPECT_THAT(failuresOf(ended(0, Assertion)), IsEmpty());
  EXPECT_EQ(failuresOf(ended(3))[0].Kind, "exit code 3");
  EXPECT_EQ(failuresOf(killed(SIGSEGV))[0].Kind, "signal SIGSEGV");
  EXPECT_EQ(failuresOf(killed(SIGABRT, Assertion))[0].Kind, "assertion");
  RunResult R = killed(SIGKILL);
  R.TimedOut = true;
  EXPECT_EQ(failuresOf(R)[0].Kind, "timeout");
}

TEST(Failure, AssertionIsWorseThanTheTestsThatLedToIt) {
  RunResult R = killed(SIGABRT, Assertion);
  R.Out = "a.cpp:12: Failure\nExpected: x\n";
  std::vector<Failure> F = failuresOf(R);
  ASSERT_EQ(F.size(), 1u);
  EXPECT_EQ(F[0].Kind, "assertion");
  R.Err = "";
  EXPECT_EQ(failuresOf(R)[0].Kind, "test failure");
}

TEST(Failure, ReportsCountWhateverTheExitCode) {
  for (int Code : {0, 66}) {
    std::vector<Failure> F = failuresOf(ended(Code, std::string(Race) + Race));
    ASSERT_EQ(F.size(), 1u);
    EXPECT_EQ(F[0].Kind, "data race");
    EXPECT_TRUE(F[0].Report);
  }
}

TEST(Failure, SaysWhereTheUsersCodeIs) {
  std::string Inversion =
      "WARNING: ThreadSanitizer: lock-order-inversion (potential deadlock) "
      "(pid=1)\n"
      "  Mutex M1 acquired here while holding mutex M0 in thread T1:\n"
      "    #0 pthread_mutex_lock <null> (libtsan.so.2+0x1)\n"
      "    #1 raddle::stress::lock() M.cpp:66 (libraddle_rt.so+0x2)\n"
      "    #2 ab() src/a.cpp:4 (p+0x3)\n"
      "\n"
      "SUMMARY: ThreadSanitizer: lock-order-inversion (potential deadlock) "
      "M.cpp:66 in raddle::stress::lock()\n";
  EXPECT_EQ(failuresOf(ended(66, Inversion))[0].Says,
            "ThreadSanitizer: lock-order-inversion (potential deadlock) "
            "src/a.cpp:4 in ab()");
  EXPECT_EQ(failuresOf(ended(66, Race))[0].Says,
            "ThreadSanitizer: data race a.cpp:1 in f()");
}

RunResult deadlock(uint64_t Base, uint64_t First, uint64_t Second) {
  RunResult R = ended(ExitDeadlock);
  R.Log.Found = Verdict::Deadlock;
  R.Records.Modules.push_back({"/b/prog", "", Base, Base + 0x10000, Base});
  for (uint64_t Pc : {First, Second}) {
    RunFinal F{};
    F.Record.Head.Thread = uint32_t(R.Records.Finals.size() + 1);
    F.Record.Waits = Op::Lock;
    F.Record.InCycle = 1;
    F.Record.Owner = 3 - F.Record.Head.Thread;
    F.Record.Pc = Base + Pc;
    R.Records.Finals.push_back(F);
  }
  return R;
}

TEST(Failure, DeadlocksAreToldApartByPlace) {
  Failure F = failuresOf(deadlock(0x5000, 0x10, 0x20))[0];
  EXPECT_EQ(F.Kind, "deadlock");
  EXPECT_EQ(F.Key, "deadlock|prog+0x10|prog+0x20");
  EXPECT_EQ(F.Says, "deadlock: thread 1 waits for a lock that thread 2 has, "
                    "thread 2 waits for a lock that thread 1 has");
  EXPECT_EQ(failuresOf(deadlock(0x70000, 0x20, 0x10))[0].Key, F.Key);
  EXPECT_NE(failuresOf(deadlock(0x5000, 0x10, 0x30))[0].Key, F.Key);
  EXPECT_TRUE(isAmong({F}, "deadlock", F.Key));
  EXPECT_FALSE(isAmong({F}, "deadlock", "deadlock"));
  EXPECT_FALSE(isAmong({}, "deadlock", F.Key));
}

TEST(Failure, LeavingTheScheduleIsNoneOfTheProgram) {
  RunResult R = ended(ExitDiverged);
  R.Log.Found = Verdict::Diverged;
  EXPECT_THAT(failuresOf(R), IsEmpty());
  R.Log.Found = Verdict(99);
  EXPECT_EQ(failuresOf(R)[0].Kind, "exit code 26");
}

} // namespace
