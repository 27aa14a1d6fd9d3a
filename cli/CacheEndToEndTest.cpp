// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The cache, seen from outside: what is parsed again, and when.
#include "cli/testing/TestProject.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <csignal>
#include <filesystem>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace raddle::cli::testing;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

namespace {

const std::vector<std::string> Lint{"lint", "-p", "build"};

void expectParsed(const TestProject &P, const char *Counts,
                  std::vector<std::string> More = {}) {
  std::vector<std::string> Arguments = Lint;
  Arguments.insert(Arguments.end(), More.begin(), More.end());
  Ran R = P.raddle(Arguments);
  EXPECT_THAT(R.Out, HasSubstr(Counts)) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("raddle-lock-order-inversion")) << R.Err;
  EXPECT_EQ(R.Code, 1);
}

TEST(CacheEndToEnd, UnchangedParsesNothing) {
  TestProject P;
  writeInversion(P);
  expectParsed(P, "2 parsed, 0 from cache");
  expectParsed(P, "0 parsed, 2 from cache");
  expectParsed(P, "2 parsed, 0 from cache", {"--no-cache"});
}

TEST(CacheEndToEnd, SameOutputFromTheCache) {
  TestProject P;
  writeInversion(P);
  std::vector<std::string> Json = Lint;
  Json.insert(Json.end(), {"--format", "json"});
  std::string First = P.raddle(Json).Out;
  EXPECT_EQ(P.raddle(Json).Out, First);
}

TEST(CacheEndToEnd, HeaderChangeParsesWhatIncludesIt) {
  TestProject P;
  writeInversion(P);
  P.write("c.cpp", "int alone() { return 1; }\n");
  P.database({"a.cpp", "b.cpp", "c.cpp"});
  expectParsed(P, "3 parsed, 0 from cache");
  P.write("locks.h", P.read("locks.h") + "// changed\n");
  expectParsed(P, "2 parsed, 1 from cache");
  expectParsed(P, "0 parsed, 3 from cache");
}

TEST(CacheEndToEnd, NewTimeWithOldContentParsesNothing) {
  TestProject P;
  writeInversion(P);
  expectParsed(P, "2 parsed, 0 from cache");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  P.write("locks.h", P.read("locks.h"));
  expectParsed(P, "0 parsed, 2 from cache");
}

TEST(CacheEndToEnd, FlagsAndLockModelAreKeys) {
  TestProject P;
  writeInversion(P);
  expectParsed(P, "2 parsed, 0 from cache");
  expectParsed(P, "2 parsed, 0 from cache", {"--extra-arg=-DX=1"});
  P.write(".raddle.yaml", "locks:\n  types: [MyMutex]\n");
  expectParsed(P, "2 parsed, 0 from cache");
}

TEST(CacheEndToEnd, TwoRunsAtOnce) {
  TestProject P;
  writeInversion(P);
  Ran A, B;
  TestProject Other; // For output files of its own.
  std::thread First([&] { A = P.raddle(Lint); });
  B = Other.raddle({"lint", "-p", P.path("build")});
  First.join();
  EXPECT_EQ(A.Code, 1) << A.Err;
  EXPECT_EQ(B.Code, 1) << B.Err;
  expectParsed(P, "0 parsed, 2 from cache");
}

TEST(CacheEndToEnd, KilledRunLeavesAUsableCache) {
  TestProject P;
  writeInversion(P);
  // At various moments of the run.
  for (int Milliseconds : {5, 50, 150, 300, 600}) {
    pid_t Run = P.start(Lint);
    std::this_thread::sleep_for(std::chrono::milliseconds(Milliseconds));
    ::kill(-Run, SIGKILL);
    ::waitpid(Run, nullptr, 0);
  }
  Ran R = P.raddle(Lint);
  EXPECT_EQ(R.Code, 1) << R.Err;
  expectParsed(P, "0 parsed, 2 from cache");
}

TEST(CacheEndToEnd, DamagedFilesAreMadeAgain) {
  TestProject P;
  writeInversion(P);
  expectParsed(P, "2 parsed, 0 from cache");
  std::vector<std::string> Files;
  for (const auto &Entry :
       fs::recursive_directory_iterator(P.path("build/.raddle-cache")))
    if (Entry.is_regular_file())
      Files.push_back(Entry.path());
  ASSERT_GE(Files.size(), 5u);
  for (const std::string &File : Files) {
    fs::resize_file(File, fs::file_size(File) / 2);
    Ran R = P.raddle(Lint);
    EXPECT_EQ(R.Code, 1) << File << ": " << R.Err;
    P.write(File, "garbage");
    R = P.raddle(Lint);
    EXPECT_EQ(R.Code, 1) << File << ": " << R.Err;
  }
  // All at once: without the result, the summaries are looked at.
  for (const std::string &File : Files)
    if (fs::exists(File))
      P.write(File, "garbage");
  expectParsed(P, "2 parsed, 0 from cache");
  expectParsed(P, "0 parsed, 2 from cache");
}

TEST(CacheEndToEnd, DamagedSummariesAreExtractedAgain) {
  TestProject P;
  writeInversion(P);
  expectParsed(P, "2 parsed, 0 from cache");
  fs::remove_all(P.path("build/.raddle-cache/results"));
  for (const auto &Entry :
       fs::directory_iterator(P.path("build/.raddle-cache/summaries")))
    P.write(Entry.path().string(), "garbage");
  Ran R = P.raddle(Lint);
  EXPECT_EQ(R.Code, 1) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("raddle-lock-order-inversion"));
  EXPECT_THAT(R.Out, HasSubstr("2 parsed, 0 from cache"));
}

TEST(CacheEndToEnd, UnwritableCacheOnlyWarns) {
  TestProject P;
  writeInversion(P);
  P.write("file", "");
  Ran R = P.raddle({"lint", "-p", "build", "--cache-dir", "file/below"});
  EXPECT_EQ(R.Code, 1);
  EXPECT_THAT(R.Err, HasSubstr("--cache-dir"));
}

} // namespace
