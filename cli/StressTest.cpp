// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle stress through the real command line. What fails here fails by a
// schedule, which is the same each time, or by the program's own counting; how
// fast the machine is decides nothing.
#include "cli/testing/TestProject.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <chrono>
#include <csignal>
#include <set>
#include <sys/wait.h>
#include <thread>

using namespace llvm;
using namespace raddle::cli::testing;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

namespace {

const std::string Program = RADDLE_CAMPAIGN, Tests = RADDLE_CAMPAIGN_TESTS;

class Stress : public ::testing::Test {
protected:
  /// Controlled schedules only, one after the other, so that nothing hangs on
  /// time.
  Ran stress(std::vector<std::string> Options,
             std::vector<std::string> Behind) {
    std::vector<std::string> All = {"stress", "--strategy", "pos,pct", "--seed",
                                    "1",      "-j",         "1"};
    append_range(All, Options);
    All.push_back("--");
    append_range(All, Behind);
    return P.raddle(All);
  }
  json::Value json(const std::string &File) {
    Expected<json::Value> V = json::parse(P.read(File));
    if (V)
      return std::move(*V);
    ADD_FAILURE() << toString(V.takeError());
    return json::Object();
  }

  TestProject P;
};

TEST_F(Stress, AFailingScheduleIsFoundAndKept) {
  Ran R = stress({"--runs", "200", "-o", "r.json", "-o", "r.sarif", "-o",
                  "r.xml", "-o", "r.txt"},
                 {Program, "lost"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("assertion 'Count == 2' failed"));
  EXPECT_THAT(R.Out, HasSubstr("[raddle-stress-failure]"));
  EXPECT_THAT(R.Out, HasSubstr("raddle replay raddle-stress/failure-1.replay"));
  EXPECT_THAT(R.Err, HasSubstr("raddle: seed 1\n"));
  EXPECT_THAT(R.Err, HasSubstr("to make it fail again: raddle replay"));
  EXPECT_TRUE(P.exists("raddle-stress/failure-1.replay"));
  EXPECT_THAT(P.read("raddle-stress/failure-1.err"),
              HasSubstr("Assertion `Count == 2' failed"));
  EXPECT_EQ(P.read("r.txt").substr(0, 40), R.Out.substr(0, 40));

  json::Value Document = json("r.json");
  const json::Array *Findings = Document.getAsObject()->getArray("findings");
  ASSERT_TRUE(Findings);
  ASSERT_EQ(Findings->size(), 1u);
  const json::Object &Campaign = *Document.getAsObject()
                                      ->getObject("run")
                                      ->getArray("stress")
                                      ->front()
                                      .getAsObject();
  const json::Object &Failure =
      *Campaign.getArray("failures")->front().getAsObject();
  EXPECT_EQ(Failure.getString("fingerprint"),
            Findings->front().getAsObject()->getString("fingerprint"));
  EXPECT_EQ(Failure.getString("replay"),
            StringRef("raddle replay raddle-stress/failure-1.replay"));
  // One thread has to be stopped between reading and writing.
  EXPECT_EQ(Failure.getInteger("preemptions"), 1);
  EXPECT_TRUE(Failure.getObject("timeline"));
  json("r.sarif");
  EXPECT_THAT(P.read("r.sarif"), HasSubstr("raddle-stress-failure"));
  EXPECT_THAT(P.read("r.xml"), HasSubstr("<failure"));
}

TEST_F(Stress, WhatIsPrintedMakesItFailAgain) {
  Ran R = stress({"--runs", "200"}, {Program, "lost"});
  ASSERT_EQ(R.Code, 23) << R.Err;
  for (int I = 0; I != 5; ++I) {
    Ran Again = P.raddle({"replay", "raddle-stress/failure-1.replay"});
    EXPECT_EQ(Again.Code, 23) << Again.Out << Again.Err;
    EXPECT_THAT(Again.Err, HasSubstr("Assertion `Count == 2' failed"));
  }
}

TEST_F(Stress, TheSameSeedIsTheSameCampaign) {
  std::vector<std::string> Outs;
  for (const char *Folder : {"one", "two"}) {
    Ran R = stress(
        {"--runs", "100", "--native", "0", "--out", Folder, "--no-minimise"},
        {Program, "lost"});
    EXPECT_EQ(R.Code, 23);
    std::string Replay = P.read(std::string(Folder) + "/failure-1.replay");
    Outs.push_back(Replay);
  }
  EXPECT_EQ(Outs[0], Outs[1]);
}

TEST_F(Stress, ADeadlockIsNamedWithItsCircle) {
  Ran R = stress({"--runs", "500"}, {Program, "crossed"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("deadlock of 2 threads: thread 2 waits for"));
  EXPECT_THAT(R.Out, HasSubstr("[raddle-deadlock]"));
}

TEST_F(Stress, WhatOnlyTheSchedulerSawHasToComeAgain) {
  Ran R = stress({"--runs", "5", "--native", "0"}, {Program, "once", "runs"});
  EXPECT_EQ(R.Code, 0) << R.Out << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("that did not come again under the same "
                               "schedule; it is not counted"));
  // The run, three that follow it, and four more.
  EXPECT_EQ(P.read("runs").size(), 8u);
}

TEST_F(Stress, NoRunsAreNoCampaign) {
  Ran R = stress({"--runs", "0"}, {Program, "clean"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("--runs"));
}

TEST_F(Stress, ACleanCampaignSaysWhatItIsWorth) {
  Ran R = stress({"--runs", "60"}, {Program, "clean"});
  EXPECT_EQ(R.Code, 0) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("no findings in 60 stress runs"));
  EXPECT_THAT(R.Out, HasSubstr("95 % sure"));
  EXPECT_THAT(R.Err, HasSubstr(" different schedule"));
  // What passes leaves no output behind.
  EXPECT_FALSE(P.exists("raddle-stress/failure-1.out"));
  EXPECT_TRUE(P.exists("raddle-stress/state.json"));
}

TEST_F(Stress, TheProgramsOwnEndIsReported) {
  Ran R = stress({"--runs", "20", "--native", "0"}, {Program, "crash"});
  EXPECT_EQ(R.Code, 23);
  EXPECT_THAT(R.Out, HasSubstr("it ended with signal SIGSEGV"));
  R = stress({"--runs", "20", "--native", "0"}, {Program, "exit", "5"});
  EXPECT_EQ(R.Code, 23);
  EXPECT_THAT(R.Out, HasSubstr("it ended with exit code 5"));
}

TEST_F(Stress, ARunThatDoesNotEndIsAHang) {
  // It is run once more, to be asked where all threads are.
  Ran R = stress({"--runs", "1", "--native", "0", "--timeout", "3s"},
                 {Program, "spin"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("[raddle-hang]"));
  EXPECT_THAT(R.Out,
              HasSubstr("the main thread waits for the end of thread 2"));
  // Under jitter at once.
  R = P.raddle({"stress", "--strategy", "jitter", "--runs", "1", "--native",
                "0", "--timeout", "3s", "--no-minimise", "--", Program,
                "spin"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("the program does not end"));
  EXPECT_THAT(R.Out,
              HasSubstr("the main thread waits for the end of thread 2"));
}

TEST_F(Stress, WhatIsLeftBehindIsAFailureWhenAsked) {
  Ran R = stress({"--runs", "5", "--native", "0"}, {Program, "leak"});
  EXPECT_EQ(R.Code, 0) << R.Out << R.Err;
  R = stress({"--runs", "5", "--native", "0", "--leaks"}, {Program, "leak"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("[raddle-leaked-thread]"));
  EXPECT_THAT(R.Err, Not(HasSubstr("warning")));
}

TEST_F(Stress, TestsOfGoogleTestHaveStatisticsOfTheirOwn) {
  Ran R = stress({"--runs", "100", "-o", "r.json", "-o", "r.xml"}, {Tests});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("2 tests"));
  EXPECT_THAT(R.Out, HasSubstr("CounterTest.LosesACount"));
  json::Value Document = json("r.json");
  std::map<std::string, std::pair<int64_t, int64_t>> Runs;
  const json::Object *Run = Document.getAsObject()->getObject("run");
  ASSERT_TRUE(Run);
  const json::Array *Campaigns = Run->getArray("stress");
  ASSERT_TRUE(Campaigns && Campaigns->size() == 1);
  for (const json::Value &V :
       *Campaigns->front().getAsObject()->getArray("tests")) {
    const json::Object &T = *V.getAsObject();
    auto &[Count, Failed] = Runs[T.getString("name").value_or("").str()];
    Count += T.getInteger("runs").value_or(0);
    Failed += T.getInteger("failures").value_or(0);
  }
  EXPECT_EQ(Runs.size(), 2u);
  EXPECT_EQ(Runs["CounterTest.Counts"], std::pair(int64_t(100), int64_t(0)));
  EXPECT_EQ(Runs["CounterTest.LosesACount"].second, 1);
  EXPECT_LT(Runs["CounterTest.LosesACount"].first, 100);

  // As a whole, it is one test.
  R = stress({"--runs", "20", "--whole", "-o", "w.json"}, {Tests});
  EXPECT_THAT(R.Err, Not(HasSubstr("2 tests")));
}

TEST_F(Stress, FailuresOfWhatRunsNativelyAreTheBaseRate) {
  Ran R =
      stress({"--runs", "40", "--native", "10"}, {Program, "nth", "runs", "3"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_EQ(P.read("runs").size(), 40u);
  EXPECT_THAT(R.Out, HasSubstr("it ended with exit code 7"));
  // The output of the run that failed is kept.
  EXPECT_EQ(P.read("raddle-stress/failure-1.out"), "this is run 3\n");
}

TEST_F(Stress, EndsAtTheFirstFailureWhenAsked) {
  Ran R = stress({"--until-fail", "--native", "0", "--no-minimise"},
                 {Program, "nth", "runs", "30"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_EQ(P.read("runs").size(), 30u);
  R = stress({"--keep-going", "--runs", "50", "--native", "0", "--no-minimise"},
             {Program, "nth", "more", "30"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_EQ(P.read("more").size(), 50u);
}

TEST_F(Stress, ShardsAreJoinedByTheReport) {
  for (std::string Shard : {"1", "2", "3"}) {
    Ran R = stress({"--runs", "31", "--native", "0", "--shard", Shard + "/3",
                    "--out", "s" + Shard, "-o", "s" + Shard + ".json"},
                   {Program, "clean"});
    EXPECT_EQ(R.Code, 0) << R.Err;
  }
  Ran R =
      P.raddle({"report", "s1.json", "s2.json", "s3.json", "-o", "all.json"});
  EXPECT_EQ(R.Code, 0) << R.Err;
  json::Value Document = json("all.json");
  const json::Array *Campaigns =
      Document.getAsObject()->getObject("run")->getArray("stress");
  ASSERT_TRUE(Campaigns);
  ASSERT_EQ(Campaigns->size(), 1u);
  EXPECT_EQ(Campaigns->front().getAsObject()->getInteger("runs"), 31);
}

TEST_F(Stress, GoesOnAfterBeingKilled) {
  // Enough runs to be killed among them, whatever the machine.
  std::vector<std::string> Options = {
      "stress", "--strategy", "native", "--seed", "1",
      "--runs", "1500",       "-j",     "1",      "--keep-going"};
  std::vector<std::string> Behind = {"--", Program, "nth", "runs", "5"};
  std::vector<std::string> First = Options;
  append_range(First, Behind);
  pid_t Child = P.start(First, "first.err");
  for (int I = 0; I != 3000 && !P.exists("raddle-stress/state.json"); ++I)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(P.exists("raddle-stress/state.json"));
  ::kill(Child, SIGKILL);
  ::waitpid(Child, nullptr, 0);
  json::Value Before = json("raddle-stress/state.json");
  int64_t Done = 0;
  ASSERT_FALSE(StringRef(*Before.getAsObject()->getString("runs"))
                   .getAsInteger(10, Done));
  EXPECT_GT(Done, 0);

  std::vector<std::string> Second = Options;
  Second.erase(Second.begin() + 3, Second.begin() + 5); // The seed is known.
  append_range(Second, std::vector<std::string>{"--resume", "raddle-stress",
                                                "-o", "r.json"});
  append_range(Second, Behind);
  Ran R = P.raddle(Second);
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("raddle: seed 1\n"));
  json::Value Document = json("r.json");
  const json::Object &Campaign = *Document.getAsObject()
                                      ->getObject("run")
                                      ->getArray("stress")
                                      ->front()
                                      .getAsObject();
  EXPECT_EQ(Campaign.getInteger("runs"), 1500);
  // The failure of the first half is still told, with its output.
  EXPECT_EQ(Campaign.getInteger("failed"), 1);
  EXPECT_THAT(R.Out, HasSubstr("it ended with exit code 7"));
  // Killed once in a while, a run is made twice; none is left out.
  EXPECT_GE(P.read("runs").size(), 1500u);
}

TEST_F(Stress, RefusesAStateThatIsNotItsOwn) {
  Ran R = stress({"--runs", "20", "--native", "0"}, {Program, "clean"});
  ASSERT_EQ(R.Code, 0) << R.Err;
  auto Resume = [&](std::vector<std::string> Behind) {
    return stress(
        {"--runs", "20", "--native", "0", "--resume", "raddle-stress"},
        std::move(Behind));
  };
  EXPECT_EQ(Resume({Program, "clean"}).Code, 0);
  R = Resume({Program, "lost"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("start a new one in another folder"));
  std::string Good = P.read("raddle-stress/state.json");
  for (auto [From, To] :
       {std::pair("\"version\":1", "\"version\":9"),
        std::pair("\"strategy\":\"pos\"", "\"strategy\":\"x\""),
        std::pair("\"arms\":[", "\"arms\":7,\"x\":["),
        std::pair("\"runs\":\"", "\"runs\":\"-")}) {
    std::string Bad = Good;
    size_t At = Bad.find(From);
    ASSERT_NE(At, std::string::npos) << From;
    Bad.replace(At, std::string(From).size(), To);
    P.write("raddle-stress/state.json", Bad);
    R = Resume({Program, "clean"});
    EXPECT_EQ(R.Code, 2) << To;
    EXPECT_THAT(R.Err, HasSubstr("state.json'")) << To;
  }
  P.write("raddle-stress/state.json", Good.substr(0, Good.size() / 2));
  EXPECT_EQ(Resume({Program, "clean"}).Code, 2);
  R = P.raddle({"stress", "--resume", "nowhere", "--", Program, "clean"});
  EXPECT_EQ(R.Code, 2);
}

TEST_F(Stress, SaysWhatIsWrongWithOptions) {
  auto Refused = [&](std::vector<std::string> Arguments, const char *Why) {
    Arguments.insert(Arguments.begin(), "stress");
    Ran R = P.raddle(Arguments);
    EXPECT_EQ(R.Code, 2) << R.Out;
    EXPECT_THAT(R.Err, HasSubstr(Why));
  };
  Refused({}, "say which program to run");
  Refused({"--strategy", "magic", "--", Program}, "there is no 'magic'");
  Refused({"--slowdown", "0.5x", "--", Program}, "--slowdown");
  Refused({"--shard", "5/4", "--seed", "1", "--", Program}, "--shard");
  Refused({"--shard", "1/4", "--", Program}, "--shard needs --seed");
  Refused({"--seed", "x", "--", Program}, "--seed");
  Refused({"--time", "soon", "--", Program}, "is no time");
  Refused({"--", "no-such-program"}, "cannot be run");
  Refused({"--also", Program, "--", Program}, "is named twice");
  P.write("script", "#!/bin/sh\n");
  ASSERT_EQ(P.run({"/bin/chmod", "755", "script"}).Code, 0);
  Refused({"--", "./script"}, "is a script");
}

TEST_F(Stress, EndsWithWhatThereIsWhenInterrupted) {
  pid_t Child = P.start({"stress", "--strategy", "native", "--time", "10min",
                         "-o", "r.json", "--", Program, "clean"},
                        "err");
  for (int I = 0; I != 3000 && !P.exists("raddle-stress/state.json"); ++I)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ::kill(Child, SIGINT);
  int Status = 0;
  ASSERT_EQ(::waitpid(Child, &Status, 0), Child);
  ASSERT_TRUE(WIFEXITED(Status));
  EXPECT_EQ(WEXITSTATUS(Status), 3);
  EXPECT_THAT(P.read("err"), HasSubstr("cut short (interrupted)"));
  EXPECT_TRUE(P.exists("r.json"));
}

} // namespace
