// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small programs under controlled schedules: they do what they do alone, or
// what is wrong with them is found and named, and every run comes again.
#include "stress/schedule/ControlledRun.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <sys/wait.h>

using namespace raddle::stress;
using namespace raddle::stress::testing;
using raddle::testing::guest;

namespace {

std::string random(unsigned Seed) {
  return "leaks=0:quiet=1:schedule=random:seed=" + std::to_string(Seed);
}

const RunFinalRecord *finalOf(const ControlledRun &R, uint32_t Thread) {
  for (const RunFinalRecord &F : R.Finals)
    if (F.Head.Thread == Thread)
      return &F;
  return nullptr;
}

TEST(Controller, TheSameSeedGivesTheSameRun) {
  ControlledRun First = runControlled({guest("queue")}, random(7));
  ASSERT_TRUE(First.Good);
  EXPECT_EQ(First.Out.Out, "sum 520\n");
  EXPECT_EQ(First.Out.Status, 0);
  EXPECT_EQ(First.Head.Found, Verdict::None);
  EXPECT_EQ(First.Head.Threads, 5u);
  EXPECT_EQ(First.Head.Events, First.Events.size());
  EXPECT_EQ(First.Head.Switches, First.Switches.size());
  ASSERT_EQ(First.Head.Objects, First.Objects.size());
  for (uint32_t I = 0; I != First.Head.Objects; ++I)
    EXPECT_EQ(First.Objects[I].Object, I + 1);
  EXPECT_GT(First.Head.Preemptions, 0u);
  for (int I = 0; I != 20; ++I) {
    ControlledRun Again = runControlled({guest("queue")}, random(7));
    EXPECT_EQ(Again.Head.Hash, First.Head.Hash);
    EXPECT_EQ(Again.Head.Events, First.Head.Events);
    EXPECT_EQ(Again.schedule(), First.schedule());
  }
}

TEST(Controller, OtherSeedsGiveOtherRuns) {
  std::set<uint64_t> Hashes;
  for (unsigned Seed = 1; Seed <= 20; ++Seed) {
    ControlledRun R = runControlled({guest("queue")}, random(Seed));
    EXPECT_EQ(R.Out.Out, "sum 520\n");
    Hashes.insert(R.Head.Hash);
  }
  EXPECT_GE(Hashes.size(), 19u);
}

TEST(Controller, AReplayIsTheSameRun) {
  for (const char *Name : {"queue", "crossed", "lost-wakeup"})
    for (unsigned Seed = 1; Seed <= 8; ++Seed) {
      ControlledRun R = runControlled({guest(Name)}, random(Seed));
      ControlledRun Again = replayed({guest(Name)}, R);
      EXPECT_EQ(Again.Head.Hash, R.Head.Hash) << Name << Seed;
      EXPECT_EQ(Again.Head.Events, R.Head.Events) << Name << Seed;
      EXPECT_EQ(Again.Head.Found, R.Head.Found) << Name << Seed;
      EXPECT_EQ(Again.schedule(), R.schedule()) << Name << Seed;
    }
}

TEST(Controller, ADeadlockIsNamedWhereItHappens) {
  unsigned Deadlocks = 0;
  for (unsigned Seed = 1; Seed <= 20; ++Seed) {
    ControlledRun R = runControlled({guest("crossed")}, random(Seed));
    ASSERT_TRUE(R.Good);
    if (R.Head.Found == Verdict::None) {
      EXPECT_EQ(R.Out.Out, "both 2\n");
      EXPECT_EQ(R.Out.Status, 0);
      continue;
    }
    ++Deadlocks;
    EXPECT_EQ(R.Head.Found, Verdict::Deadlock);
    EXPECT_EQ(WEXITSTATUS(R.Out.Status), ExitDeadlock);
    const RunFinalRecord *Main = finalOf(R, 1), *One = finalOf(R, 2),
                         *Other = finalOf(R, 3);
    ASSERT_TRUE(Main && One && Other);
    EXPECT_EQ(Main->Waits, Op::Join);
    EXPECT_EQ(Main->InCycle, 0u);
    EXPECT_EQ(One->Waits, Op::Lock);
    EXPECT_EQ(One->Owner, 3u);
    EXPECT_EQ(One->InCycle, 1u);
    EXPECT_EQ(Other->Waits, Op::Lock);
    EXPECT_EQ(Other->Owner, 2u);
    EXPECT_EQ(Other->InCycle, 1u);
    EXPECT_NE(One->Object, Other->Object);
    for (const auto &Stack : R.Stacks)
      EXPECT_GE(Stack.size(), 3u);
    ASSERT_EQ(R.Held.size(), 2u);
    for (const RunHeldRecord &H : R.Held)
      EXPECT_EQ(H.Object, H.Head.Thread == 2 ? Other->Object : One->Object);
  }
  EXPECT_GT(Deadlocks, 0u);
  EXPECT_LT(Deadlocks, 20u);
}

TEST(Controller, ALostWakeUpIsNamed) {
  unsigned Lost = 0;
  for (unsigned Seed = 1; Seed <= 20; ++Seed) {
    ControlledRun R = runControlled({guest("lost-wakeup")}, random(Seed));
    ASSERT_TRUE(R.Good);
    if (R.Head.Found == Verdict::None) {
      EXPECT_EQ(R.Out.Out, "ready\n");
      continue;
    }
    ++Lost;
    EXPECT_EQ(R.Head.Found, Verdict::LostWakeup);
    // The thread that ends last, and finds it, waits for nobody: not itself.
    EXPECT_EQ(R.Uncontrolled, std::vector<std::string>());
    EXPECT_EQ(WEXITSTATUS(R.Out.Status), ExitDeadlock);
    const RunFinalRecord *Waiter = finalOf(R, 2);
    ASSERT_TRUE(Waiter);
    EXPECT_EQ(Waiter->Waits, Op::Wait);
  }
  EXPECT_GT(Lost, 0u);
  EXPECT_LT(Lost, 20u);
}

TEST(Controller, WhoDestroysAConditionWaitsForItsWaiters) {
  for (unsigned Seed = 1; Seed <= 5; ++Seed) {
    ControlledRun R =
        runControlled({guest("condition-destroyed"), "left"}, random(Seed));
    EXPECT_EQ(R.Head.Found, Verdict::LostWakeup) << Seed;
    const RunFinalRecord *Main = finalOf(R, 1), *Waiter = finalOf(R, 2);
    ASSERT_TRUE(Main && Waiter);
    EXPECT_EQ(Main->Waits, Op::ConditionDestroy);
    EXPECT_EQ(Waiter->Waits, Op::Wait);
    EXPECT_EQ(Main->Object, Waiter->Object);
  }
  // Who was woken, or whose time is up, is not waited for: it needs what the
  // one that destroys it has.
  for (const char *How : {"woken", "timed"})
    for (unsigned Seed = 1; Seed <= 20; ++Seed) {
      ControlledRun R =
          runControlled({guest("condition-destroyed"), How}, random(Seed));
      EXPECT_EQ(R.Head.Found, Verdict::None) << How << Seed;
      EXPECT_EQ(R.Out.Out, "destroyed\nover\n") << How << Seed;
    }
}

// Also in the moment in which it has gone off and its signal is not taken yet.
TEST(Controller, WhoWaitsForATimersSignalIsNotStuck) {
  for (unsigned Seed = 1; Seed <= 30; ++Seed) {
    ControlledRun R = runControlled({guest("alarm")}, random(Seed));
    EXPECT_EQ(R.Head.Found, Verdict::None) << Seed;
    EXPECT_EQ(R.Out.Out, "done\n") << Seed;
  }
}

TEST(Controller, AStrictReplayEndsWhereTheProgramLeavesIt) {
  Folder F;
  writeFile(F / "schedule", "1 1 77\n");
  std::string Options =
      "leaks=0:quiet=1:schedule=replay:replay=" + F / "schedule";
  ControlledRun R = runControlled({guest("queue")}, Options);
  EXPECT_EQ(R.Head.Found, Verdict::Diverged);
  EXPECT_EQ(WEXITSTATUS(R.Out.Status), ExitDiverged);
  R = runControlled({guest("queue")}, Options + ":replay_strict=0");
  EXPECT_EQ(R.Head.Found, Verdict::None);
  EXPECT_EQ(R.Out.Out, "sum 520\n");
}

TEST(Controller, AScheduleThatCannotBeReadIsSaid) {
  Folder F;
  writeFile(F / "schedule", "1 1 2\n2 x 1\n");
  Outcome O = raddle::testing::run(
      {guest("queue")},
      raddle::testing::preload("leaks=0:schedule=replay:replay=" +
                               F / "schedule"));
  EXPECT_NE(O.Err.find("line 2"), std::string::npos) << O.Err;
  EXPECT_EQ(O.Out, "sum 520\n");
  O = raddle::testing::run({guest("queue")},
                           raddle::testing::preload("schedule=quick:leaks=0"));
  EXPECT_NE(O.Err.find("no schedule 'quick'"), std::string::npos) << O.Err;
}

TEST(Controller, ALogThatIsFullLosesRecordsAndNoCounts) {
  ControlledRun Whole = runControlled({guest("queue")}, random(3));
  Folder F;
  makeLog(F / "log", 2048);
  raddle::testing::run(
      {guest("queue")},
      raddle::testing::preload(random(3) + ":run_log=" + (F / "log")));
  ControlledRun Cut;
  readLog(F / "log", Cut);
  EXPECT_TRUE(Cut.Good);
  EXPECT_GT(Cut.Head.Lost, 0u);
  EXPECT_EQ(Cut.Head.Hash, Whole.Head.Hash);
  EXPECT_EQ(Cut.Head.Events, Whole.Head.Events);
}

} // namespace
