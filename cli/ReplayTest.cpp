// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Failures found by raddle stress and made to come again by raddle replay,
// through the real command line.
#include "cli/testing/TestProject.h"
#include "stress/runner/ReplayFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include <gmock/gmock.h>

using namespace ::testing;
using raddle::cli::testing::Ran;
using raddle::cli::testing::TestProject;
using raddle::stress::ReplayFile;

namespace {

/// Both threads add to a plain variable, with work around it; and a deadlock.
constexpr const char *Program = R"(#include <assert.h>
#include <mutex>
#include <string.h>
#include <thread>

static int total, other;
static std::mutex first, second;
struct Locker { std::mutex &m; Locker(std::mutex &m) : m(m) { m.lock(); } ~Locker() { m.unlock(); } };
__attribute__((noinline)) static void work() { asm volatile(""); }
static void add(int n) {
  int seen = total; work();
  total = seen + n;
}
static void forward() {
  Locker one(first);
  Locker two(second);
  ++other;
}
static void backward() {
  Locker two(second);
  Locker one(first);
  ++other;
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "deadlock") == 0) {
    std::thread a(forward), b(backward);
    a.join();
    b.join();
    return 0;
  }
  std::thread a(add, 1), b(add, 2);
  a.join();
  b.join();
  assert(total == 3);
}
)";

class ReplayTest : public Test {
protected:
  static void SetUpTestSuite() { build("lost", Program); }
  static void TearDownTestSuite() { Project.reset(); }

  static TestProject &project() {
    if (!Project)
      Project = std::make_unique<TestProject>();
    return *Project;
  }
  static std::string path(const std::string &Name) {
    return project().path(Name);
  }

  /// With points at its accesses.
  static void build(const std::string &Name, const std::string &Source) {
    project().write(Name + ".cpp", Source);
    std::string Compile = std::string(RADDLE_COMPILER) +
                          " -std=c++17 -g -O1 -fsanitize=thread -c " +
                          path(Name + ".cpp") + " -o " + path(Name + ".o");
    std::string Link = std::string(RADDLE_COMPILER) + " " + path(Name + ".o") +
                       " -o " + path(Name) + " -pthread " +
                       RADDLE_ACCESS_POINTS + " -Wl,-rpath," +
                       RADDLE_ACCESS_FOLDER;
    ASSERT_EQ(std::system(Compile.c_str()), 0);
    ASSERT_EQ(std::system(Link.c_str()), 0);
  }

  Ran raddle(const std::vector<std::string> &Arguments) {
    return project().raddle(Arguments);
  }
  /// The replay file of a failure of \p Argument.
  std::string found(const std::string &Name, const std::string &Argument) {
    std::string Folder = path("out-" + Name + Argument);
    std::vector<std::string> Command = {
        "stress", "--seed=1", "--strategy=random", "--runs=500",
        "--out",  Folder,     "--native=0",        "-j1",
        "--",     path(Name)};
    if (!Argument.empty())
      Command.push_back(Argument);
    Ran R = raddle(Command);
    EXPECT_EQ(R.Code, 23) << R.Err;
    return Folder + "/failure-1.replay";
  }
  static ReplayFile read(const std::string &File) {
    llvm::Expected<ReplayFile> R = raddle::stress::readReplay(File);
    if (R)
      return std::move(*R);
    ADD_FAILURE() << llvm::toString(R.takeError());
    return {};
  }

  static std::unique_ptr<TestProject> Project;
};

std::unique_ptr<TestProject> ReplayTest::Project;

TEST_F(ReplayTest, LostUpdateComesAgainEachTimeAndIsExplained) {
  std::string File = found("lost", "");
  Ran R = raddle({"replay", File, "--runs=20"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("Assertion `total == 3' failed"));
  EXPECT_THAT(R.Err, HasSubstr("20 of 20 runs failed as recorded, 20 with the "
                               "same "));
  // Of either thread, as the seed has it.
  EXPECT_THAT(R.Err,
              ContainsRegex("thread [23] is stopped at lost.cpp:12 before it "
                            "writes 'total' \\(total = seen \\+ n;\\), after "
                            "it read 'total' at lost.cpp:11"));
  EXPECT_THAT(R.Err, ContainsRegex("thread [23] goes on: it writes 'total' at "
                                   "lost.cpp:12"));
}

TEST_F(ReplayTest, DeadlockComesAgainEachTimeAndIsExplained) {
  std::string File = found("lost", "deadlock");
  Ran R = raddle({"replay", File, "--runs=20"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("20 of 20 runs failed as recorded, 20 with the "
                               "same "));
  EXPECT_THAT(R.Err, ContainsRegex("is stopped at lost.cpp:(16|21) before it "
                                   "locks '(first|second)'"));
  EXPECT_THAT(R.Err, ContainsRegex("waits at lost.cpp:16 for 'second', which "
                                   "thread [23] has since lost.cpp:20"));
  // The place is where a guard is made, and not in its constructor.
  EXPECT_THAT(R.Err, ContainsRegex("lost.cpp:(16|21):[0-9]+: error: deadlock"));
}

TEST_F(ReplayTest, MinimisesToOnePreemption) {
  // A random walk that was left as it was met.
  std::string Folder = path("out-whole");
  Ran R = raddle({"stress", "--seed=1", "--strategy=random", "--runs=500",
                  "--out", Folder, "--native=0", "-j1", "--no-minimise", "--",
                  path("lost")});
  EXPECT_EQ(R.Code, 23) << R.Err;
  std::string Small = path("small.replay");
  R = raddle({"replay", Folder + "/failure-1.replay", "--minimise", Small});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, ContainsRegex("1 preemption of [0-9]+ left after"));
  EXPECT_LE(read(Small).Schedule.size(),
            read(Folder + "/failure-1.replay").Schedule.size());
  R = raddle({"replay", Small, "--runs=20", "--quiet"});
  EXPECT_EQ(R.Code, 23) << R.Err;
}

TEST_F(ReplayTest, ShowsEventsAndWritesTheReport) {
  std::string File = found("lost", "");
  std::string Json = path("replay.json");
  Ran R = raddle({"replay", File, "-v", "-o", Json});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("read 'total'  at lost.cpp:11 in add()"));
  EXPECT_THAT(R.Err, ContainsRegex("-- thread [23] is stopped; thread"));
  auto Text = llvm::MemoryBuffer::getFile(Json);
  ASSERT_TRUE(bool(Text));
  llvm::Expected<llvm::json::Value> V = llvm::json::parse((*Text)->getBuffer());
  ASSERT_TRUE(bool(V)) << llvm::toString(V.takeError());
  EXPECT_THAT((*Text)->getBuffer().str(), HasSubstr("\"story\""));
}

