// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builds the projects in testdata/projects as a user would, and runs their
// tests by CTest with and without raddle.
#include "cli/testing/TestProject.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <map>

using namespace llvm;
using namespace raddle::cli::testing;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

/// What CTest says of a test.
struct Outcome {
  bool Passed = false;
  std::string Output;
};
using Outcomes = std::map<std::string, Outcome>;

class LeakProjects : public ::testing::Test {
protected:
  /// The build as it would be installed.
  void SetUp() override {
    for (auto [From, To] :
         {std::pair<StringRef, StringRef>{RADDLE_PROGRAM, "bin/raddle"},
          {RADDLE_RUNTIME, "lib/raddle/libraddle_rt.so"},
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

  Ran configure(const std::string &Sources,
                std::vector<std::string> Settings = {}) {
    std::vector<std::string> Argv = {CMAKE,
                                     "-S",
                                     Sources,
                                     "-B",
                                     P.path("build"),
                                     "-G",
                                     GENERATOR,
                                     "-DCMAKE_CXX_COMPILER=" COMPILER,
                                     "-DCMAKE_CXX_COMPILER_LAUNCHER=" LAUNCHER,
                                     "-DCMAKE_PREFIX_PATH=" +
                                         P.path("prefix")};
    Argv.insert(Argv.end(), Settings.begin(), Settings.end());
    return P.run(Argv);
  }

  void build() {
    Ran R = P.run({CMAKE, "--build", P.path("build")});
    ASSERT_EQ(R.Code, 0) << R.Out << R.Err;
    // Programs are asked for their tests while this is built.
    EXPECT_THAT(R.Out + R.Err, Not(HasSubstr("raddle:")));
  }

  Outcomes ctest() {
    Ran R = P.run({CTEST, "--test-dir", P.path("build"), "-V", "-j2"});
    Outcomes All;
    std::map<std::string, std::string> Names; // By number.
    SmallVector<StringRef, 0> Lines;
    StringRef(R.Out).split(Lines, '\n');
    for (StringRef Line : Lines) {
      // "    Start 2: Name", "2: output", "3/5 Test #2: Name ...   Passed"
      StringRef L = Line.ltrim();
      if (L.consume_front("Start ")) {
        auto [Number, Name] = L.split(':');
        Names[Number.trim().str()] = Name.trim().str();
        All[Name.trim().str()];
      } else if (size_t At = L.find("Test #"); At != StringRef::npos) {
        std::string Number = L.substr(At + 6).split(':').first.trim().str();
        if (Names.contains(Number))
          All[Names[Number]].Passed = L.contains(" Passed ");
      } else if (auto [Number, Text] = L.split(": ");
                 Names.contains(Number.str()))
        All[Names[Number.str()]].Output += Text.str() + "\n";
    }
    bool Good = true;
    for (const auto &[Name, O] : All)
      Good &= O.Passed;
    EXPECT_EQ(R.Code == 0, Good) << R.Out << R.Err;
    return All;
  }

  /// Exactly the tests of \p Leaky fail, and all of them for that reason.
  static void expectLeaks(const Outcomes &All, size_t Count,
                          const std::vector<std::string> &Leaky) {
    EXPECT_EQ(All.size(), Count);
    for (const auto &[Name, O] : All) {
      bool IsLeaky = is_contained(Leaky, Name);
      EXPECT_EQ(O.Passed, !IsLeaky) << Name << "\n" << O.Output;
      if (IsLeaky)
        EXPECT_THAT(O.Output, HasSubstr("raddle-leaked-thread")) << Name;
      else
        EXPECT_THAT(O.Output, Not(HasSubstr("leaked"))) << Name;
    }
    for (const std::string &Name : Leaky)
      EXPECT_TRUE(All.contains(Name)) << Name;
  }

  TestProject P;
};

TEST_F(LeakProjects, GoogleTest) {
  std::string Sources = RADDLE_TESTDATA "/projects/gtest-example";
  Ran R = configure(Sources);
  ASSERT_EQ(R.Code, 0) << R.Out << R.Err;
  build();
  Outcomes All = ctest();
  expectLeaks(All, 7,
              {"Ticker.IsForgotten", "Tickers.OneOfThoseInParallelIsForgotten",
               "Plain.ForgetsATicker", "ticker_test"});
  // By the listener; each test its own, also when all run in one process.
  EXPECT_THAT(All["Ticker.IsForgotten"].Output,
              HasSubstr("Ticker.IsForgotten leaves 1 task behind"));
  const std::string &Whole = All["ticker_test"].Output;
  EXPECT_THAT(Whole, HasSubstr("[  FAILED  ] Ticker.IsForgotten"));
  EXPECT_THAT(
      Whole, HasSubstr("[  FAILED  ] Tickers.OneOfThoseInParallelIsForgotten"));
  EXPECT_THAT(Whole, HasSubstr("[  PASSED  ] 2 tests"));
  // The other program knows no listener: GoogleTest saw nothing.
  EXPECT_THAT(All["Plain.ForgetsATicker"].Output, HasSubstr("[  PASSED  ]"));

  R = configure(Sources, {"-DLEAK_CHECK=OFF"});
  ASSERT_EQ(R.Code, 0) << R.Out << R.Err;
  build();
  expectLeaks(ctest(), 7, {});
}

#ifdef HAS_CATCH2
TEST_F(LeakProjects, Catch2) {
  std::string Sources = RADDLE_TESTDATA "/projects/catch2-example";
  Ran R = configure(Sources);
  ASSERT_EQ(R.Code, 0) << R.Out << R.Err;
  build();
  Outcomes All = ctest();
  expectLeaks(All, 4,
              {"a queue that nobody closes",
               "three queues in parallel, one is left open"});
  EXPECT_THAT(All["a queue that nobody closes"].Output,
              HasSubstr("leaves 1 task behind"));

  R = configure(Sources, {"-DLEAK_CHECK=OFF"});
  ASSERT_EQ(R.Code, 0) << R.Out << R.Err;
  build();
  expectLeaks(ctest(), 4, {});
}
#endif

/// The properties that CMake's own modules read, for any version.
class LeakTestProperties : public LeakProjects {
protected:
  /// Runs \p Body in a project with an executable named "t" and returns what it
  /// says by message(STATUS).
  std::string run(const std::string &Version, const std::string &Body,
                  int Code = 0) {
    P.write("project/main.cpp", "int main() {}\n");
    P.write(
        "project/CMakeLists.txt",
        "cmake_minimum_required(VERSION 3.25)\n"
        "project(p LANGUAGES NONE)\n"
        "enable_testing()\n"
        "find_package(Raddle REQUIRED)\n"
        "add_executable(t IMPORTED)\n" +
            (Version.empty() ? "" : "set(CMAKE_VERSION " + Version + ")\n") +
            Body +
            "foreach(p TEST_LAUNCHER CROSSCOMPILING_EMULATOR)\n"
            "  get_target_property(value t ${p})\n"
            "  message(STATUS \"${p}: ${value}.\")\n"
            "endforeach()\n");
    Ran R = configure(P.path("project"));
    EXPECT_EQ(R.Code, Code) << R.Out << R.Err;
    return R.Out + R.Err;
  }
  std::string launcher(const std::string &Options = "") {
    return P.path("prefix") + "/bin/raddle;leaks;--quiet;" + Options + "--";
  }
};

TEST_F(LeakTestProperties, UpTo328) {
  std::string Said = run("3.28.0", "raddle_add_leak_tests(t)\n");
  EXPECT_THAT(Said, HasSubstr("CROSSCOMPILING_EMULATOR: " + launcher() + "."));
  EXPECT_THAT(Said, HasSubstr("TEST_LAUNCHER: value-NOTFOUND."));
}

TEST_F(LeakTestProperties, From329On) {
  std::string Said =
      run("3.29.0", "raddle_add_leak_tests(t ARGS --grace-ms 100)\n");
  EXPECT_THAT(Said,
              HasSubstr("TEST_LAUNCHER: " + launcher("--grace-ms;100;") + "."));
  EXPECT_THAT(Said, HasSubstr("CROSSCOMPILING_EMULATOR: value-NOTFOUND."));
}

TEST_F(LeakTestProperties, From329OnWithACatch2ThatKnowsNoLauncher) {
  std::string Body = "add_library(Catch2::Catch2 INTERFACE IMPORTED)\n"
                     "raddle_add_leak_tests(t)\n";
  std::string Said = run("3.31.0", Body);
  EXPECT_THAT(Said, HasSubstr("TEST_LAUNCHER: " + launcher() + "."));
  EXPECT_THAT(Said, HasSubstr("CROSSCOMPILING_EMULATOR: " + launcher() + "."));
  // Now it does.
  P.write("catch/Catch.cmake", "PROPERTY TEST_LAUNCHER\n");
  P.write("catch/CatchAddTests.cmake", "");
  Said =
      run("3.31.0", "set(_CATCH_DISCOVER_TESTS_SCRIPT \"" +
                        P.path("catch/CatchAddTests.cmake") + "\")\n" + Body);
  EXPECT_THAT(Said, HasSubstr("CROSSCOMPILING_EMULATOR: value-NOTFOUND."));
}

TEST_F(LeakTestProperties, KeepsOtherLaunchersAndIsAddedOnce) {
  std::string Said =
      run("3.29.0", "set_property(TARGET t PROPERTY TEST_LAUNCHER a b)\n"
                    "raddle_add_leak_tests(t)\n"
                    "raddle_add_leak_tests(t)\n");
  EXPECT_THAT(Said, HasSubstr("TEST_LAUNCHER: a;b;" + launcher() + "."));
}

TEST_F(LeakTestProperties, SaysWhatIsWrong) {
  EXPECT_THAT(run("", "raddle_add_leak_tests(u)\n", 1),
              HasSubstr("'u' is no target"));
  EXPECT_THAT(run("", "raddle_add_leak_tests(t --ignore x)\n", 1),
              HasSubstr("behind ARGS"));
  EXPECT_THAT(run("",
                  "add_library(l INTERFACE)\n"
                  "raddle_add_leak_tests(l)\n",
                  1),
              HasSubstr("'l' is no executable"));
  EXPECT_THAT(run("",
                  "set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "
                  "\"/x/t[1]_include.cmake\")\n"
                  "raddle_add_leak_tests(t)\n",
                  1),
              HasSubstr("comes too late"));
}

} // namespace
