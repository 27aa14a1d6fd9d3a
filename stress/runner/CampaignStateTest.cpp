// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Campaign.h"
#include "stress/runner/WriteFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <random>

using namespace llvm;
using namespace raddle::stress;

namespace {

class CampaignState : public testing::Test {
protected:
  void SetUp() override {
    SmallString<128> Path;
    ASSERT_FALSE(sys::fs::createUniqueDirectory("raddle-state", Path));
    O.Folder = std::string(Path);
    StressProgram P;
    P.Path = "/bin/plain";
    P.BuildId = "ab";
    O.Programs = {P};
    O.Tests = {"A.a", "B.b"};
    O.Seed = UINT64_MAX;
    O.Runs = 50;
  }
  void TearDown() override { sys::fs::remove_directories(O.Folder); }

  CampaignResult sample() const {
    CampaignResult R;
    R.Arms = Plan(O).Arms;
    R.Arms[1].Runs = 7;
    R.Arms[1].Failures = 1;
    R.Arms[1].Places = {1, UINT64_MAX};
    R.Arms[1].Schedules = {5, 6};
    R.Runs = 7;
    R.Failed = 1;
    R.Seconds = 1.5;
    R.Next = {5, 4};
    R.Open = {{2}, {}};
    FailureGroup G;
    G.Kind = "assertion";
    G.Key = "assertion|f@x.c|\"quoted\" \xff";
    G.Says = "assertion failed";
    G.Count = 1;
    G.Test = 1;
    G.Strategy = "pos";
    G.Seed = UINT64_MAX - 1;
    G.Options = "schedule=pos";
    G.Stem = "failure-1";
    G.Preemptions = 2;
    R.Groups = {G};
    return R;
  }
  std::string path() const { return O.Folder + "/state.json"; }
  std::string text() const {
    auto Bytes = MemoryBuffer::getFile(path());
    return Bytes ? (*Bytes)->getBuffer().str() : "";
  }
  std::string problem() const {
    auto R = loadState(O);
    return R ? "" : toString(R.takeError());
  }

  CampaignOptions O;
};

TEST_F(CampaignState, ComesBackAsItWas) {
  CampaignResult R = sample();
  ASSERT_FALSE(saveState(O, R));
  auto Seed = seedOfState(O.Folder);
  ASSERT_TRUE(bool(Seed)) << toString(Seed.takeError());
  EXPECT_EQ(*Seed, UINT64_MAX);
  auto Back = loadState(O);
  ASSERT_TRUE(bool(Back)) << toString(Back.takeError());
  EXPECT_EQ(Back->Runs, 7u);
  EXPECT_EQ(Back->Failed, 1u);
  EXPECT_EQ(Back->Seconds, 1.5);
  EXPECT_EQ(Back->Next, R.Next);
  EXPECT_EQ(Back->Open, R.Open);
  ASSERT_EQ(Back->Arms.size(), R.Arms.size());
  EXPECT_EQ(Back->Arms[1].Runs, 7u);
  EXPECT_EQ(Back->Arms[1].Places, R.Arms[1].Places);
  // Which they were is not kept, only how many.
  EXPECT_EQ(Back->Arms[1].EarlierSchedules, 2u);
  ASSERT_EQ(Back->Groups.size(), 1u);
  EXPECT_EQ(Back->Groups[0].Seed, UINT64_MAX - 1);
  EXPECT_EQ(Back->Groups[0].Says, "assertion failed");
  EXPECT_EQ(Back->Groups[0].Preemptions, 2u);
}

TEST_F(CampaignState, BelongsToOneCampaign) {
  ASSERT_FALSE(saveState(O, sample()));
  EXPECT_EQ(problem(), "");
  O.Programs[0].BuildId = "cd";
  EXPECT_NE(problem().find("another build of it"), std::string::npos);
  O.Programs[0].BuildId = "ab";
  O.Runs = 51;
  EXPECT_NE(problem().find("other options"), std::string::npos);
}

TEST_F(CampaignState, NamesFilesOfItsOwnFolderOnly) {
  ASSERT_FALSE(saveState(O, sample()));
  std::string Text = text();
  size_t At = Text.find("failure-1");
  ASSERT_NE(At, std::string::npos);
  Text.replace(At, 9, "../../etc/passwd");
  ASSERT_FALSE(writeFile(path(), Text));
  EXPECT_NE(problem().find("stem"), std::string::npos);
}

TEST_F(CampaignState, TakesAnyBytes) {
  ASSERT_FALSE(saveState(O, sample()));
  std::string Good = text();
  std::mt19937 Random(1);
  unsigned Read = 0;
  for (unsigned I = 0; I != 2000; ++I) {
    std::string Bytes = Good;
    for (unsigned N = 1 + Random() % 3; N; --N)
      Bytes[Random() % Bytes.size()] = char(Random());
    Bytes.resize(Random() % 8 ? Bytes.size() : Random() % Bytes.size());
    ASSERT_FALSE(writeFile(path(), Bytes));
    consumeError(seedOfState(O.Folder).takeError());
    Read += problem().empty();
  }
  EXPECT_LT(Read, 2000u);
}

} // namespace
