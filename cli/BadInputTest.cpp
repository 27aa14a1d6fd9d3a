// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Wrong input: each gets its exit code and a sentence that says what to do.
#include "cli/testing/TestProject.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <unistd.h>

using namespace raddle::cli::testing;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

TEST(BadInput, NoCompileDatabase) {
  TestProject P;
  Ran R = P.raddle({"lint"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("no 'compile_commands.json' in"));
  EXPECT_THAT(R.Err, HasSubstr("CMAKE_EXPORT_COMPILE_COMMANDS=ON"));
  R = P.raddle({"lint", "-p", "nowhere"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("'nowhere' (from -p) does not exist"));
  P.write("empty/x", "");
  R = P.raddle({"lint", "-p", "empty"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("there is no 'compile_commands.json' in"));
}

TEST(BadInput, DatabaseIsNotJson) {
  TestProject P;
  P.write("build/compile_commands.json", "[{\"file\": oops}]");
  Ran R = P.raddle({"lint", "-p", "build"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("compile_commands.json' is not JSON: [1:11"));
  EXPECT_THAT(R.Err, HasSubstr("write it again"));
}

TEST(BadInput, DatabaseHasWrongTypes) {
  TestProject P;
  P.write("build/compile_commands.json",
          "[{\"directory\":\".\",\"file\":\"a.cpp\",\"command\":\"c++ a.cpp\"},"
          "{\"directory\":\".\",\"file\":7,\"command\":\"c++ b.cpp\"}]");
  Ran R = P.raddle({"lint", "-p", "build"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("entry 2: \"file\" is a number, not a string"));
}

TEST(BadInput, MissingSourceFailsAlone) {
  TestProject P;
  writeInversion(P);
  P.database({"a.cpp", "gone.cpp", "b.cpp"});
  Ran R = P.raddle({"lint", "-p", "build"});
  EXPECT_EQ(R.Code, 3);
  EXPECT_THAT(R.Out, HasSubstr("raddle-lock-order-inversion"));
  EXPECT_THAT(R.Out + R.Err, HasSubstr("gone.cpp' does not exist; build"));
}

TEST(BadInput, MissingCompilerIsFine) {
  TestProject P;
  writeInversion(P);
  P.write("build/compile_commands.json",
          "[{\"directory\":\"..\",\"file\":\"a.cpp\","
          "\"command\":\"/no/such/g++ -std=c++20 -c a.cpp\"}]");
  Ran R = P.raddle({"lint", "-p", "build"});
  EXPECT_EQ(R.Code, 0) << R.Out << R.Err;
}

TEST(BadInput, WhatDoesNotCompileStillHasFindings) {
  TestProject P;
  writeInversion(P);
  P.write("b.cpp", P.read("b.cpp") + "void broken() { undeclared(); }\n");
  Ran R = P.raddle({"lint", "-p", "build"});
  EXPECT_EQ(R.Code, 3);
  EXPECT_THAT(R.Out, HasSubstr("raddle-lock-order-inversion"));
  EXPECT_THAT(R.Out + R.Err, HasSubstr("it does not compile: "));
  EXPECT_THAT(R.Out + R.Err, HasSubstr("b.cpp:7:17: "));
}

TEST(BadInput, MissingHeaderIsSeenOnceItIsThere) {
  TestProject P;
  P.write("a.cpp", "#include \"late.h\"\nint use() { return late; }\n");
  P.database({"a.cpp"});
  EXPECT_EQ(P.raddle({"lint", "-p", "build"}).Code, 3);
  P.write("late.h", "inline int late = 1;\n");
  EXPECT_EQ(P.raddle({"lint", "-p", "build"}).Code, 0);
}

TEST(BadInput, UnwritableOutput) {
  TestProject P;
  writeInversion(P);
  Ran R = P.raddle({"lint", "-p", "build", "-o", "no/such/out.sarif"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("'no/such/out.sarif' cannot be written"));
  EXPECT_THAT(R.Out, Not(HasSubstr("raddle-")));
  // Before the analysis: nothing was parsed.
  EXPECT_FALSE(P.exists("build/.raddle-cache"));
  R = P.raddle({"lint", "-p", "build", "-o", "out.unknown"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("the format of 'out.unknown' is not known"));
}

TEST(BadInput, UnknownCheckNamesTheNearest) {
  TestProject P;
  writeInversion(P);
  for (const char *List :
       {"-*,raddle-lock-order-inversoin", "lock-order-inversio"}) {
    Ran R = P.raddle({"lint", "-p", "build", "--checks", List});
    EXPECT_EQ(R.Code, 2);
    EXPECT_THAT(R.Err, HasSubstr("did you mean 'raddle-lock-order-inversion'"));
  }
  Ran R = P.raddle({"explain", "raddle-busyspin"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("did you mean 'raddle-busy-spin'"));
}

TEST(BadInput, UnknownConfigurationKey) {
  TestProject P;
  writeInversion(P);
  P.write(".raddle.yaml", "Checks: '*'\nlock:\n  types: []\n");
  Ran R = P.raddle({"lint", "-p", "build"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err,
              HasSubstr(".raddle.yaml:2:1: unknown key 'lock'; did you mean "
                        "'locks'?"));
}

TEST(BadInput, SummaryOfAnotherVersion) {
  TestProject P;
  writeInversion(P);
  ASSERT_EQ(P.raddle({"extract", "-p", "build", "-o", "sums"}).Code, 0);
  std::string Foreign = "RADDLETU";
  Foreign += std::string("\x63\0\0\0", 4) + std::string(16, '\0');
  P.write("sums/foreign.summary", Foreign);
  P.write("sums/cut.summary", "RADD");
  Ran R = P.raddle({"link", "sums"});
  EXPECT_EQ(R.Code, 3);
  EXPECT_THAT(R.Err, HasSubstr("foreign.summary"));
  EXPECT_THAT(R.Err, HasSubstr("it has format 99"));
  EXPECT_THAT(R.Err, HasSubstr("cut.summary"));
  EXPECT_THAT(R.Out, HasSubstr("raddle-lock-order-inversion"));
}

TEST(BadInput, WrongUsage) {
  TestProject P;
  writeInversion(P);
  for (std::vector<std::string> Arguments :
       std::vector<std::vector<std::string>>{
           {},
           {"lnit"},
           {"lint", "--no-such-option"},
           {"lint", "-p", "build", "--fail-on", "sometimes"},
           {"lint", "-p", "build", "--shard", "3/2"},
           {"lint", "-p", "build", "--format", "xml2"},
           {"lint", "-p", "build", "--color", "blue"},
           {"lint", "-p", "build", "nothing/here.cpp"},
           {"lint", "-p", "build", "--baseline", "none.txt"},
           {"lint", "a.cpp", "b.cpp", "--", "c++"},
           {"link", "no-folder"},
           {"explain"}}) {
    Ran R = P.raddle(Arguments);
    EXPECT_EQ(R.Code, 2) << ::testing::PrintToString(Arguments);
    EXPECT_THAT(R.Err, HasSubstr("raddle: error: "));
  }
}

TEST(BadInput, WhatWasNotExpectedSaysWhatIs) {
  TestProject P;
  auto Says = [&](std::vector<std::string> Arguments, const char *What) {
    Ran R = P.raddle(Arguments);
    EXPECT_EQ(R.Code, 2) << ::testing::PrintToString(Arguments);
    EXPECT_THAT(R.Err, HasSubstr(What));
  };
  Says({"stress", "./my test", "-v"}, "raddle stress [options] -- './my test'");
  Says({"leaks", "./test"}, "raddle leaks [options] -- ./test");
  Says({"stress", "--run", "5", "--", "./test"}, "did you mean '--runs'?");
  Says({"locks", "--on-deadlok=abort", "--", "./test"},
       "did you mean '--on-deadlock'?");
  Says({"explain", "raddle-deadlock", "more"}, "'more' was not expected");
  Says({"profile", "show", "--formt", "x"}, "'raddle profile show' has no");
  // Seconds, or milliseconds?
  Says({"stress", "--time", "5", "--", "./test"}, "'5' is no time");
}

TEST(BadInput, UnknownCommandNamesTheNearest) {
  TestProject P;
  Ran R = P.raddle({"lnit"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("no command 'lnit'; did you mean 'lint'?"));
}

TEST(BadInput, ChangesOfWhatGitDoesNotKnow) {
  TestProject P;
  writeInversion(P);
  Ran R = P.raddle({"lint", "--diff", "HEAD"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("git says: fatal: not a git repository"));
  EXPECT_EQ(llvm::StringRef(R.Err).count('\n'), 1u);
  // Before anything is parsed.
  EXPECT_FALSE(P.exists("build/.raddle-cache"));
}

TEST(BadInput, CrashingSourceCostsOnlyItself) {
  TestProject P;
  writeInversion(P);
  P.write("crash.cpp", "#pragma clang __debug crash\n");
  P.database({"crash.cpp", "a.cpp", "b.cpp"});
  Ran R = P.raddle({"lint", "-p", "build", "-j", "1"});
  EXPECT_EQ(R.Code, 3);
  EXPECT_THAT(R.Out, HasSubstr("raddle-lock-order-inversion"));
  EXPECT_THAT(R.Out + R.Err, HasSubstr("crash.cpp"));
  EXPECT_THAT(R.Out + R.Err, HasSubstr("the frontend crashed on it"));
}

TEST(BadInput, MemoryAndTimeLimitsCostOneUnit) {
  TestProject P;
  writeInversion(P);
  P.write("slow.cpp", "constexpr unsigned long spin(unsigned long n) {\n"
                      "  unsigned long s = 0;\n"
                      "  for (unsigned long i = 0; i < n; ++i) s += i * i;\n"
                      "  return s;\n}\n"
                      "static_assert(spin(4000000000ul) != 1);\n");
  P.database({"slow.cpp", "a.cpp", "b.cpp"});
  Ran R = P.raddle({"lint", "-p", "build", "--unit-timeout", "2",
                    "--extra-arg=-fconstexpr-steps=4294967295"});
  EXPECT_EQ(R.Code, 3);
  EXPECT_THAT(R.Out, HasSubstr("raddle-lock-order-inversion"));
  EXPECT_THAT(R.Out + R.Err, HasSubstr("--unit-timeout"));

  P.write("slow.cpp",
          "template <int N> struct Big { Big<N - 1> a; int b[N]; };\n"
          "template <> struct Big<0> {};\n"
          "#define TEN(x) x x x x x x x x x x\n"
          "const char *text = TEN(TEN(TEN(TEN(TEN(TEN(TEN(\n"
          "  \"0123456789012345678901234567890123456789\")))))));\n");
  R = P.raddle({"lint", "-p", "build", "--memory-limit", "600"});
  EXPECT_EQ(R.Code, 3);
  EXPECT_THAT(R.Out, HasSubstr("raddle-lock-order-inversion"));
  EXPECT_THAT(R.Out + R.Err, HasSubstr("--memory-limit"));
}

} // namespace