TEST_F(ReplayTest, AnotherBuildIsRefused) {
  build("changed", Program);
  std::string File = found("changed", "");
  std::string Other = Program;
  Other += "int more(int x) { return x + 1; }\n";
  build("changed", Other);
  Ran R = raddle({"replay", File});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("is not the build that failed: its build id "
                               "is "));
  EXPECT_THAT(R.Err, HasSubstr("--force"));
  // Nothing that the schedule needs has changed.
  R = raddle({"replay", File, "--force"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("is not the build that failed"));
  std::string Gone = path("changed");
  ASSERT_FALSE(llvm::sys::fs::remove(Gone));
  R = raddle({"replay", File, "--force"});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("/changed' is gone"));
}

TEST_F(ReplayTest, SaysWhenItDoesNotFailOrLeavesTheWay) {
  std::string File = found("lost", "");
  ReplayFile Other = read(File);
  std::string Changed = path("changed.replay");
  // Nobody is stopped.
  Other.Schedule.clear();
  ASSERT_FALSE(bool(raddle::stress::writeReplay(Other, Changed)));
  Ran R = raddle({"replay", Changed});
  EXPECT_NE(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("it did not fail as recorded"));
  // Somebody is to go on who is not there.
  Other = read(File);
  Other.Schedule.front().Next = 77;
  ASSERT_FALSE(bool(raddle::stress::writeReplay(Other, Changed)));
  R = raddle({"replay", Changed});
  EXPECT_EQ(R.Code, 3) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("left its schedule after"));
  // Failing, but not so.
  Other = read(File);
  Other.Key = "assertion|elsewhere";
  ASSERT_FALSE(bool(raddle::stress::writeReplay(Other, Changed)));
  R = raddle({"replay", Changed});
  EXPECT_EQ(R.Code, 1) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("failed in another way"));
}

TEST_F(ReplayTest, BadFilesAreRefusedByName) {
  Ran R = raddle({"replay", path("no.replay")});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("/no.replay' cannot be read"));
  project().write("bad.replay", "{\"version\": 1, \"program\": 3}");
  R = raddle({"replay", path("bad.replay")});
  EXPECT_EQ(R.Code, 2);
  EXPECT_THAT(R.Err, HasSubstr("/bad.replay' is no replay file of raddle: "
                               "'program' is no string"));
  R = raddle({"replay"});
  EXPECT_EQ(R.Code, 2);
}

TEST_F(ReplayTest, JitterTellsRatesAndNoCertainty) {
  // Fails always, so that what is counted is known.
  build("always", "#include <assert.h>\n#include <thread>\n"
                  "int main() { std::thread([] {}).join(); assert(false); }\n");
  std::string Folder = path("out-always");
  Ran R = raddle({"stress", "--seed=1", "--strategy=jitter", "--runs=3",
                  "--out", Folder, "--native=2", "-j1", "--no-minimise", "--",
                  path("always")});
  EXPECT_EQ(R.Code, 23) << R.Err;
  std::string File;
  std::error_code Code;
  for (llvm::sys::fs::directory_iterator I(Folder, Code), End;
       I != End && !Code; I.increment(Code))
    if (llvm::StringRef(I->path()).ends_with(".replay"))
      File = I->path();
  ASSERT_NE(File, "");
  R = raddle({"replay", File, "--runs=4"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("4 of 4 runs failed (100 %; the rate is between "
                               "51 % and 100 %, 95 % sure)"));
  EXPECT_THAT(R.Err, HasSubstr("without raddle "));
  EXPECT_THAT(R.Err, HasSubstr("do not show that the seed makes a difference"));
}

// The runtime ends such a run with a code of its own; without it, it would
// hang.
TEST_F(ReplayTest, DeadlockUnderJitterIsKnownAgain) {
  build("crossed", R"(#include <atomic>
#include <mutex>
#include <thread>
static std::mutex first, second;
static std::atomic<int> both;
static void take(std::mutex &one, std::mutex &other) {
  std::lock_guard<std::mutex> a(one);
  ++both;
  while (both != 2)
    std::this_thread::yield();
  std::lock_guard<std::mutex> b(other);
}
int main() {
  std::thread a([] { take(first, second); }), b([] { take(second, first); });
  a.join();
  b.join();
}
)");
  std::string Folder = path("out-crossed");
  Ran R = raddle({"stress", "--seed=1", "--strategy=jitter", "--runs=1",
                  "--out", Folder, "--native=0", "-j1", "--no-minimise", "--",
                  path("crossed")});
  EXPECT_EQ(R.Code, 23) << R.Err;
  R = raddle(
      {"replay", Folder + "/failure-1.replay", "--runs=2", "--no-native"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("2 of 2 runs failed"));
  EXPECT_THAT(R.Err, HasSubstr("[raddle-deadlock]"));
}

} // namespace
