// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The demo's own tests under `raddle stress`: its race and its inversion, which
// a plain run meets once in very many, fail within a moment; the corrected twin
// passes every schedule. What was found comes again, 20 of 20.
#include "cli/testing/TestProject.h"
#include "llvm/Support/JSON.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli::testing;

namespace {

/// Only schedules: what they do depends on the seed alone.
Ran campaign(const TestProject &P, const char *Program) {
  return P.raddle({"stress", "--seed", "1", "--runs", "200", "--native", "0",
                   "--strategy", "portfolio", "-o", "result.json", "--",
                   Program});
}

TEST(StressDemo, TheRaceAndTheDeadlockAreFound) {
  TestProject P;
  Ran R = campaign(P, RADDLE_DEMO_TEST);
  EXPECT_EQ(R.Code, 23) << R.Err;
  Expected<json::Value> Document = json::parse(P.read("result.json"));
  ASSERT_TRUE(bool(Document)) << toString(Document.takeError()) << R.Err;
  unsigned Races = 0, Deadlocks = 0;
  for (const json::Value &V : *Document->getAsObject()->getArray("findings")) {
    std::string Text;
    raw_string_ostream(Text) << V;
    StringRef Check = *V.getAsObject()->getString("check");
    StringRef File = *V.getAsObject()->getObject("place")->getString("file");
    if (Check == "raddle-stress-failure") {
      ++Races;
      EXPECT_TRUE(File.ends_with("demo_test.cpp")) << Text;
      EXPECT_NE(Text.find("pool.processed()"), std::string::npos) << Text;
      EXPECT_NE(Text.find("WorkerPool.CountsEveryJob"), std::string::npos);
    } else if (Check == "raddle-deadlock") {
      ++Deadlocks;
      EXPECT_NE(Text.find("rate_limiter.cpp"), std::string::npos) << Text;
      EXPECT_NE(Text.find("job_registry.cpp"), std::string::npos) << Text;
    } else {
      ADD_FAILURE() << "neither: " << Text;
    }
  }
  EXPECT_EQ(Races, 1u) << R.Err;
  EXPECT_EQ(Deadlocks, 1u) << R.Err;
  for (const char *File :
       {"raddle-stress/failure-1.replay", "raddle-stress/failure-2.replay"}) {
    Ran Again = P.raddle({"replay", "--runs", "20", File});
    EXPECT_EQ(Again.Code, 23) << Again.Err;
    EXPECT_NE(Again.Err.find("20 runs in "), std::string::npos) << Again.Err;
    EXPECT_NE(Again.Err.find(", 20 of them failed"), std::string::npos)
        << Again.Err;
  }
}

TEST(StressDemo, TheCorrectedTwinPasses) {
  TestProject P;
  Ran R = campaign(P, RADDLE_DEMO_FIXED_TEST);
  EXPECT_EQ(R.Code, 0) << R.Out << R.Err;
}

} // namespace
