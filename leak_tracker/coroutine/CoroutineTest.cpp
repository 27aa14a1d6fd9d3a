// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs testdata/programs/leaks-coroutine.cpp, built by each compiler that was
// found, without and with optimisation.
#include "leak_tracker/coroutine/FrameSymbols.h"
#include "leak_tracker/testing/RunProgram.h"
#include <set>
#include <sstream>

namespace {

using namespace raddle;
using namespace raddle::leaks;

TEST(FrameSymbols, PartsOfOneCoroutine) {
  EXPECT_TRUE(areFrameSymbols("_Z1fv.resume", "_Z1fv.destroy"));
  EXPECT_TRUE(areFrameSymbols("_Z1fv.resume", "_Z1fv.cleanup"));
  EXPECT_TRUE(areFrameSymbols("_Z1fv.resume.llvm.12", "_Z1fv.destroy.llvm.7"));
  EXPECT_TRUE(areFrameSymbols("_Z1fPZ1fvE11_Z1fv.Frame.actor",
                              "_Z1fPZ1fvE11_Z1fv.Frame.destroy"));
  EXPECT_TRUE(areFrameSymbols("_Z1fPZ1fvE11_Z1fv.Frame.actor.lto_priv.0",
                              "_Z1fPZ1fvE11_Z1fv.Frame.destroy.lto_priv.1"));
}

TEST(FrameSymbols, OthersAreNone) {
  for (auto [Resume, Destroy] :
       std::vector<std::pair<const char *, const char *>>{
           {"_Z1fv.resume", "_Z1gv.destroy"},
           {"_Z1fv.resume", "_Z1fv.resume"},
           {"_Z1fv.destroy", "_Z1fv.resume"},
           {"_Z1fv.actor", "_Z1fv.destroy"},
           {"f.Frame.actor", "f.destroy"},
           {"on_resume", "on_destroy"},
           {".resume", ".destroy"},
           {"a.resume", "ab.destroy"},
           {"", ""}})
    EXPECT_FALSE(areFrameSymbols(Resume, Destroy)) << Resume << ' ' << Destroy;
}

TEST(FrameSymbols, NameOfTheCoroutine) {
  for (auto [Symbol, Want] : std::vector<std::pair<const char *, const char *>>{
           {"_ZN2ns3genEi.resume", "_ZN2ns3genEi"},
           {"_ZN2ns3genEPZNS_3genEiE18_ZN2ns3genEi.Frame.actor",
            "_ZN2ns3genEi"},
           {"_ZZ4mainENUliE_clEPZZ4mainENKS_clEiE26_ZZ4mainENKUliE_clEi.Frame."
            "actor",
            "_ZZ4mainENKUliE_clEi"},
           // The length belongs to nothing: as it is.
           {"_Z1fPZ1fvE99_Z1fv.Frame.actor", "_Z1fPZ1fvE99_Z1fv.Frame"},
           {"_Z.Frame.actor", "_Z.Frame"}}) {
    const char *Name;
    size_t Length;
    findCoroutineName(Symbol, Name, Length);
    EXPECT_EQ(std::string(Name, Length), Want);
  }
}

std::vector<std::string> programs() {
  std::vector<std::string> All;
  std::stringstream List(PROGRAMS);
  for (std::string One; std::getline(List, One, '|');)
    All.push_back(One);
  return All;
}

class Coroutines : public testing::TestWithParam<std::string> {
protected:
  Result run(const std::string &Case, const std::string &Options = "") {
    return runProgram(GetParam(), Case, "grace_ms=50:" + Options);
  }
  void expectOnly(const Result &R, const std::vector<std::string> &Names) {
    EXPECT_EQ(R.Exit, 23) << R.Errors;
    std::multiset<std::string> Have;
    for (const trace::LeakRecord &L : R.T.Leaks) {
      EXPECT_EQ(L.Kind, trace::TaskKind::Coroutine);
      EXPECT_EQ(L.State, trace::TaskState::Suspended);
      EXPECT_NE(L.ResumePoint, 0u);
      auto Task = R.T.Tasks.find(L.Id);
      ASSERT_NE(Task, R.T.Tasks.end());
      EXPECT_NE(Task->second.Address, 0u);
      Have.insert(R.T.TaskNames.at(L.Id));
    }
    EXPECT_EQ(Have, (std::multiset<std::string>(Names.begin(), Names.end())))
        << R.Errors;
  }
};

TEST_P(Coroutines, Suspended) {
  for (const char *Case : {"suspended", "first", "initial", "thread"}) {
    SCOPED_TRACE(Case);
    Result R = run(Case);
    expectOnly(R, {"flow::fetch(int)"});
    EXPECT_TRUE(R.says("coroutine 1 'flow::fetch(int)' is suspended"))
        << R.Errors;
  }
}

/// The line of the program's source that is marked "LINE <name>".
unsigned markedLine(const std::string &Name) {
  std::ifstream In(SOURCE);
  unsigned Line = 0;
  for (std::string Text; std::getline(In, Text);) {
    ++Line;
    if (Text.find("// LINE " + Name) != std::string::npos)
      return Line;
  }
  return 0;
}

/// The line that addr2line has for the frame that the report tells, or 0.
unsigned lineOfFrame(const std::string &Program, const Result &R) {
  size_t At = R.Errors.find("    is at "), Plus = R.Errors.find("-O", At);
  Plus = R.Errors.find('+', Plus);
  if (At == std::string::npos || Plus == std::string::npos)
    return 0;
  std::string Address = R.Errors.substr(Plus + 1);
  Address = Address.substr(0, Address.find(')'));
  FILE *Out = popen((ADDR2LINE " -e " + Program + " " + Address).c_str(), "r");
  char Line[4096] = "";
  if (!Out || !fgets(Line, sizeof(Line), Out))
    Line[0] = 0;
  if (Out)
    pclose(Out);
  const char *Colon = strrchr(Line, ':');
  return Colon ? unsigned(atoi(Colon + 1)) : 0;
}

TEST_P(Coroutines, TellsWhichSuspension) {
  const struct {
    const char *Case, *Line;
    unsigned Index;
  } Cases[] = {{"initial", "initial", 1},
               {"first", "first", 2},
               {"suspended", "second", 3}};
  bool Optimised = GetParam().find("-O0") == std::string::npos;
  for (const auto &C : Cases) {
    SCOPED_TRACE(C.Case);
    Result R = run(C.Case);
    ASSERT_EQ(R.T.Leaks.size(), 1u) << R.Errors;
    const trace::LeakRecord &L = R.T.Leaks[0];
    EXPECT_EQ(L.ResumeIndex, C.Index) << R.Errors;
    ASSERT_EQ(R.T.Stacks[L.Stack].size(), 1u);
    EXPECT_GT(R.T.Stacks[L.Stack][0], L.ResumePoint);
    // Optimised code goes on with what follows the line.
    if (!Optimised && C.Index != 1 && *ADDR2LINE)
      EXPECT_EQ(lineOfFrame(GetParam(), R), markedLine(C.Line)) << R.Errors;
  }
}

TEST_P(Coroutines, Kinds) {
  Result R = run("kinds");
  EXPECT_EQ(R.T.Leaks.size(), 3u) << R.Errors;
  EXPECT_TRUE(R.says("'flow::Job flow::convert<double>(double)' is suspended"))
      << R.Errors;
  EXPECT_TRUE(R.says("'flow::Job flow::convert<int>(int)' is suspended"))
      << R.Errors;
}

TEST_P(Coroutines, TwinsAreSilent) {
  for (const char *Case :
       {"suspended-fixed", "kinds-fixed", "finished", "reused", "exits"}) {
    SCOPED_TRACE(Case);
    Result R = run(Case);
    EXPECT_EQ(R.Exit, 0);
    EXPECT_EQ(R.Errors, "");
    EXPECT_EQ(R.Out, "done\n");
    EXPECT_TRUE(R.T.Leaks.empty());
  }
}

TEST_P(Coroutines, MemoryOfAnOldFrameIsNone) {
  expectOnly(run("large"), {"flow::large(int)"});
  Result R = run("stale");
  if (R.Exit == 77)
    GTEST_SKIP() << "this malloc gives other memory out";
  EXPECT_EQ(R.Exit, 0) << R.Errors;
  EXPECT_TRUE(R.T.Leaks.empty());
}

TEST_P(Coroutines, AlikeAreGrouped) {
  Result R = run("many");
  expectOnly(R, std::vector<std::string>(100, "flow::fetch(int)"));
  EXPECT_TRUE(R.says("alike, each is suspended")) << R.Errors;
}

TEST_P(Coroutines, OneThatRunsIsNotSuspended) {
  Result R = run("blocked");
  ASSERT_EQ(R.T.Leaks.size(), 2u) << R.Errors;
  EXPECT_NE(R.T.Leaks[0].Kind, R.T.Leaks[1].Kind);
  EXPECT_TRUE(R.says("'flow::blocks(int)' is suspended")) << R.Errors;
}

TEST_P(Coroutines, OneThatSpinsIsNotSuspended) {
  Result R = run("spins");
  ASSERT_EQ(R.T.Leaks.size(), 1u) << R.Errors;
  EXPECT_EQ(R.T.Leaks[0].Kind, trace::TaskKind::Thread);
  EXPECT_EQ(R.T.Leaks[0].State, trace::TaskState::Running);
}

TEST_P(Coroutines, BaselineKeepsThem) {
  Result R = run("baseline");
  if (R.Exit == 77)
    GTEST_SKIP() << "built without raddle.h";
  expectOnly(R, {"flow::Job flow::convert<int>(int)"});
}

TEST_P(Coroutines, BelongToATestThatIsAlone) {
  Result R = run("tests");
  if (R.Exit == 77)
    GTEST_SKIP() << "built without raddle.h";
  EXPECT_EQ(R.Out, "left 1 0 0\ndone\n");
  expectOnly(R, {"flow::Job flow::convert<int>(int)", "flow::fetch(int)"});
  ASSERT_EQ(R.T.Tests.size(), 2u);
  EXPECT_EQ(R.T.Tests[0], "one");
  EXPECT_EQ(R.T.Tests[1], "");
  R = run("overlap");
  EXPECT_EQ(R.Out, "left 0 0\ndone\n");
  expectOnly(R, {"flow::Job flow::convert<int>(int)"});
  EXPECT_EQ(R.T.Tests, std::vector<std::string>{""});
}

TEST_P(Coroutines, RulesAndTheOptionLetPass) {
  EXPECT_EQ(run("suspended", "ignore='top:flow::fetch*'").Exit, 0);
  EXPECT_EQ(run("suspended", "ignore='top:flow::other*'").Exit, 23);
  EXPECT_EQ(run("suspended", "coroutines=0").Exit, 0);
}

std::string nameOf(const testing::TestParamInfo<std::string> &Info) {
  std::string Name = Info.param.substr(Info.param.rfind('/') + 1);
  for (char &C : Name)
    if (!isalnum(C))
      C = '_';
  return Name;
}

INSTANTIATE_TEST_SUITE_P(Compilers, Coroutines, testing::ValuesIn(programs()),
                         nameOf);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Coroutines);

} // namespace
