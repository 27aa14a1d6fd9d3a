// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/core/Maps.h"
#include "runtime/core/Match.h"
#include "runtime/core/Memory.h"
#include "runtime/core/Options.h"
#include "runtime/core/Print.h"
#include "gtest/gtest.h"
#include <map>
#include <random>
#include <signal.h>
#include <string>
#include <sys/mman.h>
#include <thread>
#include <vector>

using namespace raddle;

namespace {

std::vector<std::string> *Warnings;
void warn(const char *Sentence) { Warnings->push_back(Sentence); }

std::vector<int> blockedSignals() {
  sigset_t Set;
  pthread_sigmask(SIG_BLOCK, nullptr, &Set);
  std::vector<int> Blocked;
  for (int Signal = 1; Signal != 32; ++Signal)
    if (Signal != SIGKILL && Signal != SIGSTOP && sigismember(&Set, Signal))
      Blocked.push_back(Signal);
  return Blocked;
}

TEST(NoSignalsTest, TheOutermostRestores) {
  sigset_t Set, Before;
  sigemptyset(&Set);
  sigaddset(&Set, SIGUSR1);
  pthread_sigmask(SIG_SETMASK, &Set, &Before);
  {
    sys::NoSignals Outer;
    EXPECT_EQ(blockedSignals().size(), 29u);
    {
      // Nothing to do for this one: it leaves a mask alone that is changed.
      pthread_sigmask(SIG_SETMASK, &Set, nullptr);
      { sys::NoSignals Inner; }
      EXPECT_EQ(blockedSignals(), std::vector<int>{SIGUSR1});
      sigfillset(&Set);
      pthread_sigmask(SIG_SETMASK, &Set, nullptr);
    }
    EXPECT_EQ(blockedSignals().size(), 29u);
  }
  EXPECT_EQ(blockedSignals(), std::vector<int>{SIGUSR1});
  pthread_sigmask(SIG_SETMASK, &Before, nullptr);
  // Each thread counts for itself.
  sys::NoSignals Here;
  std::thread([] {
    sigset_t None;
    sigemptyset(&None);
    pthread_sigmask(SIG_SETMASK, &None, nullptr);
    { sys::NoSignals There; }
    EXPECT_TRUE(blockedSignals().empty());
  }).join();
}

class OptionsTest : public ::testing::Test {
protected:
  OptionsTest() { Warnings = &Said; }
  Options parse(const char *Text) {
    Said.clear();
    Options O = {};
    parseOptions(Text, O, warn);
    return O;
  }
  std::vector<std::string> Said;
};

TEST_F(OptionsTest, DefaultsLookForLeaksOnly) {
  for (const char *Text : {static_cast<const char *>(nullptr), "", ":", "::"}) {
    Options O = parse(Text);
    EXPECT_TRUE(O.Leaks);
    EXPECT_FALSE(O.Locks);
    EXPECT_FALSE(O.Deadlocks);
    EXPECT_EQ(O.ExitCode, 23u);
    EXPECT_EQ(O.GraceMs, 430u);
    EXPECT_STREQ(O.Trace, "");
    EXPECT_TRUE(Said.empty());
  }
}

TEST_F(OptionsTest, QuotedValuesHoldSeparators) {
  Options O = parse("ignore='top:a::b,name:c':quiet=1:log_path=\"x:y\"");
  EXPECT_STREQ(O.Ignore, "top:a::b,name:c");
  EXPECT_STREQ(O.LogPath, "x:y");
  EXPECT_TRUE(O.Quiet);
  EXPECT_TRUE(Said.empty());
  // A quote that does not end the value is one of its characters.
  EXPECT_STREQ(parse("ignore='a:quiet=1").Ignore, "'a");
}

TEST_F(OptionsTest, SetsWhatIsSaid) {
  Options O = parse("leaks=0:locks=1:grace_ms=1500:trace=/tmp/a=b.%p:"
                    "on_deadlock=abort:snapshot_signal=SIGUSR2:quiet=yes");
  EXPECT_FALSE(O.Leaks);
  EXPECT_TRUE(O.Locks);
  EXPECT_EQ(O.GraceMs, 1500u);
  EXPECT_STREQ(O.Trace, "/tmp/a=b.%p");
  EXPECT_TRUE(O.AbortOnDeadlock);
  EXPECT_EQ(O.SnapshotSignal, 12u);
  EXPECT_TRUE(O.Profile) << "a signal for snapshots wants snapshots";
  EXPECT_TRUE(O.Quiet);
  EXPECT_TRUE(Said.empty());
}

TEST_F(OptionsTest, NamesWhatItDoesNotKnowAndGoesOn) {
  Options O = parse("lokcs=1:locks=1:leaks=maybe:grace_ms=-3:locks:exitcode=");
  EXPECT_TRUE(O.Locks);
  EXPECT_TRUE(O.Leaks) << "as it was";
  EXPECT_EQ(O.GraceMs, 430u);
  ASSERT_EQ(Said.size(), 5u);
  EXPECT_NE(Said[0].find("'lokcs'"), std::string::npos);
  EXPECT_NE(Said[1].find("'leaks' wants 0 or 1"), std::string::npos);
  EXPECT_NE(Said[2].find("'grace_ms' wants a number"), std::string::npos);
}

TEST_F(OptionsTest, SurvivesGarbage) {
  std::mt19937 Random(1);
  for (int I = 0; I != 2000; ++I) {
    std::string Text;
    for (unsigned Length = Random() % 60; Length--;)
      Text += "leaks=10:%p\n\xff"[Random() % 13];
    parse(Text.c_str());
  }
  parse(std::string(100000, 'x').c_str());
  EXPECT_EQ(Said.size(), 1u);
  EXPECT_LT(Said[0].size(), 256u);
}

TEST(HashTable, IsAMap) {
  HashTable Table;
  std::map<uint64_t, uint32_t> Expected;
  std::mt19937_64 Random(7);
  for (int I = 0; I != 200000; ++I) {
    uint64_t Key = Random() % 5000 + 1;
    switch (Random() % 3) {
    case 0:
      Table.erase(Key);
      Expected.erase(Key);
      break;
    default:
      *Table.insert(Key) = uint32_t(I);
      Expected[Key] = uint32_t(I);
    }
    uint64_t Asked = Random() % 5000 + 1;
    uint32_t *Found = Table.find(Asked);
    auto It = Expected.find(Asked);
    ASSERT_EQ(Found != nullptr, It != Expected.end());
    if (Found)
      ASSERT_EQ(*Found, It->second);
  }
  EXPECT_EQ(Table.size(), Expected.size());
}

TEST(Pool, GivesZeroedMemoryAgain) {
  struct Thing {
    uint64_t A[5];
  };
  static Pool<Thing> P;
  Thing *First = P.allocate();
  First->A[3] = 9;
  P.release(First);
  Thing *Second = P.allocate();
  EXPECT_EQ(First, Second);
  for (uint64_t Word : Second->A)
    EXPECT_EQ(Word, 0u);
  EXPECT_NE(P.allocate(), Second);
}

TEST(SafeRead, NeverFaults) {
  uint64_t Word = 42, Read = 0;
  EXPECT_TRUE(
      sys::safeRead(&Read, reinterpret_cast<uint64_t>(&Word), sizeof(Word)));
  EXPECT_EQ(Read, 42u);
  EXPECT_FALSE(sys::safeRead(&Read, 8, sizeof(Read)));
  void *Page = mmap(nullptr, 8192, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(static_cast<char *>(Page) + 4096, 4096, PROT_NONE);
  EXPECT_FALSE(
      sys::safeRead(&Read, reinterpret_cast<uint64_t>(Page) + 4092, 8));
  munmap(Page, 8192);
}

TEST(Maps, KnowsWhereThingsAre) {
  static int Data = 1;
  int OnStack = 2;
  bool FoundData = false, FoundStack = false, FoundCode = false;
  auto Inside = [](const Mapping &M, const void *P) {
    uint64_t A = reinterpret_cast<uint64_t>(P);
    return A >= M.Start && A < M.End;
  };
  MapsReader Maps;
  Mapping M;
  while (Maps.next(M)) {
    EXPECT_LT(M.Start, M.End);
    if (Inside(M, &Data)) {
      FoundData = true;
      EXPECT_TRUE(M.Writable && !M.Executable);
      EXPECT_NE(std::string(M.Path).find("core_test"), std::string::npos);
    }
    if (Inside(M, &OnStack)) {
      FoundStack = true;
      EXPECT_TRUE(M.IsStack && M.Anonymous);
    }
    if (Inside(M, reinterpret_cast<void *>(&warn))) {
      FoundCode = true;
      EXPECT_TRUE(M.Executable && M.Readable && !M.Writable);
    }
  }
  EXPECT_TRUE(FoundData && FoundStack && FoundCode);
}

TEST(Print, CutsWhatDoesNotFit) {
  TextBuffer<8> Text;
  Text << "abc" << uint64_t(12345) << "xyz";
  EXPECT_STREQ(Text.text(), "abc1234");
  TextBuffer<64> Numbers;
  Numbers << -5 << ' ' << 0u << ' ' << Hex{0xbeef} << ' ' << ~uint64_t(0);
  EXPECT_STREQ(Numbers.text(), "-5 0 0xbeef 18446744073709551615");
}

TEST(Match, StarsStandForAnyText) {
  EXPECT_TRUE(matchesGlob("*", ""));
  EXPECT_TRUE(matchesGlob("Pool::*", "Pool::run"));
  EXPECT_TRUE(matchesGlob("*a*b", "xaxbxb"));
  EXPECT_TRUE(matchesGlob("w?rker", "worker"));
  EXPECT_FALSE(matchesGlob("w?rker", "wrker"));
  EXPECT_FALSE(matchesGlob("*a*b", "xaxbx"));
  EXPECT_FALSE(matchesGlob("", "x"));
  EXPECT_FALSE(matchesGlob("Pool::*", "my::Pool::run"));
}

TEST(Match, NamesWithoutParameters) {
  auto Short = [](const std::string &Name) {
    return Name.substr(0, withoutParameters(Name.c_str()));
  };
  EXPECT_EQ(Short("f(int)"), "f");
  EXPECT_EQ(Short("A::g(void (*)(int), B) const"), "A::g");
  EXPECT_EQ(Short("A::operator()(int)"), "A::operator()");
  EXPECT_EQ(Short("(anonymous namespace)::f()"), "(anonymous namespace)::f");
  EXPECT_EQ(Short("main"), "main");
  EXPECT_EQ(Short("(x)"), "(x)");
  EXPECT_EQ(Short("f)"), "f)");
  EXPECT_EQ(Short(""), "");
}

} // namespace
