// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builds testdata/projects/stress-example as a user would, and runs its
// campaigns by CTest.
#include "cli/testing/TestProject.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace raddle::cli::testing;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

namespace {

class StressProjects : public ::testing::Test {
protected:
  /// The build as it would be installed.
  void SetUp() override {
    for (auto [From, To] :
         {std::pair<StringRef, StringRef>{RADDLE_PROGRAM, "bin/raddle"},
          {RADDLE_RUNTIME, "lib/raddle/libraddle_rt.so"},
          {RADDLE_STRESS, "lib/raddle/libraddle_stress.so"},
          {RADDLE_HEADERS, "include"},
          {RADDLE_CONFIG, RADDLE_PACKAGE "/RaddleConfig.cmake"}}) {
      std::string Path = P.path("prefix/" + To.str());
      ASSERT_FALSE(sys::fs::create_directories(sys::path::parent_path(Path)));
      // A copy: CMake finds the prefix from where the file really is.
      bool IsFile = sys::fs::is_regular_file(From);
      ASSERT_FALSE(IsFile ? sys::fs::copy_file(From, Path)
                          : sys::fs::create_link(From, Path));
    }
    sys::fs::setPermissions(P.path("prefix/bin/raddle"),
                            sys::fs::all_read | sys::fs::all_exe);
  }

  Ran configure(const std::string &Sources) {
    return P.run({CMAKE, "-S", Sources, "-B", P.path("build"), "-G", GENERATOR,
                  "-DCMAKE_CXX_COMPILER=" COMPILER,
                  "-DCMAKE_CXX_COMPILER_LAUNCHER=" LAUNCHER,
                  "-DCMAKE_PREFIX_PATH=" + P.path("prefix")});
  }

  TestProject P;
};

TEST_F(StressProjects, CTestRunsCampaigns) {
  Ran R = configure(RADDLE_TESTDATA "/projects/stress-example");
  ASSERT_EQ(R.Code, 0) << R.Out << R.Err;
  R = P.run({CMAKE, "--build", P.path("build")});
  ASSERT_EQ(R.Code, 0) << R.Out << R.Err;
  R = P.run({CTEST, "--test-dir", P.path("build"), "-L", "stress",
             "--output-on-failure"});
  EXPECT_NE(R.Code, 0);
  EXPECT_THAT(R.Out, ContainsRegex("stress.counter_test [ .]*[*]+Failed"));
  EXPECT_THAT(R.Out, ContainsRegex("stress.sound_test [ .]*Passed"));
  EXPECT_THAT(R.Out, HasSubstr("[raddle-stress-failure]"));
  // Both builds were run, and what failed was kept.
  EXPECT_THAT(R.Out, ContainsRegex("plain +(pos|pct)"));
  EXPECT_THAT(R.Out, ContainsRegex("points +(pos|pct)"));
  EXPECT_TRUE(P.exists("build/raddle-stress/counter_test/failure-1.replay"));
  EXPECT_FALSE(P.exists("build/raddle-stress/sound_test/failure-1.replay"));
}

TEST_F(StressProjects, SaysWhatIsNoTarget) {
  auto Said = [&](const std::string &Body) {
    P.write("project/CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\n"
                                      "project(p LANGUAGES NONE)\n"
                                      "enable_testing()\n"
                                      "find_package(Raddle REQUIRED)\n" +
                                          Body);
    Ran R = configure(P.path("project"));
    EXPECT_NE(R.Code, 0);
    return R.Out + R.Err;
  };
  EXPECT_THAT(Said("raddle_add_stress_tests(x)\n"),
              HasSubstr("'x' is no target"));
  EXPECT_THAT(Said("add_library(x INTERFACE)\nraddle_add_stress_tests(x)\n"),
              HasSubstr("'x' is no executable"));
  EXPECT_THAT(Said("add_executable(x IMPORTED)\n"
                   "raddle_add_stress_tests(x --runs 5)\n"),
              HasSubstr("stand behind ARGS"));
}

} // namespace
