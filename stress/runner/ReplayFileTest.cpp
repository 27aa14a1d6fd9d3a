// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/ReplayFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <gmock/gmock.h>
#include <unistd.h>

using namespace raddle::stress;
using namespace testing;

namespace {

class ReplayFileTest : public Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("raddle-replay", Folder));
  }
  void TearDown() override {
    // NOLINTNEXTLINE: a failure leaves a folder behind.
    (void)llvm::sys::fs::remove_directories(Folder);
  }

  std::string path(const char *Name) { return (Folder + "/" + Name).str(); }

  std::string get(llvm::StringRef Path) {
    auto Bytes = llvm::MemoryBuffer::getFile(Path);
    return Bytes ? (*Bytes)->getBuffer().str() : "";
  }
  /// What is said of a file with \p Text; "" if it is taken.
  std::string why(llvm::StringRef Text) {
    llvm::Expected<ReplayFile> R = parseReplay(Text, "replay.json");
    return R ? "" : llvm::toString(R.takeError());
  }

  llvm::SmallString<128> Folder;
};

ReplayFile sample() {
  ReplayFile R;
  R.Program = "/build/queue-test";
  R.BuildId = "0123456789abcdef";
  R.Arguments = {"--gtest_filter=Queue.*", "", "two words", "\xff\xfe bytes"};
  R.Folder = "/build";
  R.Environment = {{"LANG", "C"}, {"EMPTY", ""}};
  R.Strategy = "pct";
  R.Seed = 18446744073709551615u;
  R.Options = "schedule=pct:seed=18446744073709551615:depth=3";
  R.Schedule = {{1, 2, 7}, {2, 1, 0}, {4294967295u, 3, 18446744073709551615u}};
  R.Hash = 0xfedcba9876543210u;
  R.Events = 1234567;
  R.Kind = "assertion";
  R.Key = "assertion|pop|queue.cpp";
  R.Says = "Assertion `size_ > 0' failed in \"pop\"\n";
  R.SeedFailures = 4;
  R.SeedRuns = 20;
  R.BaseRuns = 20;
  return R;
}

TEST_F(ReplayFileTest, ComesBackAsWritten) {
  ReplayFile R = sample();
  std::string Path = path("a.json");
  ASSERT_FALSE(bool(writeReplay(R, Path)));
  llvm::Expected<ReplayFile> Back = readReplay(Path);
  ASSERT_TRUE(bool(Back)) << llvm::toString(Back.takeError());
  EXPECT_EQ(Back->Program, R.Program);
  EXPECT_EQ(Back->BuildId, R.BuildId);
  EXPECT_EQ(Back->Arguments, R.Arguments);
  EXPECT_EQ(Back->Folder, R.Folder);
  EXPECT_EQ(Back->Environment, R.Environment);
  EXPECT_EQ(Back->Strategy, R.Strategy);
  EXPECT_EQ(Back->Seed, R.Seed);
  EXPECT_EQ(Back->Options, R.Options);
  EXPECT_EQ(Back->Schedule, R.Schedule);
  EXPECT_EQ(Back->Hash, R.Hash);
  EXPECT_EQ(Back->Events, R.Events);
  EXPECT_EQ(Back->Kind, R.Kind);
  EXPECT_EQ(Back->Key, R.Key);
  EXPECT_EQ(Back->Says, R.Says);
  EXPECT_EQ(Back->SeedFailures, 4u);
  EXPECT_EQ(Back->SeedRuns, 20u);
  EXPECT_EQ(Back->BaseFailures, 0u);
  EXPECT_EQ(Back->BaseRuns, 20u);
}

TEST_F(ReplayFileTest, LeavesNothingBeside) {
  std::string Path = path("a.json");
  ASSERT_FALSE(bool(writeReplay(sample(), Path)));
  ASSERT_FALSE(bool(writeReplay(sample(), Path)));
  std::error_code Code;
  unsigned Files = 0;
  for (llvm::sys::fs::directory_iterator I(Folder, Code), End;
       I != End && !Code; I.increment(Code))
    ++Files;
  EXPECT_EQ(Files, 1u);
  std::string Why = llvm::toString(writeReplay(sample(), path("no/a.json")));
  EXPECT_THAT(Why, HasSubstr("no/a.json' cannot be written: "));
}

