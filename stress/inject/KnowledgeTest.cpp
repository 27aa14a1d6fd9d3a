// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The file that runs learn from: made, shared, and not trusted.
#include "stress/inject/Knowledge.h"
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace raddle::stress;

namespace {

struct KnowledgeTest : ::testing::Test {
  void SetUp() override {
    std::string Name =
        (std::filesystem::temp_directory_path() / "raddle-know-XXXXXX")
            .string();
    ASSERT_NE(mkdtemp(Name.data()), nullptr);
    Folder = Name;
    Path = Folder + "/known";
  }
  void TearDown() override { std::filesystem::remove_all(Folder); }
  KnowledgeFile *open() {
    KnowledgeFile *K = openKnowledge(Path.c_str());
    return K;
  }
  void close(KnowledgeFile *K) { munmap(K, sizeof(*K)); }
  std::string Folder, Path;
};

TEST_F(KnowledgeTest, IsMadeAndKept) {
  KnowledgeFile *K = open();
  ASSERT_NE(K, nullptr);
  SiteKnowledge *S = K->find(77);
  ASSERT_NE(S, nullptr);
  count(S->Hits, 5);
  close(K);
  EXPECT_EQ(std::filesystem::file_size(Path), sizeof(KnowledgeFile));
  K = open();
  ASSERT_NE(K, nullptr);
  EXPECT_EQ(K->find(77, false)->Hits, 5u);
  EXPECT_EQ(K->find(78, false), nullptr);
  EXPECT_EQ(K->find(0), nullptr);
  close(K);
  // A file that somebody made for it.
  std::ofstream(Path, std::ios::trunc).close();
  K = open();
  ASSERT_NE(K, nullptr);
  close(K);
}

/// Other files are left as they are.
TEST_F(KnowledgeTest, OtherFilesAreLeftAlone) {
  std::string Text = "notes of mine";
  std::ofstream(Path) << Text;
  EXPECT_EQ(open(), nullptr);
  std::ifstream In(Path);
  std::string Now(std::istreambuf_iterator<char>(In), {});
  EXPECT_EQ(Now, Text);

  // As long, but of another kind or version.
  for (size_t At : {size_t(0), size_t(8), size_t(12)}) {
    std::filesystem::remove(Path);
    KnowledgeFile *K = open();
    ASSERT_NE(K, nullptr);
    reinterpret_cast<char *>(K)[At] ^= 1;
    close(K);
    EXPECT_EQ(open(), nullptr) << At;
  }
  EXPECT_EQ(openKnowledge(Folder.c_str()), nullptr);
  EXPECT_EQ(openKnowledge((Folder + "/no/such").c_str()), nullptr);
  EXPECT_EQ(openKnowledge("/dev/null"), nullptr);
}

TEST_F(KnowledgeTest, CutShortAndFull) {
  KnowledgeFile *K = open();
  ASSERT_NE(K, nullptr);
  close(K);
  std::filesystem::resize_file(Path, sizeof(KnowledgeFile) / 2);
  EXPECT_EQ(open(), nullptr);
  std::filesystem::remove(Path);
  K = open();
  ASSERT_NE(K, nullptr);
  unsigned Found = 0;
  for (uint64_t Place = 1; Place != 3 * KnowledgeFile::Sites; ++Place)
    Found += K->find(Place) != nullptr;
  EXPECT_EQ(Found, KnowledgeFile::Sites);
  close(K);
}

TEST_F(KnowledgeTest, RunsAreCredited) {
  KnowledgeFile *K = open();
  ASSERT_NE(K, nullptr);
  K->find(5);
  RunUnderWay *Run = beginRun(*K, 2);
  ASSERT_NE(Run, nullptr);
  endRun(*K, Run, false);
  EXPECT_EQ(K->Runs, 1u);
  EXPECT_EQ(K->StyleRuns[2], 1u);
  EXPECT_EQ(K->StyleFailures[2], 0u);
  // Once is enough.
  endRun(*K, Run, true);
  EXPECT_EQ(K->Runs, 1u);

  // One that dies in the middle is found by the next.
  pid_t Child = fork();
  if (Child == 0) {
    RunUnderWay *Its = beginRun(*K, 3);
    Its->Delayed[0] = 5;
    _exit(0);
  }
  int Status;
  waitpid(Child, &Status, 0);
  Run = beginRun(*K, 1);
  EXPECT_EQ(K->Runs, 2u);
  EXPECT_EQ(K->Failures, 1u);
  EXPECT_EQ(K->StyleFailures[3], 1u);
  EXPECT_EQ(K->find(5)->Failures, 1u);
  // And one that is at work is not taken for dead.
  EXPECT_EQ(K->UnderWay[0].Pid, getpid());
  endRun(*K, Run, true);
  EXPECT_EQ(K->StyleFailures[1], 1u);
  close(K);
}

TEST_F(KnowledgeTest, HostileRunsAreNoIndices) {
  KnowledgeFile *K = open();
  ASSERT_NE(K, nullptr);
  for (RunUnderWay &Run : K->UnderWay) {
    Run.Pid = 0x7ffffff0;
    Run.Style = ~0u;
    std::memset(Run.Delayed, 0xff, sizeof(Run.Delayed));
  }
  K->Runs = UINT32_MAX;
  RunUnderWay *Run = beginRun(*K, ~0u);
  ASSERT_NE(Run, nullptr);
  EXPECT_EQ(K->Runs, UINT32_MAX) << "does not wrap";
  endRun(*K, Run, true);
  // No room left: the run goes on without.
  for (RunUnderWay &Other : K->UnderWay)
    Other.Pid = -1;
  EXPECT_EQ(beginRun(*K, 0), nullptr);
  endRun(*K, nullptr, true);
  close(K);
}

} // namespace
