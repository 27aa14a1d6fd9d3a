// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// testdata/tsan has what the sanitizers of clang and gcc really printed, and
// beside each text what is to be read from it.
#include "stress/runner/SanitizerReport.h"
#include "stress/runner/ReportFrames.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <chrono>
#include <gmock/gmock.h>
#include <regex>

using namespace raddle::stress;
using namespace testing;

namespace {

std::string get(const std::string &Path) {
  auto Bytes = llvm::MemoryBuffer::getFile(Path);
  return Bytes ? (*Bytes)->getBuffer().str() : "";
}

std::vector<std::string> fixtures() {
  std::vector<std::string> Result;
  std::error_code Code;
  for (llvm::sys::fs::directory_iterator I(RADDLE_TESTDATA "/tsan", Code), End;
       I != End && !Code; I.increment(Code))
    if (llvm::StringRef(I->path()).ends_with(".txt"))
      Result.push_back(I->path());
  std::sort(Result.begin(), Result.end());
  return Result;
}

std::string fixture(const char *Name) {
  return get(std::string(RADDLE_TESTDATA "/tsan/") + Name);
}

/// What was read, for people.
std::string dump(const std::vector<SanitizerReport> &Reports) {
  static const char *Roles[] = {"access",          "allocation",
                                "thread creation", "mutex creation",
                                "acquisition",     "other"};
  std::string Text;
  llvm::raw_string_ostream Out(Text);
  for (const SanitizerReport &R : Reports) {
    Out << R.Tool << ": " << R.Kind << "\n";
    Out << "key: " << R.Key << "\n";
    if (!R.Location.empty())
      Out << "location: " << R.Location << "\n";
    for (const ReportStack &S : R.Stacks) {
      Out << Roles[S.What];
      if (S.Previous)
        Out << " previous";
      if (S.Atomic)
        Out << " atomic";
      if (S.What == ReportStack::Access)
        Out << (S.Write ? " write" : " read");
      if (S.Size)
        Out << " of " << S.Size;
      if (!S.Thread.empty())
        Out << " by " << S.Thread;
      for (const std::string &M : S.Mutexes)
        Out << " " << M;
      Out << "\n";
      for (const ReportFrame &F : S.Frames) {
        Out << (isOwnFrame(F) ? "  * " : "    ") << F.Function;
        if (!F.File.empty())
          Out << " in " << F.File << ":" << F.Line;
        if (F.Column)
          Out << ":" << F.Column;
        if (!F.Module.empty())
          Out << " [" << F.Module << " " << llvm::utohexstr(F.Offset, true)
              << "]";
        Out << "\n";
      }
    }
    Out << "\n";
  }
  return Text;
}

class Fixture : public TestWithParam<std::string> {};

TEST_P(Fixture, IsReadAsExpected) {
  std::string Expected =
      llvm::StringRef(GetParam()).drop_back(4).str() + ".expected";
  std::string Found = dump(parseSanitizerReports(get(GetParam())));
  if (getenv("RADDLE_WRITE_EXPECTED")) {
    std::error_code Code;
    llvm::raw_fd_ostream(Expected, Code) << Found;
  }
  EXPECT_EQ(Found, get(Expected));
  EXPECT_NE(Found, "");
}

// Does not trust the expectations, which a change of the parser may bring
// along.
TEST_P(Fixture, HasEveryReportAndFrame) {
  std::string Text = get(GetParam());
  auto Count = [&](const char *Pattern) {
    std::string Plain =
        std::regex_replace(Text, std::regex("\x1b\\[[0-9;]*m"), "");
    std::regex Regex(Pattern, std::regex::multiline);
    return size_t(std::distance(
        std::sregex_iterator(Plain.begin(), Plain.end(), Regex), {}));
  };
  std::vector<SanitizerReport> Reports = parseSanitizerReports(Text);
  EXPECT_EQ(Reports.size(), Count("(WARNING|ERROR): [A-Za-z]+Sanitizer: |: "
                                  "runtime error: "));
  size_t Frames = 0, WithFile = 0, WithModule = 0;
  for (const SanitizerReport &R : Reports)
    for (const ReportStack &S : R.Stacks)
      for (const ReportFrame &F : S.Frames) {
        ++Frames;
        WithFile += F.Line != 0;
        WithModule += !F.Module.empty();
      }
  if (Text.find("runtime error: ") == std::string::npos)
    EXPECT_EQ(Frames, Count("^ +#[0-9]+ "));
  EXPECT_EQ(WithModule, Count("^ +#[0-9]+ .*\\+0x[0-9a-f]+\\)"));
  if (Text.find("runtime error: ") == std::string::npos)
    EXPECT_EQ(WithFile, Count("^ +#[0-9]+ .*[^ :]:[0-9]+( |$)"));
}

TEST_P(Fixture, IsReadAsFarAsItGoes) {
  std::string Text = get(GetParam());
  size_t Before = 0;
  // Each cut re-reads what is before it; a few thousand bytes are enough.
  for (size_t I = 0; I < Text.size(); I += I < 3000 ? 1 : 97) {
    std::vector<SanitizerReport> R =
        parseSanitizerReports(llvm::StringRef(Text).substr(0, I));
    ASSERT_GE(R.size() + (Before > R.size()), Before) << I;
    Before = R.size();
    for (const SanitizerReport &Each : R) {
      ASSERT_FALSE(Each.Tool.empty());
      ASSERT_FALSE(Each.Key.empty());
      ASSERT_LE(Each.Text.size(), I + 1);
    }
  }
}

TEST_P(Fixture, SurvivesDamage) {
  std::string Text = get(GetParam());
  Text.resize(std::min<size_t>(Text.size(), 3000));
  uint32_t Random = 12345;
  for (unsigned Round = 0; Round != 300; ++Round) {
    std::string Other = Text;
    for (unsigned I = 0; I != 8; ++I) {
      Random = Random * 1664525 + 1013904223;
      static const char Bad[] = "\0\n#():'\x1b[\xff 0";
      Other[(Random >> 4) % Other.size()] = Bad[Random % (sizeof(Bad) - 1)];
    }
    for (const SanitizerReport &R : parseSanitizerReports(Other))
      ASSERT_LE(R.Text.size(), Other.size() + 1);
  }
}

INSTANTIATE_TEST_SUITE_P(SanitizerReports, Fixture, ValuesIn(fixtures()),
                         [](const TestParamInfo<std::string> &Info) {
                           std::string Name =
                               llvm::sys::path::stem(Info.param).str();
                           for (char &C : Name)
                             if (!llvm::isAlnum(C))
                               C = '_';
                           return Name;
                         });

std::string onlyKey(llvm::StringRef Text) {
  std::vector<SanitizerReport> R = parseSanitizerReports(Text);
  return R.size() == 1 ? R[0].Key : "not one report";
}

std::string race(const char *First, const char *Second, const char *Line,
                 const char *Address) {
  return std::string("==================\n"
                     "WARNING: ThreadSanitizer: data race (pid=1)\n"
                     "  Write of size 4 at ") +
         Address + " by thread T1:\n    #0 " + First + " src/a.cpp:" + Line +
         " (prog+0x1)\n\n  Previous read of size 4 at " + Address +
         " by thread T2:\n    #0 " + Second + " src/a.cpp:7 (prog+0x2)\n\n" +
         "SUMMARY: ThreadSanitizer: data race src/a.cpp:" + Line +
         " in x\n==================\n";
}

TEST(SanitizerReport, KeyIsThatOfTheBug) {
  std::string Key = onlyKey(race("push(int)", "pop()", "3", "0x7f01"));
  EXPECT_EQ(Key, "ThreadSanitizer|data race|pop@a.cpp|push@a.cpp");
  EXPECT_EQ(Key, onlyKey(race("pop()", "push(int)", "3", "0x7f01")));
  EXPECT_EQ(Key, onlyKey(race("push(int)", "pop()", "99", "0x8f0c")));
  EXPECT_NE(Key, onlyKey(race("push(int)", "size()", "3", "0x7f01")));
}

TEST(SanitizerReport, CompilersAgreeOnKeys) {
  for (const char *Name :
       {"race-global", "race-mutexes", "inversion", "inversion-heap",
        "thread-leak", "unlock-other", "destroy-locked", "use-after-free",
        "signal-unsafe"}) {
    auto First = [&](const char *Compiler) {
      std::vector<SanitizerReport> R = parseSanitizerReports(
          fixture((std::string(Name) + Compiler).c_str()));
      return R.empty() ? "none" : R[0].Key;
    };
    EXPECT_EQ(First(".clang.txt"), First(".gcc.txt")) << Name;
  }
}

TEST(SanitizerReport, OutputInBetweenIsNoPartOfIt) {
  std::string Text = "hello\n" + race("f()", "g()", "1", "0x10") + "bye\n" +
                     race("f()", "h()", "1", "0x10") + "end\n";
  std::vector<SanitizerReport> R = parseSanitizerReports(Text);
  ASSERT_EQ(R.size(), 2u);
  EXPECT_TRUE(llvm::StringRef(R[0].Text).starts_with("WARNING: "));
  EXPECT_EQ(R[0].Text.find("bye"), std::string::npos);
  EXPECT_EQ(R[1].Text.find("end"), std::string::npos);
  // A line of the program's in the middle of it.
  size_t At = Text.find("  Previous");
  Text.insert(At, "progress 10 %\n");
  R = parseSanitizerReports(Text);
  ASSERT_EQ(R.size(), 2u);
  EXPECT_EQ(R[0].Stacks.size(), 2u);
}

TEST(SanitizerReport, TwoProcessesInOnePipe) {
  std::string One = race("f()", "g()", "1", "0x10");
  std::string Two = race("h()", "i()", "1", "0x10");
  // Line by line, one after the other.
  std::string Mixed;
  llvm::StringRef A = One, B = Two;
  while (!A.empty() || !B.empty())
    for (llvm::StringRef *Each : {&A, &B}) {
      auto [Line, Rest] = Each->split('\n');
      if (!Each->empty())
        Mixed += Line.str() + "\n";
      *Each = Rest;
    }
  for (const SanitizerReport &R : parseSanitizerReports(Mixed)) {
    EXPECT_EQ(R.Kind, "data race");
    for (const ReportStack &S : R.Stacks)
      EXPECT_LE(S.Frames.size(), 1u);
  }
  // In the middle of a line.
  Mixed = One.substr(0, 60) + Two + One.substr(60);
  EXPECT_THAT(parseSanitizerReports(Mixed), Not(IsEmpty()));
}

TEST(SanitizerReport, NothingIsReadFromOtherText) {
  EXPECT_THAT(parseSanitizerReports(""), IsEmpty());
  EXPECT_THAT(parseSanitizerReports("no report\n#0 f() a.c:1\n"), IsEmpty());
  EXPECT_THAT(parseSanitizerReports("WARNING: ThreadSanitizer: "), IsEmpty());
  EXPECT_THAT(parseSanitizerReports("a runtime error: b"), IsEmpty());
  EXPECT_THAT(parseSanitizerReports("a: b: c: runtime error: d"), IsEmpty());
}

TEST(SanitizerReport, NamesMayHoldAnything) {
  std::vector<SanitizerReport> R = parseSanitizerReports(
      "WARNING: ThreadSanitizer: data race (pid=1)\n"
      "  Write of size 8 at 0x1 by thread T1:\n"
      "    #0 shop::<b>&amp;</b>::f(char const*) /a dir/b <c>.cpp:3:1 (p "
      "(1)+0x2)\n"
      "\n"
      "  Location is global 'x' at 0x5 of size 3' of size 4 at 0x55 (p+0x1)\n"
      "\n"
      "  Thread T1 ' created by (tid=2' (tid=1, running) created by main "
      "thread at:\n"
      "    #0 main a.cpp:1 (p+0x1)\n");
  ASSERT_EQ(R.size(), 1u);
  ASSERT_EQ(R[0].Stacks.size(), 2u);
  EXPECT_EQ(R[0].Stacks[0].Frames[0].Function,
            "shop::<b>&amp;</b>::f(char const*)");
  EXPECT_EQ(R[0].Stacks[0].Frames[0].File, "/a dir/b <c>.cpp");
  EXPECT_EQ(R[0].Stacks[0].Frames[0].Module, "p (1)");
  EXPECT_EQ(R[0].Location, "global 'x' at 0x5 of size 3' of size 4");
  EXPECT_EQ(R[0].Stacks[1].What, ReportStack::ThreadCreation);
  EXPECT_EQ(R[0].Stacks[1].Thread, "T1");
}

// A quadratic reader would need minutes for this.
TEST(SanitizerReport, LongTextsAreReadInLinearTime) {
  std::string Unit = race("f()", "g()", "1", "0x10");
  std::string Text;
  while (Text.size() < (4u << 20))
    Text += Unit;
  EXPECT_EQ(parseSanitizerReports(Text).size(), Text.size() / Unit.size());
  // A report of one line, and one of frames only.
  Text = "WARNING: ThreadSanitizer: data race (pid=1)\n  Write of size 4 at "
         "0x1 by thread T1:\n    #0 " +
         std::string(2u << 20, '<') + " a.cpp:1\n" + std::string(2u << 20, '(');
  EXPECT_EQ(parseSanitizerReports(Text).size(), 1u);
  Text = "WARNING: ThreadSanitizer: data race (pid=1)\n  Write of size 4 at "
         "0x1 by thread T1:\n";
  for (unsigned I = 0; I != 200000; ++I)
    Text += "    #" + std::to_string(I % 10000) + " std::f<int>() a.cpp:1\n";
  EXPECT_EQ(parseSanitizerReports(Text).size(), 1u);
  Text = std::string(2u << 20, '\x1b') + std::string(2u << 20, '\n');
  EXPECT_THAT(parseSanitizerReports(Text), IsEmpty());
}

TEST(PlainFunction, LeavesTheName) {
  EXPECT_EQ(plainFunction("main"), "main");
  EXPECT_EQ(plainFunction("Queue::push(int) const"), "Queue::push");
  EXPECT_EQ(plainFunction("shop::Queue<std::pair<int, A<B> > >::size() const"),
            "shop::Queue::size");
  EXPECT_EQ(plainFunction("void std::__invoke_impl<void, f()::$_1>(int)"),
            "std::__invoke_impl");
  EXPECT_EQ(plainFunction("main::$_0::operator()() const"),
            "main::$_0::operator()");
  EXPECT_EQ(plainFunction("f(int)::g::h(char)"), "f::g::h");
  EXPECT_EQ(plainFunction("(anonymous namespace)::f(int (*)(int))"),
            "(anonymous namespace)::f");
  EXPECT_EQ(plainFunction("{anonymous}::f(int)"), "(anonymous namespace)::f");
  EXPECT_EQ(plainFunction("operator new(unsigned long)"), "operator new");
  EXPECT_EQ(plainFunction("A::operator<<(B const&)"), "A::operator<<");
  EXPECT_EQ(plainFunction("A::operator bool() const"), "A::operator bool");
  EXPECT_EQ(plainFunction("f(int) [clone .isra.0]"), "f");
  EXPECT_EQ(plainFunction("f [clone .part.0]"), "f");
  EXPECT_EQ(plainFunction("f.cold"), "f");
  EXPECT_EQ(plainFunction("main()::<lambda(int)>"), "main::lambda");
  EXPECT_EQ(plainFunction("void *f(void *)"), "f");
  EXPECT_EQ(plainFunction("A &B::operator*()"), "B::operator*");
  EXPECT_EQ(plainFunction("&&"), "");
  EXPECT_EQ(plainFunction(""), "");
  EXPECT_EQ(plainFunction("<<<<"), "");
  EXPECT_EQ(plainFunction("))))"), "))))");
}

} // namespace