TEST_F(ReplayFileTest, EveryPrefixIsRefusedAndNamesTheFile) {
  std::string Path = path("a.json");
  ASSERT_FALSE(bool(writeReplay(sample(), Path)));
  std::string Whole = get(Path);
  ASSERT_EQ(why(Whole), "");
  for (size_t I = 0; I + 2 < Whole.size(); ++I)
    ASSERT_THAT(why(Whole.substr(0, I)), HasSubstr("replay.json' is no replay"))
        << I;
}

TEST_F(ReplayFileTest, ChangedBytesAreTakenOrRefused) {
  std::string Path = path("a.json");
  ASSERT_FALSE(bool(writeReplay(sample(), Path)));
  std::string Whole = get(Path);
  for (size_t I = 0; I < Whole.size(); ++I)
    for (char C : {'\0', '"', '[', '}', '-', '9', '\xff'}) {
      std::string Other = Whole;
      Other[I] = C;
      why(Other);
    }
}

TEST_F(ReplayFileTest, SaysWhereItIsWrong) {
  std::string Path = path("a.json");
  ASSERT_FALSE(bool(writeReplay(sample(), Path)));
  std::string Whole = get(Path);
  auto Changed = [&](llvm::StringRef From, llvm::StringRef To) {
    std::string Other = Whole;
    size_t At = Other.find(From.str());
    EXPECT_NE(At, std::string::npos) << From.str();
    Other.replace(At, From.size(), To.str());
    return why(Other);
  };
  EXPECT_THAT(Changed("\"version\": 1", "\"version\": 2"),
              HasSubstr("'version' is not 1"));
  EXPECT_THAT(Changed("\"program\"", "\"programme\""),
              HasSubstr("'program' is missing"));
  EXPECT_THAT(Changed("/build/queue-test", "queue-test"),
              HasSubstr("'program' is no absolute path"));
  EXPECT_THAT(Changed("\"two words\"", "17"),
              HasSubstr("'arguments[2]' is no string"));
  EXPECT_THAT(Changed("two words", "two\\u0000words"),
              HasSubstr("'arguments[2]' holds a zero byte"));
  EXPECT_THAT(Changed("\"hex\"", "\"hax\""),
              HasSubstr("'arguments[3]' is neither"));
  EXPECT_THAT(Changed("\"LANG\"", "\"LA=NG\""),
              HasSubstr("'environment[0].name' is no name"));
  EXPECT_THAT(Changed("[2, 0, 1]", "[2, -1, 1]"),
              HasSubstr("'schedule[1][1]' is no number"));
  EXPECT_THAT(Changed("[2, 0, 1]", "[2, 0, 0]"),
              HasSubstr("'schedule[1][2]' is no thread"));
  EXPECT_THAT(Changed("[2, 0, 1]", "[2, 0, 4294967296]"),
              HasSubstr("'schedule[1][2]' is no thread"));
  EXPECT_THAT(Changed("[2, 0, 1]", "[2, 0]"),
              HasSubstr("'schedule[1]' is no list of"));
  EXPECT_THAT(Changed("0xfedcba9876543210", "0x1fedcba9876543210"),
              HasSubstr("'hash' is no number"));
  EXPECT_THAT(Changed("\"pct\"", "\"pct:exec=1\""),
              HasSubstr("'strategy' is no strategy's name"));
  EXPECT_THAT(Changed("\"runs\": 20", "\"runs\": 2"),
              HasSubstr("has more failures than runs"));
  EXPECT_THAT(why("[]"), HasSubstr("it is no object"));
  EXPECT_THAT(why("{\"version\": \"one\"}"),
              HasSubstr("'version' is no number"));
  EXPECT_THAT(why(std::string(1u << 20, '[')), HasSubstr("nested too deeply"));
  EXPECT_THAT(why(std::string(100, '\xff')), HasSubstr("is no replay file"));
}

TEST_F(ReplayFileTest, SaysWhatCannotBeRead) {
  auto Why = [](llvm::StringRef Path) {
    llvm::Expected<ReplayFile> R = readReplay(Path);
    return R ? "" : llvm::toString(R.takeError());
  };
  EXPECT_THAT(Why(path("gone.json")), HasSubstr("gone.json' cannot be read: "));
  EXPECT_THAT(Why(Folder), HasSubstr("no regular file"));
  EXPECT_THAT(Why("/dev/zero"), HasSubstr("no regular file"));
}

TEST(ScheduleText, HasALineForEachSwitch) {
  EXPECT_EQ(scheduleText({}), "");
  EXPECT_EQ(scheduleText({{1, 2, 7}, {2, 1, 0}}), "1 7 2\n2 0 1\n");
}

} // namespace
