// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs built with access points, under controlled schedules.
#include "stress/schedule/ControlledRun.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <filesystem>
#include <map>
#include <set>
#include <sys/wait.h>

using namespace raddle::stress;
using namespace raddle::stress::testing;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

namespace {

std::string program(const std::string &Name) {
  return std::string(RADDLE_ACCESS_PROGRAMS "/") + Name;
}

std::string options(const std::string &Strategy, unsigned Seed,
                    const std::string &Knowledge) {
  return "leaks=0:quiet=1:schedule=" + Strategy +
         ":seed=" + std::to_string(Seed) +
         (Knowledge.empty() ? "" : ":knowledge=" + Knowledge);
}

bool aborted(const ControlledRun &R) {
  return WIFSIGNALED(R.Out.Status) && WTERMSIG(R.Out.Status) == SIGABRT;
}

class Strategies : public ::testing::TestWithParam<const char *> {};

// Between two plain accesses, where no lock is and nothing else happens.
TEST_P(Strategies, FindALostUpdate) {
  for (const char *Compiler : {RADDLE_ACCESS_COMPILERS}) {
    Folder F;
    std::string Counter = program(std::string("counter-") + Compiler);
    unsigned Seed = 1;
    while (Seed <= 60 &&
           !aborted(runControlled({Counter},
                                  options(GetParam(), Seed, F / "knowledge"))))
      ++Seed;
    EXPECT_LE(Seed, 60u) << Compiler;
    for (Seed = 1; Seed <= 25; ++Seed) {
      ControlledRun R = runControlled({Counter + "-fixed"},
                                      options(GetParam(), Seed, F / "fixed"));
      EXPECT_EQ(R.Out.Status, 0) << Compiler << Seed << R.Out.Err;
      EXPECT_EQ(R.Head.Found, Verdict::None);
    }
  }
}

// With address randomisation as the machine has it.
TEST_P(Strategies, DoTheSameForSeedAndKnowledge) {
  for (const char *Compiler : {RADDLE_ACCESS_COMPILERS}) {
    Folder F;
    std::string Mixture = program(std::string("mixture-") + Compiler);
    for (unsigned Seed = 1; Seed <= 4; ++Seed) {
      ControlledRun R =
          runControlled({Mixture}, options(GetParam(), Seed, F / "learnt"));
      EXPECT_EQ(R.Out.Status, 0) << R.Out.Err;
    }
    std::set<uint64_t> Hashes;
    ControlledRun First;
    for (unsigned I = 0; I != 20; ++I) {
      std::filesystem::copy_file(
          F / "learnt", F / "copy",
          std::filesystem::copy_options::overwrite_existing);
      ControlledRun R =
          runControlled({Mixture}, options(GetParam(), 99, F / "copy"));
      if (!I)
        First = R;
      Hashes.insert(R.Head.Hash);
      EXPECT_EQ(R.Head.Events, First.Head.Events);
      EXPECT_EQ(R.schedule(), First.schedule());
      EXPECT_EQ(R.Out.Out, First.Out.Out);
    }
    EXPECT_EQ(Hashes.size(), 1u) << Compiler;
    EXPECT_THAT(First.Out.Out, MatchesRegex("9 18 123 [bcd]{9}\n"));
    // The switches are enough: without seed and knowledge.
    ControlledRun Again = replayed({Mixture}, First);
    EXPECT_EQ(Again.Head.Hash, First.Head.Hash);
    EXPECT_EQ(Again.Out.Out, First.Out.Out);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Strategies,
                         ::testing::Values("random", "pct", "pos", "surw",
                                           "orders", "portfolio"),
                         [](const auto &Info) { return Info.param; });

TEST(AccessPoints, BlocksLieWhereTheScheduleSays) {
  std::string Blocks = program("blocks-" + std::string(RADDLE_ACCESS_FIRST));
  for (unsigned Seed = 1; Seed <= 2; ++Seed) {
    std::set<std::string> Outputs;
    std::set<uint64_t> Hashes;
    for (unsigned I = 0; I != 20; ++I) {
      ControlledRun R = runControlled({Blocks}, options("random", Seed, ""));
      EXPECT_EQ(R.Out.Status, 0);
      Outputs.insert(R.Out.Out);
      Hashes.insert(R.Head.Hash);
    }
    EXPECT_EQ(Outputs.size(), 1u);
    EXPECT_EQ(Hashes.size(), 1u);
  }
}

TEST(AccessPoints, ABlockThatIsUsedAgainIsAnotherOne) {
  std::string Reuse = program("reuse-" + std::string(RADDLE_ACCESS_FIRST));
  ControlledRun R = runControlled({Reuse}, options("random", 3, ""));
  EXPECT_EQ(R.Out.Status, 0);
  EXPECT_EQ(R.Out.Out, "100\n");
  // Main writes ten times to each of its hundred blocks.
  std::map<uint64_t, std::pair<unsigned, std::set<uint32_t>>> ByPlace;
  for (const RunEventRecord &E : R.Events)
    if (E.Kind == Op::Write && E.AccessSize == 8 && E.Head.Thread == 1) {
      ++ByPlace[E.Pc].first;
      ByPlace[E.Pc].second.insert(E.Object);
    }
  bool Seen = false;
  for (const auto &[Pc, Writes] : ByPlace)
    if (Writes.first == 1000) {
      Seen = true;
      EXPECT_EQ(Writes.second.size(), 100u);
    }
  EXPECT_TRUE(Seen);
  // None of those was a point, as nobody else could notice: the strategy was
  // asked at little else.
  unsigned Accesses = 0;
  for (const RunSwitchRecord &S : R.Switches)
    for (const auto &[Pc, Writes] : ByPlace)
      Accesses += S.Pc == Pc && Writes.first == 1000;
  EXPECT_EQ(Accesses, 0u);
}

TEST(AccessPoints, AreLeftAloneInSignalHandlers) {
  for (const char *Compiler : {RADDLE_ACCESS_COMPILERS}) {
    Folder F;
    for (unsigned Seed = 1; Seed <= 3; ++Seed) {
      ControlledRun R =
          runControlled({program(std::string("signals-") + Compiler)},
                        options("random", Seed, F / "knowledge"), 120);
      EXPECT_EQ(R.Out.Status, 0) << R.Out.Err;
      EXPECT_EQ(R.Out.Out, "done\n");
    }
  }
}

TEST(AccessPoints, ReachOnlyWhatThreadsShare) {
  Folder F;
  std::string Counter = program("counter-" + std::string(RADDLE_ACCESS_FIRST));
  ControlledRun R;
  for (unsigned Seed = 1; Seed <= 4; ++Seed)
    R = runControlled({Counter + "-fixed"},
                      options("random", Seed, F / "knowledge"));
  unsigned Accesses = 0, Counted = 0;
  std::set<uint32_t> Objects;
  for (const RunEventRecord &E : R.Events)
    if (E.Kind == Op::Read || E.Kind == Op::Write) {
      ++Accesses;
      if (E.Head.Thread != 1 && E.AccessSize == 4)
        ++Counted, Objects.insert(E.Object);
    }
  // Of each of two threads a write of one number, and a read before it, which
  // clang leaves out.
  EXPECT_TRUE(Counted == 2 || Counted == 4) << Counted;
  EXPECT_EQ(Objects.size(), 1u);
  EXPECT_LT(R.Head.Points, R.Head.Events);
  EXPECT_GT(Accesses, 4u);
}

// The access that should have been a point comes before the one that shows it:
// learnt for the next run, also on a stack, and where both began by reading.
TEST(AccessPoints, AreLearntFromWhatCameLater) {
  for (const char *Compiler : {RADDLE_ACCESS_COMPILERS})
    for (const char *What : {"local", "read"}) {
      Folder F;
      unsigned Seed = 1;
      while (Seed <= 200 &&
             !aborted(runControlled(
                 {program(std::string("early-") + Compiler), What},
                 options("pct", Seed, F / "knowledge"))))
        ++Seed;
      EXPECT_LE(Seed, 200u) << Compiler << " " << What;
    }
}

/// Only who repeats itself for ever is said to.
TEST(AccessPoints, LongReadsAreNoLivelock) {
  for (const char *Compiler : {RADDLE_ACCESS_COMPILERS}) {
    Folder F;
    std::string Program = program(std::string("long-reads-") + Compiler);
    ControlledRun Work =
        runControlled({Program}, options("random", 1, F / "knowledge"));
    EXPECT_EQ(Work.Out.Status, 0) << Work.Out.Err;
    EXPECT_EQ(Work.Out.Out, "300000 300000\n");
    ControlledRun Spin = runControlled({Program, "forever"},
                                       options("random", 1, F / "knowledge"));
    EXPECT_EQ(WEXITSTATUS(Spin.Out.Status), ExitLivelock) << Spin.Out.Err;
    EXPECT_EQ(Spin.Head.Found, Verdict::Livelock);
  }
}

// A schedule with race reports on: raddle's library in front of the
// sanitizer's.
TEST(AccessPoints, AreThereUnderThreadSanitizer) {
  for (const char *Name : {RADDLE_ACCESS_SHARED_TSAN}) {
    Folder F;
    makeLog(F / "log");
    std::string Race = program(std::string("race-") + Name);
    std::set<uint64_t> Hashes;
    for (unsigned Run = 0; Run != 3; ++Run) {
      auto Environment = raddle::testing::preload(options("random", 5, "") +
                                                      ":run_log=" + (F / "log"),
                                                  RADDLE_STRESS_LIBRARY);
      Environment.push_back("TSAN_OPTIONS=exitcode=66:symbolize=0");
      ControlledRun R;
      R.Out = raddle::testing::run({Race}, Environment);
      readLog(F / "log", R);
      EXPECT_EQ(WEXITSTATUS(R.Out.Status), 66) << Name << R.Out.Err;
      EXPECT_EQ(R.Out.Out, "done\n");
      EXPECT_THAT(R.Out.Err, HasSubstr("data race"));
      unsigned Writes = 0;
      for (const RunEventRecord &E : R.Events)
        Writes += E.Kind == Op::Write && E.AccessSize == 4;
      EXPECT_GE(Writes, 2u) << Name;
      Hashes.insert(R.Head.Hash);
    }
    EXPECT_EQ(Hashes.size(), 1u) << Name;
  }
}

} // namespace
