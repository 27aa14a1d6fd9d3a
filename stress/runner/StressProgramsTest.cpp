// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The programs of testdata/programs/stress under controlled schedules, run as
// campaigns run them: each bug is found, and said to be what it is; nothing is
// found in the corrected twins; and a seed decides all of a run.
#include "stress/runner/Failure.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::stress;

namespace {

constexpr const char *Schedulers[] = {"random", "pct", "pos", "surw", "orders"};

struct BuggyProgram {
  const char *Name;
  /// Kinds of failure, of which it may have any.
  std::vector<StringRef> Kinds;
  /// Schedules of the portfolio within which it is found. Several times what it
  /// takes, as that changes with every change to a scheduler.
  unsigned Within = 400;
};

constexpr StringRef Assertion = "assertion", Deadlock = "deadlock",
                    LostWakeup = "lost wake-up", Crash = "signal SIGSEGV",
                    Exception = "uncaught exception";

const BuggyProgram Programs[] = {
    {"aba-stack", {Assertion}, 1500},
    {"account", {Assertion}},
    {"barrier-count", {Deadlock, LostWakeup}},
    {"bluetooth", {Assertion}},
    {"bounded-buffer", {LostWakeup}, 1500},
    {"callback-freed", {Crash}},
    {"carter", {Deadlock}},
    {"check-then-act", {Assertion}},
    {"circuit-breaker", {Assertion}},
    {"circular-buffer", {Assertion}},
    {"condvar-if", {Assertion}},
    {"core-count", {Deadlock, LostWakeup}},
    {"crossed-locks", {Deadlock}},
    {"dining-3", {Deadlock}},
    {"dining-5", {Deadlock}},
    {"double-checked", {Assertion}},
    {"fsbench", {Assertion}},
    {"lazy-init", {Assertion}},
    {"lost-update", {Assertion}},
    {"missed-notify", {LostWakeup}},
    {"naive-spinlock", {Assertion}},
    {"phase", {LostWakeup}},
    {"pool-shutdown", {Assertion}},
    {"promise-twice", {Exception}},
    {"queue", {Assertion}},
    {"queue-freed", {Crash}},
    {"rare-path", {Crash}},
    {"refcount", {Assertion}},
    {"reorder-3", {Assertion}},
    {"reorder-5", {Assertion}},
    {"reorder-10", {Assertion}},
    {"reorder-20", {Assertion}},
    {"reorder-50", {Assertion}},
    {"reorder-100", {Assertion}},
    {"rw-upgrade", {LostWakeup}},
    {"semaphore", {Deadlock, LostWakeup}},
    {"spawn-before-init", {Crash}},
    {"split-section", {Assertion}},
    {"stack", {Assertion}},
    {"stringbuffer", {Assertion}},
    {"timeout-race", {Assertion}},
    {"token-ring", {Assertion}},
    {"trylock-livelock", {Assertion}},
    {"twostage", {Assertion}},
    {"twostage-20", {Assertion}},
    {"twostage-50", {Assertion}},
    {"twostage-100", {Assertion}},
    {"vector-growth", {Assertion}},
    {"work-stealing", {Assertion}},
    {"wronglock", {Assertion}},
};

class StressPrograms : public testing::TestWithParam<BuggyProgram> {
protected:
  void SetUp() override {
    SmallString<128> Path;
    ASSERT_FALSE(sys::fs::createUniqueDirectory("raddle-programs", Path));
    Folder = std::string(Path);
  }
  void TearDown() override { sys::fs::remove_directories(Folder); }

  std::unique_ptr<ProgramRunner> open(std::string Name,
                                      bool ForkServer = true) {
    Expected<StressProgram> P =
        examineProgram(RADDLE_STRESS_PROGRAMS "/" + Name);
    if (!P) {
      ADD_FAILURE() << toString(P.takeError());
      return nullptr;
    }
    EXPECT_EQ(P->Kind, Build::Points);
    ProgramRunner::Settings S;
    S.Runtime = RADDLE_RUNTIME;
    S.WorkFolder = Folder;
    S.ForkServer = ForkServer;
    S.LogBytes = 1u << 20;
    auto Runner = ProgramRunner::open(*P, S);
    if (!Runner) {
      ADD_FAILURE() << toString(Runner.takeError());
      return nullptr;
    }
    return std::move(*Runner);
  }

  RunResult run(ProgramRunner &Runner, StringRef Scheduler, unsigned Seed) {
    RunRequest Request;
    Request.Options =
        ("leaks=0:quiet=1:schedule=" + Scheduler + ":seed=" + Twine(Seed) +
         ":knowledge=" + Folder + "/knowledge." + Scheduler)
            .str();
    Expected<RunResult> R = Runner.run(Request);
    if (!R) {
      ADD_FAILURE() << toString(R.takeError());
      return {};
    }
    return std::move(*R);
  }

  std::string Folder;
};

TEST_P(StressPrograms, TheBugIsFound) {
  auto Runner = open(GetParam().Name);
  ASSERT_TRUE(Runner);
  for (unsigned Seed = 1; Seed <= GetParam().Within; ++Seed) {
    RunResult R = run(*Runner, "portfolio", Seed);
    std::vector<Failure> Found = failuresOf(R);
    if (Found.empty())
      continue;
    EXPECT_TRUE(is_contained(GetParam().Kinds, Found[0].Kind))
        << Found[0].Kind << ": " << Found[0].Says << "\n"
        << R.Err;
    RecordProperty("schedules", int(Seed));
    return;
  }
  FAIL() << "not within " << GetParam().Within << " schedules";
}

TEST_P(StressPrograms, TheCorrectedTwinPasses) {
  auto Runner = open(std::string(GetParam().Name) + "-fixed");
  ASSERT_TRUE(Runner);
  // Fewer of those with up to a hundred threads.
  unsigned Schedules = StringRef(GetParam().Name).ends_with("0") ? 20 : 100;
  for (StringRef Scheduler : Schedulers)
    for (unsigned Seed = 1; Seed <= Schedules; ++Seed) {
      RunResult R = run(*Runner, Scheduler, Seed);
      std::vector<Failure> Found = failuresOf(R);
      ASSERT_TRUE(Found.empty())
          << Scheduler.str() << ", seed " << Seed << ": " << Found[0].Kind
          << ": " << Found[0].Says << "\n"
          << R.Err;
      ASSERT_GT(R.Log.Events, 0u) << "not under control";
    }
}

// By exec, so that each process has addresses of its own.
TEST_P(StressPrograms, EqualSeedsGiveEqualLogs) {
  auto Runner = open(GetParam().Name, /*ForkServer=*/false);
  ASSERT_TRUE(Runner);
  RunResult First = run(*Runner, "pos", 7);
  ASSERT_GT(First.Log.Events, 0u);
  for (int I = 0; I != 4; ++I) {
    sys::fs::remove(Folder + "/knowledge.pos");
    RunResult R = run(*Runner, "pos", 7);
    EXPECT_EQ(R.Log.Hash, First.Log.Hash);
    EXPECT_EQ(R.Log.Events, First.Log.Events);
    EXPECT_EQ(R.Status, First.Status);
  }
}

INSTANTIATE_TEST_SUITE_P(All, StressPrograms, testing::ValuesIn(Programs),
                         [](const auto &Info) {
                           std::string Name = Info.param.Name;
                           std::replace(Name.begin(), Name.end(), '-', '_');
                           return Name;
                         });

} // namespace
