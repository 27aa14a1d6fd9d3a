// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs compiled with -fsanitize=thread, linked to libraddle_stress.so by
// the commands of docs/stress-build.md, or run with it in front of a
// ThreadSanitizer runtime: they compute what they compute without.
#include "runtime/GuestRun.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <cstring>
#include <sys/wait.h>

using namespace raddle::testing;
using ::testing::HasSubstr;

namespace {

std::string program(const std::string &Name) {
  return std::string(RADDLE_ACCESS_PROGRAMS "/") + Name;
}

int code(const Outcome &O) {
  return WIFEXITED(O.Status) ? WEXITSTATUS(O.Status) : -1;
}

class AbiBuild : public ::testing::TestWithParam<const char *> {};

TEST_P(AbiBuild, ComputesTheSame) {
  Outcome Plain = run({program("abi-plain")});
  ASSERT_EQ(code(Plain), 0) << Plain.Err;
  EXPECT_THAT(Plain.Out, HasSubstr("threads 4000 4000 once 5\n"));
  Outcome Alone = run({program(GetParam())});
  EXPECT_EQ(code(Alone), 0) << Alone.Err;
  EXPECT_EQ(Alone.Out, Plain.Out);
  EXPECT_EQ(Alone.Err, "");
  Outcome Under = run({program(GetParam())}, preload("quiet=1"));
  EXPECT_EQ(code(Under), 0) << Under.Err;
  EXPECT_EQ(Under.Out, Plain.Out);
}

INSTANTIATE_TEST_SUITE_P(All, AbiBuild,
                         ::testing::Values(RADDLE_ACCESS_ABI_BUILDS),
                         [](const auto &Info) {
                           std::string Name = Info.param;
                           for (char &C : Name)
                             if (C == '-')
                               C = '_';
                           return Name;
                         });

class TSanBuild : public ::testing::TestWithParam<const char *> {};

/// Behind us: each call is passed on, from the program's own place, and the
/// report is that of a program run alone.
TEST_P(TSanBuild, StillReports) {
  std::string Race = program(std::string("race-") + GetParam());
  std::vector<std::string> Options = {"TSAN_OPTIONS=exitcode=66"};
  if (Race.find("clang") != std::string::npos)
    Options[0] += ":external_symbolizer_path=" RADDLE_SYMBOLIZER;
  std::vector<std::string> Preload = {Options[0], std::string("LD_PRELOAD=") +
                                                      RADDLE_STRESS_LIBRARY};
  std::vector<std::string> Both =
      preload("quiet=1:leaks=0", RADDLE_STRESS_LIBRARY);
  Both.push_back(Options[0]);
  for (auto &Environment : {Options, Preload, Both}) {
    Outcome O = run({Race}, Environment);
    EXPECT_EQ(code(O), 66) << O.Err;
    EXPECT_EQ(O.Out, "done\n");
    EXPECT_THAT(O.Err, HasSubstr("data race"));
    EXPECT_THAT(O.Err, HasSubstr("#0 writesShared(int)"));
    EXPECT_THAT(O.Err, HasSubstr("race.cpp:12"));
    EXPECT_THAT(O.Err, HasSubstr("#1 work(void*)"));
    EXPECT_THAT(O.Err, HasSubstr("'Shared'"));
  }
}

TEST_P(TSanBuild, ComputesTheSame) {
  std::string Abi = program(std::string("abi-") + GetParam());
  Outcome Plain = run({program("abi-plain")});
  // Its annotations tell of locks that are none.
  std::string Options = "TSAN_OPTIONS=exitcode=0:report_bugs=0";
  Outcome Alone = run({Abi}, {Options});
  EXPECT_EQ(Alone.Out, Plain.Out) << Alone.Err;
  Outcome Under =
      run({Abi}, {Options, std::string("LD_PRELOAD=") + RADDLE_STRESS_LIBRARY});
  EXPECT_EQ(code(Under), 0);
  EXPECT_EQ(Under.Out, Plain.Out) << Under.Err;
}

INSTANTIATE_TEST_SUITE_P(All, TSanBuild,
                         ::testing::Values(RADDLE_ACCESS_TSAN_BUILDS),
                         [](const auto &Info) {
                           std::string Name = Info.param;
                           for (char &C : Name)
                             if (C == '-')
                               C = '_';
                           return Name;
                         });

} // namespace
