// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Run.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <csignal>
#include <sys/wait.h>
#include <thread>

using namespace llvm;
using namespace raddle::stress;
using std::chrono::milliseconds;

namespace {

class ProgramRunnerTest : public testing::Test {
protected:
  void SetUp() override {
    SmallString<128> Path;
    ASSERT_FALSE(sys::fs::createUniqueDirectory("raddle-runner", Path));
    Folder = std::string(Path);
  }
  void TearDown() override { sys::fs::remove_directories(Folder); }

  std::unique_ptr<ProgramRunner>
  open(const std::string &Path, const std::atomic<bool> *Stop = nullptr,
       const std::string &Runtime = RADDLE_RUNTIME) {
    Expected<StressProgram> P = examineProgram(Path);
    if (!P) {
      ADD_FAILURE() << toString(P.takeError());
      return nullptr;
    }
    ProgramRunner::Settings S;
    S.Runtime = Runtime;
    S.WorkFolder = Folder;
    S.LogBytes = 1u << 16;
    S.Stop = Stop;
    auto Runner = ProgramRunner::open(*P, S);
    if (!Runner) {
      ADD_FAILURE() << toString(Runner.takeError());
      return nullptr;
    }
    return std::move(*Runner);
  }
  /// Without the runtime, whose part it plays.
  std::unique_ptr<ProgramRunner> openSample() {
    return open(RADDLE_FORK_SERVER, nullptr, "");
  }
  static RunResult run(ProgramRunner &Runner, const RunRequest &Request) {
    Expected<RunResult> R = Runner.run(Request);
    if (!R) {
      ADD_FAILURE() << toString(R.takeError());
      return {};
    }
    return std::move(*R);
  }
  static RunRequest shell(std::string Script) {
    RunRequest R;
    R.Arguments = {"-c", std::move(Script)};
    return R;
  }

