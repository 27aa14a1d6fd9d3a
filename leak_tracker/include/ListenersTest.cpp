// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs test programs that use raddle's listeners, with and without the preload.
#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using testing::HasSubstr;
using testing::Not;

std::string slurp(const std::string &Path) {
  std::ifstream In(Path, std::ios::binary);
  return {std::istreambuf_iterator<char>(In), {}};
}

struct Result {
  int Exit = -1;
  std::string Out, Errors, Xml;
};

/// Too long to wait for: for tasks that end in time on any machine.
constexpr int Patient = 60000;

/// Runs \p Program, which may write a report to the file xml of the folder.
/// \p Grace: 0 for no preload.
Result run(const std::string &Program, const std::string &Arguments,
           int Grace = 300) {
  char Folder[] = "/tmp/raddle-listeners-XXXXXX";
  if (!mkdtemp(Folder))
    return {};
  std::string Base = Folder;
  std::string Command = "cd " + Base + " && ";
  if (Grace)
    Command += "RADDLE_OPTIONS=grace_ms=" + std::to_string(Grace) +
               " LD_PRELOAD=" RUNTIME " ";
  Command += Program + " " + Arguments + " >out 2>errors";
  int Status = system(Command.c_str());
  Result R;
  R.Exit = WIFEXITED(Status) ? WEXITSTATUS(Status) : -WTERMSIG(Status);
  R.Out = slurp(Base + "/out");
  R.Errors = slurp(Base + "/errors");
  R.Xml = slurp(Base + "/xml");
  for (const char *Name : {"/out", "/errors", "/xml"})
    unlink((Base + Name).c_str());
  rmdir(Folder);
  return R;
}

size_t count(const std::string &Text, const std::string &What) {
  size_t Count = 0;
  for (size_t At = 0; (At = Text.find(What, At)) != std::string::npos; ++At)
    ++Count;
  return Count;
}

TEST(GtestListener, FailsTheTestThatStartedTheTask) {
  Result R =
      run(GTEST_PROGRAM, "--gtest_output=xml:xml --gtest_filter=-*.EndsSoon");
  EXPECT_EQ(R.Exit, 1);
  for (const char *Name : {"Leaky.Detached", "Leaky.ThreadOfAThread",
                           "Leaky.SkipsToo", "Two/Parts.InParallel/0"}) {
    EXPECT_THAT(R.Out, HasSubstr(std::string("[  FAILED  ] ") + Name));
    EXPECT_THAT(R.Out, HasSubstr(std::string(Name) + " leaves 1 task behind"));
  }
  for (const char *Name : {"Clean.Joined", "Clean.InThePool",
                           "Two/Parts.InParallel/1", "Fixture.EndsItsThread"})
    EXPECT_THAT(R.Out, HasSubstr(std::string("[       OK ] ") + Name));
  EXPECT_EQ(count(R.Out, "raddle: leaked: thread "), 5u) << R.Out;
  // It fails for its own reason; the rest is only told.
  EXPECT_THAT(R.Out, HasSubstr("[  FAILED  ] Broken.FailsItself"));
  EXPECT_EQ(count(R.Errors, "raddle: leaked: thread "), 1u) << R.Errors;
  // The failure is at the test's line, and in the report for machines.
  EXPECT_THAT(R.Out, HasSubstr("gtest-leaks.cpp:"));
  EXPECT_THAT(R.Out, Not(HasSubstr("gtest_listener.h")));
  EXPECT_EQ(count(R.Xml, "<failure message"), 6u) << R.Xml;
  EXPECT_EQ(count(R.Xml, "behind&#x0A;raddle: leaked: thread "), 5u);
}

TEST(GtestListener, LetsCleanTestsPass) {
  Result R = run(GTEST_PROGRAM, "--gtest_filter=Clean.*:Fixture.*", Patient);
  EXPECT_EQ(R.Exit, 0) << R.Out;
  EXPECT_EQ(R.Errors, "");
}

TEST(GtestListener, IsAddedOnce) {
  Result R = run(GTEST_PROGRAM_TWICE, "--gtest_filter=Leaky.Detached");
  EXPECT_EQ(R.Exit, 1);
  EXPECT_EQ(count(R.Out, "leaves 1 task behind"), 1u) << R.Out;
}

