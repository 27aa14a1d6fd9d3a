// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Campaigns over builds of one program by both compilers: plain, with points,
// with each sanitizer; what each of them alone can see; and schedules that
// come again with race reports on.
#include "cli/testing/TestProject.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <map>

using namespace llvm;
using namespace raddle::cli::testing;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

const std::string Plain = RADDLE_CAMPAIGN;
const std::vector<std::string> Builds = {RADDLE_CAMPAIGN_BUILDS};

std::string build(const std::string &Name) {
  return std::string(RADDLE_CAMPAIGN_FOLDER) + "/" + Name;
}

/// \p V["run"]["stress"][0]["tests"]: runs and failures of each build.
std::map<std::string, std::pair<int64_t, int64_t>>
runsOf(const std::string &Text) {
  std::map<std::string, std::pair<int64_t, int64_t>> Result;
  Expected<json::Value> V = json::parse(Text);
  if (!V) {
    ADD_FAILURE() << toString(V.takeError());
    return Result;
  }
  const json::Object &Campaign = *V->getAsObject()
                                      ->getObject("run")
                                      ->getArray("stress")
                                      ->front()
                                      .getAsObject();
  for (const json::Value &Each : *Campaign.getArray("tests")) {
    const json::Object &T = *Each.getAsObject();
    auto &[Runs, Failures] = Result[T.getString("build").value_or("").str()];
    Runs += T.getInteger("runs").value_or(0);
    Failures += T.getInteger("failures").value_or(0);
  }
  return Result;
}

size_t count(const std::string &Text, StringRef What) {
  return StringRef(Text).count(What);
}

// One finding, whichever of them fails.
TEST(StressBuilds, AllOfThemInOneCampaign) {
  TestProject P;
  std::vector<std::string> Arguments = {
      "stress",      "--strategy", "pos,pct",  "--seed", "1",
      "--runs",      "480",        "--native", "0",      "-j",
      "2",           "-o",         "r.json",   "--env",  "TSAN_OPTIONS=",
      "--keep-going"};
  for (const std::string &Name : Builds)
    append_range(Arguments, std::vector<std::string>{"--also", build(Name)});
  append_range(Arguments, std::vector<std::string>{"--", Plain, "lost"});
  Ran R = P.raddle(Arguments);
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, Not(HasSubstr("warning"))) << R.Out;
  EXPECT_THAT(R.Out, HasSubstr("1 finding (1 error) in 480 stress runs"));
  auto Runs = runsOf(P.read("r.json"));
  for (const char *Name : {"plain", "points", "tsan", "asan"}) {
    EXPECT_GT(Runs[Name].first, 0) << Name;
    EXPECT_GT(Runs[Name].second, 0) << Name;
  }
  Ran Again = P.raddle({"replay", "raddle-stress/failure-1.replay"});
  EXPECT_EQ(Again.Code, 23) << Again.Err;
}

// What TSan reports fails nowhere else, and what ASan reports neither.
TEST(StressBuilds, EachSanitizerHasFindingsOfItsOwn) {
  TestProject P;
  auto Campaign = [&](const char *Mode) {
    return P.raddle({"stress", "--seed", "1", "--runs", "150", "--native", "5",
                     "-j", "1", "--no-minimise", "--also",
                     build("clang-thread"), "--also", build("clang-address"),
                     "-o", "r.json", "--", Plain, Mode});
  };
  Ran R = Campaign("race");
  EXPECT_EQ(R.Code, 23) << R.Out << R.Err;
  EXPECT_EQ(count(R.Out, "[raddle-data-race]"), 1u) << R.Out;
  EXPECT_THAT(R.Out, HasSubstr("campaign.cpp"));
  auto Runs = runsOf(P.read("r.json"));
  EXPECT_EQ(Runs["tsan"].second, 1);
  EXPECT_EQ(Runs["plain"].second, 0);
  EXPECT_EQ(Runs["asan"].second, 0);
  R = Campaign("freed");
  EXPECT_EQ(R.Code, 23) << R.Out << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("heap-use-after-free"));
  EXPECT_EQ(runsOf(P.read("r.json"))["asan"].second, 1);
}

class StressShared : public ::testing::TestWithParam<const char *> {};

