// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where campaigns end, and what they say on the way there: time, runs at the
// same time, shards that were killed, steps without end; through the real
// command line.
#include "cli/execute/Workers.h"
#include "cli/testing/TestProject.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <chrono>
#include <csignal>
#include <filesystem>
#include <pty.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace llvm;
using namespace raddle::cli::testing;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

const std::string Program = RADDLE_CAMPAIGN, Tests = RADDLE_CAMPAIGN_TESTS;

class StressLimits : public ::testing::Test {
protected:
  Ran stress(std::vector<std::string> Options,
             std::vector<std::string> Behind) {
    Options.insert(Options.begin(), "stress");
    Options.push_back("--");
    append_range(Options, Behind);
    return P.raddle(Options);
  }
  /// The only campaign of a result.
  json::Object campaign(const std::string &File) {
    Expected<json::Value> V = json::parse(P.read(File));
    if (!V) {
      ADD_FAILURE() << toString(V.takeError());
      return {};
    }
    const json::Object *Run = V->getAsObject()->getObject("run");
    const json::Array *All = Run ? Run->getArray("stress") : nullptr;
    if (!All || All->size() != 1) {
      ADD_FAILURE() << "not one campaign in " << File;
      return {};
    }
    return *All->front().getAsObject();
  }
  TestProject P;
};