TEST(GtestListener, DoesNothingWithoutThePreload) {
  Result R = run(GTEST_PROGRAM, "--gtest_filter=-Broken.*", 0);
  EXPECT_EQ(R.Exit, 0) << R.Out;
  EXPECT_EQ(R.Errors, "");
}

#ifdef CATCH2_PROGRAM

constexpr const char *LeavesOne = "leaves 1 task behind";

TEST(Catch2Listener, FailsTheTestThatStartedTheTask) {
  Result R = run(CATCH2_PROGRAM, "~[soon]~[.crash] -r xml");
  EXPECT_NE(R.Exit, 0);
  EXPECT_EQ(count(R.Out, LeavesOne), 3u) << R.Out;
  EXPECT_EQ(count(R.Out, "raddle: leaked: thread "), 3u) << R.Out;
  // It fails for its own reason; the rest is only told.
  EXPECT_THAT(R.Out, HasSubstr("for a reason of its own"));
  EXPECT_EQ(count(R.Errors, "raddle: leaked: thread "), 1u) << R.Errors;

  size_t Leaky = 0, Clean = 0;
  for (size_t At = 0, Begin;
       (Begin = R.Out.find("<TestCase ", At)) != std::string::npos;) {
    At = R.Out.find("</TestCase>", Begin);
    ASSERT_NE(At, std::string::npos);
    std::string Case = R.Out.substr(Begin, At - Begin);
    bool IsLeaky = count(Case, "name=\"leaky: ");
    bool IsClean = count(Case, "name=\"clean: ");
    Leaky += IsLeaky;
    Clean += IsClean;
    EXPECT_EQ(count(Case, LeavesOne), IsLeaky ? 1u : 0u) << Case;
    EXPECT_EQ(count(Case, "<OverallResult success=\"true\""), IsClean ? 1u : 0u)
        << Case;
  }
  EXPECT_EQ(Leaky, 3u);
  EXPECT_EQ(Clean, 2u);
}

TEST(Catch2Listener, FailsAtTheTestsLine) {
  Result R = run(CATCH2_PROGRAM, "'leaky: detached' -r compact");
  EXPECT_NE(R.Exit, 0);
  EXPECT_THAT(R.Out, HasSubstr("catch2-leaks.cpp:"));
  EXPECT_THAT(R.Out, Not(HasSubstr("catch2_listener.h")));
  EXPECT_EQ(R.Errors, "");
}

TEST(Catch2Listener, LetsCleanTestsPass) {
  Result R = run(CATCH2_PROGRAM, "[clean]", Patient);
  EXPECT_EQ(R.Exit, 0) << R.Out;
  EXPECT_EQ(R.Errors, "");
}

TEST(Catch2Listener, EndsTheRunWhereItShouldEnd) {
  Result R = run(CATCH2_PROGRAM, "[leaky] --abort");
  EXPECT_GT(R.Exit, 0);
  EXPECT_EQ(count(R.Out, LeavesOne), 1u) << R.Out;
  EXPECT_THAT(R.Out, HasSubstr("test cases: 1 |"));
}

TEST(Catch2Listener, LeavesACrashAlone) {
  Result R = run(CATCH2_PROGRAM, "[.crash]");
  Result Plain = run(CATCH2_PROGRAM, "[.crash]", 0);
  EXPECT_NE(R.Exit, 0);
  EXPECT_EQ(R.Exit, Plain.Exit);
  EXPECT_THAT(R.Out, HasSubstr("fatal error condition"));
  EXPECT_THAT(R.Out, Not(HasSubstr("leaked")));
}

TEST(Catch2Listener, IsSilentWhileTestsAreListed) {
  for (const char *Option :
       {"--list-tests", "--list-test-names-only", "--list-reporters"}) {
    Result R = run(CATCH2_PROGRAM, Option);
    Result Plain = run(CATCH2_PROGRAM, Option, 0);
    EXPECT_EQ(R.Exit, Plain.Exit) << Option;
    EXPECT_EQ(R.Out, Plain.Out) << Option;
    EXPECT_EQ(R.Errors, Plain.Errors) << Option;
  }
}

TEST(Catch2Listener, DoesNothingWithoutThePreload) {
  Result R = run(CATCH2_PROGRAM, "~[broken]~[.crash]", 0);
  EXPECT_EQ(R.Exit, 0) << R.Out;
  EXPECT_EQ(R.Errors, "");
}

#endif

} // namespace