// The schedule decides, and the sanitizer still sees.
TEST_P(StressShared, ARaceReportComesAgainWithItsSchedule) {
  TestProject P;
  Ran R =
      P.raddle({"stress", "--strategy", "pos", "--seed", "1", "--runs", "20",
                "--native", "0", "-j", "1", "--", build(GetParam()), "race"});
  EXPECT_EQ(R.Code, 23) << R.Out << R.Err;
  EXPECT_EQ(count(R.Out, "[raddle-data-race]"), 1u) << R.Out;
  EXPECT_THAT(R.Out, HasSubstr("Written = 1;"));
  R = P.raddle({"replay", "raddle-stress/failure-1.replay", "--runs", "5"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("5 of 5 runs failed as recorded, 5 with the "
                               "same "));
  EXPECT_THAT(R.Err, HasSubstr("WARNING: ThreadSanitizer: data race"));
}

// Jitter holds a thread up between the look at a lock and its call, where
// another one takes the lock: that wait is known too, so each deadlock is seen
// at once, and none has to wait for the limit of a run.
TEST_P(StressShared, EveryDeadlockUnderJitterIsSeenAtOnce) {
  TestProject P;
  Ran R = P.raddle({"stress", "--strategy", "jitter", "--seed", "1", "--runs",
                    "40", "--native", "0", "--keep-going", "--no-minimise",
                    "--env", "TSAN_OPTIONS=detect_deadlocks=0", "--",
                    build(GetParam()), "crossed"});
  EXPECT_EQ(R.Code, 23) << R.Out << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("[raddle-deadlock]"));
  EXPECT_THAT(R.Out, Not(HasSubstr("[raddle-hang]")));
}

// And `raddle replay -v` lists each delay with its place.
TEST_P(StressShared, JitterIsAtAtomicsToo) {
  TestProject P;
  size_t Delays = 0;
  for (int Seed = 1; Seed <= 8 && !Delays; ++Seed) {
    Ran R = P.raddle({"stress", "--strategy", "jitter", "--seed",
                      std::to_string(Seed), "--runs", "1", "--native", "0",
                      "--no-minimise", "--env", "TSAN_OPTIONS=report_bugs=0",
                      "--", build(GetParam()), "atomics"});
    EXPECT_EQ(R.Code, 23) << R.Out << R.Err;
    R = P.raddle({"replay", "raddle-stress/failure-1.replay", "--runs", "1",
                  "--no-native", "-v"});
    EXPECT_EQ(R.Code, 23) << R.Out << R.Err;
    Delays += count(R.Err, "before atomic update  at campaign.cpp:");
  }
  EXPECT_GT(Delays, 0u);
}

TEST_P(StressShared, ACleanCampaignIsClean) {
  TestProject P;
  Ran R = P.raddle({"stress", "--seed", "1", "--runs", "60", "--native", "5",
                    "--", build(GetParam()), "clean"});
  EXPECT_EQ(R.Code, 0) << R.Out << R.Err;
  EXPECT_THAT(R.Err, Not(HasSubstr("warning")));
}

INSTANTIATE_TEST_SUITE_P(All, StressShared,
                         ::testing::Values("clang-thread-shared", "gcc-thread"),
                         [](const auto &Info) {
                           std::string Name = Info.param;
                           std::replace(Name.begin(), Name.end(), '-', '_');
                           return Name;
                         });

TEST(StressBuilds, ALibraryThatIsNotFoundIsNoFailure) {
  TestProject P;
  P.write("part.cpp", "int part() { return 0; }\n");
  P.write("main.cpp", "int part();\nint main() { return part(); }\n");
  std::string Compile = std::string(RADDLE_COMPILER) + " ";
  ASSERT_EQ(std::system((Compile + "-shared -fPIC -Wl,-soname,libpart.so " +
                         P.path("part.cpp") + " -o " + P.path("libpart.so"))
                            .c_str()),
            0);
  ASSERT_EQ(std::system((Compile + P.path("main.cpp") + " " +
                         P.path("libpart.so") + " -o " + P.path("main"))
                            .c_str()),
            0);
  ASSERT_EQ(P.run({"/bin/mv", "libpart.so", "elsewhere.so"}).Code, 0);
  Ran R = P.raddle({"stress", "--also", "./main", "--", Plain, "clean"});
  EXPECT_EQ(R.Code, 2) << R.Out;
  EXPECT_THAT(R.Err, HasSubstr("cannot be started: its library "));
  EXPECT_THAT(R.Err, HasSubstr("libpart.so is not found"));
}

} // namespace