TEST_F(StressLimits, ALivelockIsNamedAndComesAgain) {
  Ran R = stress(
      {"--strategy", "pos", "--seed", "1", "--runs", "1", "--native", "0"},
      {Program, "try"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("livelock: threads run, and nothing changes"));
  EXPECT_THAT(R.Out, HasSubstr("[raddle-hang]"));
  EXPECT_THAT(R.Out, HasSubstr("thread 2 runs"));
  EXPECT_THAT(R.Out, HasSubstr("campaign.cpp"));
  R = P.raddle({"replay", "raddle-stress/failure-1.replay"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("it failed as recorded, with the same "));
}

TEST_F(StressLimits, ALostWakeUpIsNamedWhereItIsWaitedFor) {
  Ran R = stress({"--strategy", "pos,pct", "--seed", "1", "--runs", "300",
                  "--native", "0"},
                 {RADDLE_LOST_WAKEUP});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Out, ContainsRegex("lost-wakeup.cpp:24:[0-9]+: error: lost "
                                   "wake-up: thread [23] waits for a signal to "
                                   "the condition variable 'Changed'; nobody "
                                   "is left to wake it \\[raddle-deadlock\\]"));
  R = P.raddle({"replay", "raddle-stress/failure-1.replay", "--runs", "5"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("5 of 5 runs failed as recorded, 5 with the "
                               "same "));
  EXPECT_THAT(R.Err, HasSubstr("lost wake-up: thread "));
}

TEST_F(StressLimits, AStepLimitIsKeptInTheReplayFile) {
  std::vector<std::string> Options = {"--strategy", "pos", "--seed",   "1",
                                      "--runs",     "1",   "--native", "0"};
  EXPECT_EQ(stress(Options, {Program, "long"}).Code, 0);
  append_range(Options, std::vector<std::string>{"--step-limit", "500"});
  Ran R = stress(Options, {Program, "long"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("step limit: more steps than the limit"));
  EXPECT_THAT(R.Out, HasSubstr("[raddle-hang]"));
  R = P.raddle({"replay", "raddle-stress/failure-1.replay"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("it failed as recorded, with the same "));
}

TEST_F(StressLimits, TimeEndsACampaign) {
  Ran R = stress({"--strategy", "native", "--time", "1s", "-o", "r.json"},
                 {Program, "clean"});
  EXPECT_EQ(R.Code, 0) << R.Err;
  EXPECT_THAT(R.Err, Not(HasSubstr("cut short")));
  json::Object C = campaign("r.json");
  EXPECT_GT(C.getInteger("runs").value_or(0), 0);
  EXPECT_GE(C.getNumber("seconds").value_or(0), 1.0);
}

// Else a campaign that is shorter than the limit of a run would end with
// nothing found.
TEST_F(StressLimits, ARunThatHangsWhenTimeIsUpIsReported) {
  Ran R = stress({"--strategy", "native", "--time", "1s", "--timeout", "4s"},
                 {Program, "spin"});
  EXPECT_EQ(R.Code, 23) << R.Out << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("[raddle-hang]"));
}

// Each run waits until it has met another one.
TEST_F(StressLimits, RunsRunAtTheSameTime) {
  std::filesystem::create_directory(P.path("meet"));
  Ran R = stress({"--strategy", "native", "--runs", "4", "-j", "2"},
                 {Program, "meet", "meet"});
  EXPECT_EQ(R.Code, 0) << R.Out << R.Err;
}

TEST_F(StressLimits, SameFindingsWithSeveralJobs) {
  Ran R = stress({"--strategy", "pos,pct", "--seed", "1", "--runs", "200",
                  "--native", "0", "-j", "4", "--keep-going", "-o", "r.json"},
                 {Program, "lost"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("1 finding (1 error) in 200 stress runs"));
  EXPECT_EQ(campaign("r.json").getInteger("runs"), 200);
  R = P.raddle({"replay", "raddle-stress/failure-1.replay", "--runs", "5"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("5 of 5 runs failed as recorded"));
}

TEST_F(StressLimits, AKilledShardGoesOnAndIsJoinedWithTheOthers) {
  std::vector<std::string> Options = {"stress", "--strategy",  "native",
                                      "--runs", "600",         "-j",
                                      "1",      "--keep-going"};
  // Runs of a hundredth of a second: a shard is not over when its state is kept
  // for the first time, after one second.
  std::vector<std::string> Behind = {"--", Program, "nth", "runs", "5", "10"};
  auto Shard = [&](const char *Number, std::vector<std::string> More) {
    std::vector<std::string> All = Options;
    append_range(All, std::vector<std::string>{
                          "--shard", std::string(Number) + "/2", "-o",
                          std::string("part") + Number + ".json"});
    append_range(All, More);
    append_range(All, Behind);
    return All;
  };
  pid_t Child =
      P.start(Shard("1", {"--seed", "1", "--out", "one"}), "first.err");
  for (int I = 0; I != 3000 && !P.exists("one/state.json"); ++I)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(P.exists("one/state.json"));
  ::kill(Child, SIGKILL);
  ::waitpid(Child, nullptr, 0);
  ASSERT_FALSE(P.exists("part1.json") && P.read("part1.json") != "");
  // Another part is not it.
  Ran R = P.raddle(Shard("2", {"--resume", "one"}));
  EXPECT_EQ(R.Code, 2) << R.Err;
  R = P.raddle(Shard("1", {"--resume", "one"}));
  EXPECT_EQ(R.Code, 23) << R.Err;
  R = P.raddle(Shard("2", {"--seed", "1", "--out", "two"}));
  EXPECT_EQ(R.Code, 0) << R.Err;
  EXPECT_EQ(campaign("part1.json").getInteger("runs"), 300);
  EXPECT_EQ(campaign("part2.json").getInteger("runs"), 300);
  R = P.raddle({"report", "part1.json", "part2.json", "-o", "all.json"});
  EXPECT_EQ(R.Code, 0) << R.Err;
  json::Object All = campaign("all.json");
  EXPECT_EQ(All.getInteger("runs"), 600);
  EXPECT_EQ(All.getInteger("failed"), 1);
  EXPECT_EQ(All.getArray("failures")->size(), 1u);
  EXPECT_GE(P.read("runs").size(), 600u);
}

TEST_F(StressLimits, FlakyTestsAreMarkedInJUnit) {
  Ran R = stress({"--strategy", "pos,pct", "--seed", "1", "--runs", "100",
                  "--native", "0", "-j", "1", "--keep-going", "-o", "r.xml"},
                 {Tests});
  EXPECT_EQ(R.Code, 23) << R.Err;
  std::string Text = P.read("r.xml");
  auto Case = [&](const std::string &Name) {
    size_t At = Text.find("name=\"" + Name + " [plain, pos]");
    size_t End = Text.find("</testcase>", At);
    EXPECT_NE(At, std::string::npos) << Text;
    return At == std::string::npos ? "" : Text.substr(At, End - At);
  };
  EXPECT_THAT(Case("LosesACount"), HasSubstr("<flakyFailure"));
  EXPECT_THAT(Case("LosesACount"),
              HasSubstr("<property name=\"flaky\" value=\"true\"/>"));
  EXPECT_THAT(Case("Counts"), Not(HasSubstr("<flakyFailure")));
}

/// What raddle writes on a terminal of its own.
std::string onTerminal(const TestProject &P,
                       std::vector<std::string> Arguments) {
  std::string Raddle =
      (sys::path::parent_path(cantFail(raddle::cli::findFrontend())) +
       "/raddle")
          .str();
  Arguments.insert(Arguments.begin(), Raddle);
  std::vector<char *> Argv;
  for (std::string &Each : Arguments)
    Argv.push_back(Each.data());
  Argv.push_back(nullptr);
  int Master = -1;
  winsize Size = {40, 200, 0, 0};
  pid_t Child = ::forkpty(&Master, nullptr, nullptr, &Size);
  if (Child == 0) {
    ::setenv("TERM", "xterm", 1);
    if (::chdir(P.folder().c_str()) == 0)
      ::execv(Argv[0], Argv.data());
    ::_exit(127);
  }
  std::string Text;
  char Bytes[4096];
  // EIO: it has ended.
  for (ssize_t N; (N = ::read(Master, Bytes, sizeof(Bytes))) > 0;)
    Text.append(Bytes, size_t(N));
  ::close(Master);
  ::waitpid(Child, nullptr, 0);
  return Text;
}

TEST_F(StressLimits, ATerminalIsToldRateAndRest) {
  // Runs of a hundredth of a second: some lines are shown in any case.
  std::string Text = onTerminal(P, {"stress", "--strategy", "native", "--runs",
                                    "200", "-j", "1", "--", Program, "pause"});
  EXPECT_THAT(Text, ContainsRegex("\r\\[[0-9]+/200\\] [0-9]+\\.[0-9]/s, .* "
                                  "left"));
  // Taken away before the result.
  EXPECT_THAT(Text, HasSubstr("\r\033[K"));
  EXPECT_THAT(Text, HasSubstr("200 runs in "));
  Ran R = stress({"--strategy", "native", "--runs", "200", "-j", "1"},
                 {Program, "pause"});
  EXPECT_EQ(R.Code, 0);
  EXPECT_THAT(R.Err, Not(HasSubstr("\r")));
  EXPECT_THAT(R.Err, Not(HasSubstr("left")));
}

} // namespace
