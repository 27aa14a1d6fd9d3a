// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs under jitter: they do what they do alone, what was injected stands
// in the run log, and what races is seen to race.
#include "runtime/GuestRun.h"
#include "stress/inject/Knowledge.h"
#include "stress/log/RunLog.h"
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <thread>

using namespace raddle;
using namespace raddle::testing;
using namespace raddle::stress;

namespace {

const char Observers[] = "leaks=1:locks=1:deadlocks=1:grace_ms=0:quiet=1:"
                         "exitcode=0:";

std::string jitter(unsigned Seed, const std::string &More = "") {
  return "jitter=1:seed=" + std::to_string(Seed) + More;
}

/// A log as the runner makes it.
std::string emptyLog(const std::string &Path, size_t Size = 1 << 20) {
  RunLogHead Head = {};
  std::memcpy(Head.Magic, RunLogMagic, sizeof(Head.Magic));
  Head.Version = RunLogVersion;
  Head.HeaderSize = sizeof(Head);
  Head.FileSize = Size;
  std::string Text(Size, '\0');
  std::memcpy(Text.data(), &Head, sizeof(Head));
  std::ofstream(Path, std::ios::binary) << Text;
  return Path;
}

struct Log {
  explicit Log(const std::string &Path) {
    Text = contents(Path);
    std::memcpy(&Head, Text.data(), sizeof(Head));
    for (size_t At = Head.HeaderSize;
         At + sizeof(RunRecord) <= Head.HeaderSize + Head.Used;) {
      RunRecord R;
      std::memcpy(&R, Text.data() + At, sizeof(R));
      if (R.Type == RunRecordType::End)
        break;
      EXPECT_EQ(R.Size % 8, 0);
      if (R.Size < sizeof(R))
        break;
      if (R.Type == RunRecordType::Delay) {
        RunDelayRecord D;
        std::memcpy(&D, Text.data() + At, sizeof(D));
        Delays.push_back(D);
      }
      Modules += R.Type == RunRecordType::Module;
      Threads += R.Type == RunRecordType::Thread;
      At += R.Size;
    }
  }
  std::string Text;
  RunLogHead Head = {};
  std::vector<RunDelayRecord> Delays;
  unsigned Modules = 0, Threads = 0;
};

struct Case {
  const char *Name;
  std::vector<std::string> Arguments;
};
class JitterGuest : public ::testing::TestWithParam<Case> {};

TEST_P(JitterGuest, DoesAsAlone) {
  const Case &C = GetParam();
  Folder F;
  std::vector<std::string> Command = {guest(C.Name)};
  Command.insert(Command.end(), C.Arguments.begin(), C.Arguments.end());
  Outcome Alone = run(Command);
  // These take a while: one has more threads than jitter keeps track of.
  bool Long =
      C.Name == std::string("many-threads") || C.Name == std::string("limits");
  unsigned Seeds = Long ? 1 : 3;
  for (unsigned Seed = 1; Seed <= Seeds; ++Seed) {
    SCOPED_TRACE(Seed);
    Outcome Held = run(
        Command, preload(Observers +
                         jitter(Seed, ":knowledge=" + (F / "known") +
                                          ":run_log=" + emptyLog(F / "log"))));
    EXPECT_EQ(Held.Out, Alone.Out);
    EXPECT_EQ(Held.Err, Alone.Err);
    EXPECT_EQ(Held.Status, Alone.Status);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Programs, JitterGuest,
    ::testing::Values(
        Case{"signals", {}}, Case{"stacks", {}}, Case{"destructors", {}},
        Case{"errors", {}}, Case{"forks", {}}, Case{"many-threads", {}},
        Case{"cpp-threads", {}}, Case{"cancel", {}}, Case{"limits", {}},
        Case{"descriptors", {}}, Case{"loading", {}}, Case{"accesses", {}},
        Case{"ends", {"return"}}, Case{"ends", {"exit-in-thread"}},
        Case{"ends", {"main-first"}}, Case{"ends", {"abort"}},
        Case{"ends", {"quick_exit"}}),
    [](const auto &Info) {
      std::string Name = Info.param.Name;
      for (const std::string &A : Info.param.Arguments)
        Name += A;
      std::erase_if(Name, [](char C) { return C == '-' || C == '_'; });
      return Name;
    });

TEST(Jitter, IsNotedInTheLog) {
  Folder F;
  std::string Path = emptyLog(F / "log");
  uint64_t Delays = 0, Points = 0;
  for (unsigned Seed = 1; Seed != 8; ++Seed) {
    Outcome O = run({guest("cpp-threads")},
                    preload("leaks=0:" + jitter(Seed, ":run_log=" + Path)));
    ASSERT_EQ(O.Status, 0);
    Log L(Path);
    EXPECT_STREQ(L.Head.Strategy, "jitter");
    EXPECT_EQ(L.Head.Seed, Seed);
    EXPECT_GT(L.Modules, 1u);
    EXPECT_GT(L.Threads, 1u);
    EXPECT_GT(L.Head.DurationNs, 0u);
    uint64_t Ns = 0;
    for (const RunDelayRecord &D : L.Delays) {
      EXPECT_NE(D.Pc, 0u);
      EXPECT_GE(D.Head.Thread, 1u);
      EXPECT_LE(D.AtNs, L.Head.DurationNs);
      Ns += D.Ns;
    }
    if (!L.Head.Lost) {
      EXPECT_EQ(L.Delays.size(), L.Head.Delays);
      EXPECT_EQ(Ns, L.Head.DelayNs);
    }
    Delays += L.Head.Delays;
    Points += L.Head.Points;
  }
  EXPECT_GT(Delays, 0u);
  EXPECT_GT(Points, Delays);
}

/// A program is told of as many cores as ever, and so are its children.
TEST(Jitter, FewerCoresAreNotSeen) {
  Outcome Alone = run({guest("accesses")});
  Folder F;
  std::string Path = emptyLog(F / "log");
  Outcome O = run({guest("accesses")},
                  preload("leaks=0:" + jitter(1, ":cores=1:run_log=" + Path)));
  EXPECT_EQ(O.Out, Alone.Out);
  EXPECT_EQ(O.Status, Alone.Status);
  if (std::thread::hardware_concurrency() < 2)
    GTEST_SKIP() << "there is one core";
  unsigned Limits = 0;
  for (const RunDelayRecord &D : Log(Path).Delays)
    Limits += D.What == RunDelayRecord::Affinity;
  EXPECT_EQ(Limits, 1u);
}

bool isAccess(const RunDelayRecord &D) {
  return D.Before == Op::Read || D.Before == Op::Write ||
         D.Before == Op::AtomicUpdate;
}

/// Threads are held at plain accesses of a program that nobody rebuilt; and,
/// when that is not wanted, at none.
TEST(Jitter, PointsAtAccesses) {
  Folder F;
  std::string Path = emptyLog(F / "log");
  size_t With = 0, Without = 0;
  for (unsigned Seed = 1; Seed != 9; ++Seed) {
    run({guest("accesses")},
        preload("leaks=0:" + jitter(Seed, ":run_log=" + Path)));
    Log L(Path);
    With += size_t(std::count_if(L.Delays.begin(), L.Delays.end(), isAccess));
    run({guest("accesses")},
        preload("leaks=0:" + jitter(Seed, ":access_points=0:run_log=" + Path)));
    Log M(Path);
    Without +=
        size_t(std::count_if(M.Delays.begin(), M.Delays.end(), isAccess));
  }
  EXPECT_GT(With, 0u);
  EXPECT_EQ(Without, 0u);
}

/// A log that is full, cut or none at all changes nothing for the program.
TEST(Jitter, LogsThatWillNotDo) {
  Folder F;
  Outcome Alone = run({guest("cpp-threads")});
  std::ofstream(F / "text") << "something else\n";
  std::ofstream(F / "cut") << contents(emptyLog(F / "log")).substr(0, 1000);
  for (const std::string &Path :
       {F / "none", F / "text", F / "cut", std::string("/dev/null"),
        emptyLog(F / "small", sizeof(RunLogHead) + 64)}) {
    SCOPED_TRACE(Path);
    Outcome O = run({guest("cpp-threads")},
                    preload(Observers + jitter(3, ":run_log=" + Path +
                                                      ":knowledge=" + Path)));
    EXPECT_EQ(O.Out, Alone.Out);
    EXPECT_EQ(O.Err, Alone.Err);
    EXPECT_EQ(O.Status, Alone.Status);
  }
  EXPECT_EQ(contents(F / "text"), "something else\n");
  EXPECT_FALSE(std::filesystem::exists(F / "none") &&
               std::filesystem::file_size(F / "none") != sizeof(KnowledgeFile));
  EXPECT_GT(Log(F / "small").Head.Lost, 0u);
}

TEST(Jitter, RunsTeachTheNextOnes) {
  Folder F;
  for (unsigned Seed = 1; Seed != 5; ++Seed)
    run({guest("cpp-threads")},
        preload("leaks=0:" + jitter(Seed, ":knowledge=" + (F / "known"))));
  std::string Text = contents(F / "known");
  ASSERT_EQ(Text.size(), sizeof(KnowledgeFile));
  auto *K = reinterpret_cast<const KnowledgeFile *>(Text.data());
  EXPECT_EQ(K->Runs, 4u);
  EXPECT_EQ(K->Failures, 0u);
  unsigned Often = 0, Shared = 0;
  for (const SiteKnowledge &S : K->Table) {
    // The same places in every run, wherever the program lies in memory.
    Often += S.Runs >= 3;
    Shared += (S.Flags & SiteKnowledge::Shared) != 0;
  }
  EXPECT_GT(Often, 3u);
  EXPECT_GT(Shared, 0u);
}

/// Money that is in neither account for a moment: 1 run in 5 shows it, and none
/// of a thousand without jitter. Its corrected twin never fails.
TEST(Jitter, MakesRacesShow) {
  Folder F;
  auto Fails = [&](const std::string &Program, unsigned Seed) {
    Outcome O =
        run({STRESS_PROGRAMS "/" + Program},
            preload("leaks=0:" + jitter(Seed, ":knowledge=" + (F / Program))));
    if (O.Status != 0)
      EXPECT_TRUE(WIFSIGNALED(O.Status)) << O.Err;
    return O.Status != 0;
  };
  unsigned Seed = 1;
  while (Seed <= 200 && !Fails("account", Seed))
    ++Seed;
  EXPECT_LE(Seed, 200u);
  for (Seed = 1; Seed <= 40; ++Seed)
    EXPECT_FALSE(Fails("account-fixed", Seed)) << Seed;
}

/// A schedule decides by itself who runs.
TEST(Jitter, StandsBackForASchedule) {
  Folder F;
  run({guest("cpp-threads")},
      preload("leaks=0:" +
              jitter(1, ":schedule=none-such:knowledge=" + (F / "known"))));
  EXPECT_FALSE(std::filesystem::exists(F / "known"));
}

/// The library may be a copy with another name: its own code stays as it is.
TEST(Jitter, TheLibraryMayHaveAnotherName) {
  Folder F;
  std::filesystem::copy_file(RADDLE_RUNTIME, F / "observer.so");
  std::vector<std::string> Renamed = preload(jitter(1, ":quiet=1:leaks=0"));
  Renamed[0] = "LD_PRELOAD=" + (F / "observer.so");
  Outcome Alone = run({guest("cancel")}),
          Under = run({guest("cancel")}, Renamed);
  EXPECT_EQ(Under.Out, Alone.Out);
  EXPECT_EQ(Under.Err, Alone.Err);
  EXPECT_EQ(Under.Status, Alone.Status);
}

} // namespace