  std::string Folder;
};

TEST_F(ProgramRunnerTest, GivesOutputAndStatusOfEachRun) {
  auto Runner = open("/bin/sh");
  ASSERT_TRUE(Runner);
  RunResult R = run(*Runner, shell("echo out; echo err >&2; exit 3"));
  EXPECT_TRUE(WIFEXITED(R.Status));
  EXPECT_EQ(WEXITSTATUS(R.Status), 3);
  EXPECT_EQ(R.Out, "out\n");
  EXPECT_EQ(R.Err, "err\n");
  EXPECT_FALSE(R.TimedOut);
  EXPECT_EQ(R.Log.Pid, 0);
  // Nothing of the first run is left in the second.
  R = run(*Runner, shell("cat; kill -SEGV $$"));
  EXPECT_TRUE(WIFSIGNALED(R.Status));
  EXPECT_EQ(WTERMSIG(R.Status), SIGSEGV);
  EXPECT_EQ(R.Out, "");
  EXPECT_EQ(R.Err, "");
}

TEST_F(ProgramRunnerTest, KillsTheWholeGroupAtTheLimit) {
  auto Runner = open("/bin/sh");
  ASSERT_TRUE(Runner);
  RunRequest Hangs = shell("sleep 1000 & echo $!; wait");
  Hangs.Timeout = milliseconds(3000);
  RunResult R = run(*Runner, Hangs);
  EXPECT_TRUE(R.TimedOut);
  pid_t Sleep = std::atoi(R.Out.c_str());
  ASSERT_GT(Sleep, 1);
  // It was killed; whose child it is now waits for it some time.
  for (int I = 0; I != 2000 && ::kill(Sleep, 0) == 0; ++I) {
    auto Status = MemoryBuffer::getFileAsStream(
        "/proc/" + std::to_string(Sleep) + "/stat");
    if (!Status || (*Status)->getBuffer().contains(") Z"))
      return;
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_NE(::kill(Sleep, 0), 0);
}

TEST_F(ProgramRunnerTest, StopsAtOnceWhenToldTo) {
  std::atomic<bool> Stop{true};
  auto Runner = open("/bin/sh", &Stop);
  ASSERT_TRUE(Runner);
  RunResult R = run(*Runner, shell("sleep 1000"));
  EXPECT_TRUE(R.Stopped);
  EXPECT_FALSE(R.TimedOut);
}

TEST_F(ProgramRunnerTest, KeepsBothEndsOfMuchOutput) {
  auto Runner = open("/bin/sh");
  ASSERT_TRUE(Runner);
  RunResult R = run(*Runner, shell("echo begin; head -c 3000000 /dev/zero | tr "
                                   "'\\0' x; echo end"));
  EXPECT_TRUE(StringRef(R.Out).starts_with("begin\n"));
  EXPECT_TRUE(StringRef(R.Out).ends_with("end\n"));
  EXPECT_NE(R.Out.find("[... 1951434 bytes]"), std::string::npos);
  EXPECT_LT(R.Out.size(), 1100000u);
}

TEST_F(ProgramRunnerTest, ChangesTheEnvironment) {
  auto Runner = open("/bin/sh");
  ASSERT_TRUE(Runner);
  RunRequest R = shell("echo $RADDLE_SAMPLE");
  R.Environment = {{"RADDLE_SAMPLE", "of the test"}};
  EXPECT_EQ(run(*Runner, R).Out, "of the test\n");
}

TEST_F(ProgramRunnerTest, RunsUnderTheRuntime) {
  auto Runner = open("/bin/sh");
  ASSERT_TRUE(Runner);
  RunRequest R = shell("echo fine; exit 4");
  R.Options = "leaks=1:quiet=1";
  R.Trace = Folder + "/t-%p.trace";
  RunResult Result = run(*Runner, R);
  EXPECT_EQ(WEXITSTATUS(Result.Status), 4);
  EXPECT_EQ(Result.Out, "fine\n");
  EXPECT_EQ(Result.Err, "");
  EXPECT_TRUE(
      sys::fs::exists(Folder + "/t-" + std::to_string(Result.Pid) + ".trace"));
}

/// The sample answers as its argument says.
TEST_F(ProgramRunnerTest, AsksAForkServer) {
  auto Runner = openSample();
  ASSERT_TRUE(Runner);
  RunRequest R;
  R.Options = "seed=1";
  R.Arguments = {"serve"};
  RunResult First = run(*Runner, R);
  EXPECT_EQ(WEXITSTATUS(First.Status), 1) << First.Err;
  R.Options = "seed=2";
  RunResult Second = run(*Runner, R);
  EXPECT_EQ(WEXITSTATUS(Second.Status), 2) << Second.Err;
  // One start-up for both.
  EXPECT_EQ(First.Err, "started up\n");
  EXPECT_EQ(Second.Err, "");
  EXPECT_NE(First.Pid, Second.Pid);
  // Other options, other server.
  R.Options = "depth=2:seed=3";
  EXPECT_EQ(run(*Runner, R).Err, "started up\n");
}

TEST_F(ProgramRunnerTest, RunsWhatRefusesToServe) {
  auto Runner = openSample();
  ASSERT_TRUE(Runner);
  RunRequest R;
  R.Options = "seed=5";
  for (const char *How : {"refuse", "ignore", "close"}) {
    R.Arguments = {How};
    RunResult Result = run(*Runner, R);
    EXPECT_EQ(WEXITSTATUS(Result.Status), 5) << How;
  }
}

TEST_F(ProgramRunnerTest, StartsAServerAnewThatWasKilledByARun) {
  auto Runner = openSample();
  ASSERT_TRUE(Runner);
  RunRequest R;
  R.Options = "seed=6";
  R.Arguments = {"serve"};
  EXPECT_EQ(WEXITSTATUS(run(*Runner, R).Status), 6);
  // Seed 99 kills its group, here with the server, there alone.
  R.Options = "seed=99";
  EXPECT_EQ(WTERMSIG(run(*Runner, R).Status), SIGKILL);
  R.Options = "seed=7";
  EXPECT_EQ(WEXITSTATUS(run(*Runner, R).Status), 7);
}

TEST_F(ProgramRunnerTest, EndsAServedRunAtTheLimit) {
  auto Runner = openSample();
  ASSERT_TRUE(Runner);
  RunRequest R;
  R.Options = "seed=98";
  R.Arguments = {"serve"};
  R.Timeout = milliseconds(700);
  EXPECT_TRUE(run(*Runner, R).TimedOut);
  R.Options = "seed=8";
  R.Timeout = milliseconds(60000);
  EXPECT_EQ(WEXITSTATUS(run(*Runner, R).Status), 8);
}

TEST_F(ProgramRunnerTest, SaysWhatProgramsAre) {
  auto P = examineProgram("/bin/sh");
  ASSERT_TRUE(bool(P)) << toString(P.takeError());
  EXPECT_EQ(P->Kind, Build::Plain);
  EXPECT_FALSE(P->GoogleTest);
  EXPECT_GE(P->BuildId.size(), 16u);
  auto Own = examineProgram("/proc/self/exe");
  ASSERT_TRUE(bool(Own)) << toString(Own.takeError());
  EXPECT_TRUE(Own->GoogleTest);
  auto Refused = [](StringRef Path) {
    auto No = examineProgram(Path);
    return No ? std::string("runs") : toString(No.takeError());
  };
  EXPECT_NE(Refused("/nowhere").find("cannot be run"), std::string::npos);
  EXPECT_NE(Refused("/tmp").find("is a folder"), std::string::npos);
  EXPECT_NE(Refused("/etc/passwd").find("not executable"), std::string::npos);
}

} // namespace
