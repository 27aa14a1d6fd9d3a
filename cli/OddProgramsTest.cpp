// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle leaks and raddle locks before programs that few people write: each
// does what it does alone, and raddle says what it can.
#include "cli/testing/TestProject.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <filesystem>

using namespace raddle::cli::testing;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

struct Odd {
  const char *Name;
  bool Leaks = false;            ///< The code is 23 in place of 0.
  const char *Says = "observed"; ///< On standard error.
};

void PrintTo(const Odd &O, std::ostream *Out) { *Out << O.Name; }

class OddPrograms : public ::testing::TestWithParam<Odd> {};

TEST_P(OddPrograms, DoAsAlone) {
  TestProject P;
  std::string Program = RADDLE_PROGRAMS "/odd", Case = GetParam().Name;
  Ran Alone = P.run({Program, Case});
  if (Alone.Code == 77)
    GTEST_SKIP() << "needs root";
  Ran R = P.raddle({"locks", "--all", "-o", "found.html", "-o", "found.json",
                    "--", Program, Case});
  EXPECT_EQ(R.Code, GetParam().Leaks ? 23 : Alone.Code) << R.Err;
  EXPECT_TRUE(R.Out == Alone.Out) << R.Out.size() << " " << Alone.Out.size();
  EXPECT_THAT(R.Err, HasSubstr(GetParam().Says));
  EXPECT_EQ(R.Err.find("raddle-leaked-thread") != std::string::npos,
            GetParam().Leaks)
      << R.Err;
  // Whatever names are in it.
  EXPECT_THAT(P.read("found.html"), Not(HasSubstr("</script><b>x")));
}

constexpr const char *Nothing = "no findings in";

INSTANTIATE_TEST_SUITE_P(
    All, OddPrograms,
    ::testing::Values(
        Odd{"closes-descriptors", false, Nothing}, Odd{"closes-all", true},
        Odd{"prints-much", false, Nothing}, Odd{"forks-much", false, Nothing},
        Odd{"daemonises", false, Nothing}, Odd{"vforks", false, Nothing},
        Odd{"killed-at-exit", false, "killed was not asked for leaks"},
        Odd{"aborts-at-exit", false, "killed was not asked for leaks"},
        Odd{"few-descriptors", true}, Odd{"no-memory", false, Nothing},
        Odd{"odd-name", true, "'</script><b>x'"}, Odd{"other-user", true},
        Odd{"other-root", true}, Odd{"clones", false, Nothing},
        Odd{"exits-in-thread", false, Nothing}, Odd{"exits-at-once", true},
        Odd{"crashes", false, "killed was not asked for leaks"},
        Odd{"executes-itself", false, "add --follow-children"}),
    [](const auto &Info) {
      std::string Name = Info.param.Name;
      std::erase(Name, '-');
      return Name;
    });

/// A library that is loaded by a relative path, from a folder that the program
/// then leaves, is found for its source lines.
TEST(Plugins, AreSymbolised) {
  TestProject P;
  std::filesystem::copy_file(RADDLE_PROGRAMS "/plugin.so", P.path("plugin.so"));
  std::vector<std::string> Command = {"--", RADDLE_PROGRAMS "/plugin-host",
                                      "./plugin.so", "/"};
  std::vector<std::string> Leaks = {"leaks"}, Locks = {"locks"};
  Locks.insert(Locks.end(), Command.begin(), Command.end());
  Ran R = P.raddle(Locks);
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("between 'pluginFirst' and 'pluginSecond'"));
  EXPECT_THAT(R.Err, HasSubstr("plugin.cpp:18:31: error"));
  Command.push_back("leak");
  Leaks.insert(Leaks.end(), Command.begin(), Command.end());
  R = P.raddle(Leaks);
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err,
              HasSubstr("plugin.cpp:11:3: note: path 1 of 2: where it is now"));
  // Without symbols: the module and the place in it.
  ASSERT_EQ(P.run({"strip", P.path("plugin.so")}).Code, 0);
  R = P.raddle(Leaks);
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("plugin.so+0x"));
  EXPECT_THAT(R.Err, Not(HasSubstr("plugin.cpp")));
}

} // namespace
