// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// raddle leaks and raddle locks as a command: what they refuse, what they pass
// through, and what they leave.
#include "cli/testing/TestProject.h"
#include "runtime/trace/TraceFormat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <csignal>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace raddle::cli::testing;
using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

namespace {

const std::string Programs = RADDLE_PROGRAMS "/lock-order/O0/";
const std::string Leaky = RADDLE_LEAKY;

/// Half a minute is for machines that have much else to do.
bool await(const std::function<bool()> &Done) {
  for (int I = 0; I != 1500; ++I) {
    if (Done())
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

TEST(RunCommands, ExitCodesAreTheProgramsOwn) {
  TestProject P;
  EXPECT_EQ(P.raddle({"leaks", "--", "/bin/true"}).Code, 0);
  EXPECT_EQ(P.raddle({"leaks", "--", "/bin/false"}).Code, 1);
  EXPECT_EQ(P.raddle({"leaks", "--", "/bin/sh", "-c", "exit 7"}).Code, 7);
  EXPECT_EQ(P.raddle({"locks", "--", "/bin/sh", "-c", "kill -9 $$"}).Code,
            128 + SIGKILL);
  EXPECT_EQ(P.raddle({"leaks", "--", Leaky, "condition"}).Code, 23);
  EXPECT_EQ(
      P.raddle({"leaks", "--fail-on", "none", "--", Leaky, "condition"}).Code,
      0);
  EXPECT_EQ(
      P.raddle({"locks", "--on-deadlock=abort", "--", Programs + "hang-relock"})
          .Code,
      24);
}

TEST(RunCommands, OutputIsTheProgramsOwn) {
  TestProject P;
  Ran R = P.raddle({"leaks", "--", "/bin/echo", "--help", "me"});
  EXPECT_EQ(R.Out, "--help me\n");
  EXPECT_THAT(R.Err, HasSubstr("no findings"));
  R = P.raddle({"leaks", "-q", "--", "/bin/echo", "a"});
  EXPECT_EQ(R.Err, "");
  // What it and its children see of the environment is as it was.
  R = P.raddle({"leaks", "--", "/bin/sh", "-c",
                "echo [$LD_PRELOAD][$RADDLE_OPTIONS]; env"});
  EXPECT_THAT(R.Out, HasSubstr("[][]\n"));
  EXPECT_THAT(R.Out, Not(HasSubstr("raddle_rt")));
}

TEST(RunCommands, WhatCannotBeObservedIsRefused) {
  TestProject P;
  auto Refused = [&](const std::vector<std::string> &Arguments,
                     const char *Why) {
    std::vector<std::string> All{"leaks"};
    All.insert(All.end(), Arguments.begin(), Arguments.end());
    Ran R = P.raddle(All);
    EXPECT_EQ(R.Code, 2) << R.Err;
    EXPECT_THAT(R.Err, HasSubstr(Why));
  };
  Refused({}, "say which program to run");
  Refused({"--"}, "say which program to run");
  Refused({"--", "no-such-program"}, "'no-such-program' cannot be run");
  Refused({"--", P.folder()}, "is a folder, not a program");
  Refused({"--", RADDLE_STATIC}, "is statically linked");
  P.write("text", "hello\n");
  fs::permissions(P.path("text"), fs::perms::owner_all);
  Refused({"--", P.path("text")}, "neither a program nor a script");
  P.write("other", std::string("\x7f"
                               "ELF\1\1\1",
                               7) +
                       std::string(100, '\0'));
  fs::permissions(P.path("other"), fs::perms::owner_all);
  Refused({"--", P.path("other")}, "32-bit");
  P.write("cut", std::string("\x7f"
                             "ELF\2\1\1",
                             7));
  fs::permissions(P.path("cut"), fs::perms::owner_all);
  Refused({"--", P.path("cut")}, "broken program");
  fs::copy_file("/bin/true", P.path("other-rights"));
  ASSERT_EQ(::chmod(P.path("other-rights").c_str(), 04755), 0);
  Refused({"--", P.path("other-rights")}, "setuid");
  Refused({"--format", "json", "--", "/bin/true"}, "-o");
  Refused({"--format", "what", "--", "/bin/true"}, "there is no 'what'");
  Refused({"--ignore", "worker", "--", "/bin/true"}, "is no rule");
  Refused({"--ignore", "top:a,b", "--", "/bin/true"}, "--ignore-file");
  Refused({"--ignore-file", "none", "--", "/bin/true"}, "none");
  Refused({"--grace", "soon", "--", "/bin/true"}, "is no time");
  Refused({"--fail-on", "much", "--", "/bin/true"}, "is no level");
  Refused({"-o", "no/folder/x.json", "--", "/bin/true"}, "cannot be written");
}

TEST(RunCommands, RulesThatMatchNothingAreNamed) {
  TestProject P;
  Ran R = P.raddle({"leaks", "--ignore", "any:*waitForEver*", "--ignore",
                    "name:nobody", "--", Leaky, "condition"});
  EXPECT_THAT(R.Err, HasSubstr("'name:nobody' matched nothing"));
  P.write("rules", "creator:*  # all of them are wanted\n");
  R = P.raddle({"leaks", "--ignore-file", "rules", "--", Leaky, "condition"});
  EXPECT_EQ(R.Code, 0) << R.Err;
  EXPECT_THAT(R.Err, Not(HasSubstr("matched nothing")));
}

TEST(RunCommands, RulesMayNameFunctionsThatWereInlined) {
  TestProject P;
  Ran R = P.raddle({"leaks", "--", Leaky, "inlined"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Out + R.Err, HasSubstr("inlinedLoop"));
  for (const char *Rule :
       {"any:*inlinedLoop", "any:*inlinedLoop()", "creator:*inlinedWaiter*",
        "any:*inlinedLoop && creator:*main",
        "any:*inlinedLoop && module:*leak*"}) {
    R = P.raddle({"leaks", "--ignore", Rule, "--", Leaky, "inlined"});
    EXPECT_EQ(R.Code, 0) << Rule << "\n" << R.Out << R.Err;
    EXPECT_THAT(R.Err, Not(HasSubstr("matched nothing"))) << Rule;
  }
  for (const char *Rule :
       {"top:*main", "any:*inlinedLoo", "creator:*inlinedLoop",
        "any:*inlinedLoop && name:other"}) {
    R = P.raddle({"leaks", "--ignore", Rule, "--", Leaky, "inlined"});
    EXPECT_EQ(R.Code, 23) << Rule << "\n" << R.Out << R.Err;
    EXPECT_THAT(R.Err, HasSubstr("matched nothing")) << Rule;
  }
}

TEST(RunCommands, ScriptsSayWhatIsObserved) {
  TestProject P;
  P.write("run.sh", "#!/bin/sh\n" + Leaky + " condition\n");
  fs::permissions(P.path("run.sh"), fs::perms::owner_all);
  Ran R = P.raddle({"leaks", "--", P.path("run.sh")});
  EXPECT_EQ(R.Code, 0);
  EXPECT_THAT(R.Err, HasSubstr("--follow-children"));
  R = P.raddle({"leaks", "--follow-children", "--", P.path("run.sh")});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("raddle-leaked-thread"));
}

TEST(RunCommands, TracesAreKeptAndJoined) {
  TestProject P;
  Ran R = P.raddle({"leaks", "--trace", "traces", "--runs", "3", "-o",
                    "leaks.json", "-o", "leaks.sarif", "-o", "leaks.xml", "--",
                    Leaky, "condition"});
  EXPECT_EQ(R.Code, 23);
  size_t Files = 0;
  for (auto It = fs::directory_iterator(P.path("traces"));
       It != fs::directory_iterator(); ++It)
    ++Files;
  EXPECT_EQ(Files, 3u);
  for (const char *Name : {"leaks.json", "leaks.sarif", "leaks.xml"})
    EXPECT_THAT(P.read(Name), HasSubstr("raddle-leaked-thread")) << Name;
  // The same leak in each run is one finding.
  EXPECT_THAT(R.Err, HasSubstr("1 finding (1 error)"));
  // A broken trace among them is named, and the rest is shown.
  P.write("traces/broken.trace", "RDLTRACE");
  P.write("traces/other.txt", "not a trace\n");
  R = P.raddle({"report", "traces", "-o", "again.json"});
  EXPECT_THAT(R.Err, HasSubstr("broken.trace"));
  EXPECT_EQ(R.Code, 3);
  EXPECT_THAT(P.read("again.json"), HasSubstr("raddle-leaked-thread"));
  // Results of two runs as one.
  R = P.raddle({"report", "leaks.json", "again.json", "-o", "both.json"});
  EXPECT_EQ(R.Code, 3) << R.Err; // again.json is of an incomplete report.
  EXPECT_THAT(R.Out, HasSubstr("1 finding,"));
}

/// A program that hangs for five seconds, in two threads, once raddle has told
/// of it.
pid_t startHanging(const TestProject &P, std::vector<std::string> Arguments) {
  Arguments.insert(Arguments.end(), {"--", Programs + "hang-abba"});
  pid_t Group = P.start(Arguments);
  EXPECT_TRUE(await([&] {
    return P.exists("said") &&
           P.read("said").find("raddle-deadlock") != std::string::npos;
  })) << P.read("said");
  return Group;
}

/// The only trace in \p Folder.
std::string traceIn(const TestProject &P, const char *Folder = "t") {
  std::string Trace;
  for (const auto &Entry : fs::directory_iterator(P.path(Folder)))
    Trace = Entry.path();
  return Trace;
}

TEST(RunCommands, AnInterruptIsForTheProgram) {
  TestProject P;
  pid_t Group = startHanging(P, {"locks", "--runs", "3", "-o", "found.json"});
  ::kill(-Group, SIGINT);
  int Status = 0;
  ASSERT_EQ(::waitpid(Group, &Status, 0), Group);
  ASSERT_TRUE(WIFEXITED(Status));
  EXPECT_EQ(WEXITSTATUS(Status), 128 + SIGINT);
  EXPECT_THAT(P.read("found.json"), HasSubstr("raddle-deadlock"));
  EXPECT_THAT(P.read("said"), HasSubstr("in 1 process,"))
      << "and ends the runs\n";
}

TEST(RunCommands, ARuntimeBelowABlankIsLoaded) {
  TestProject P;
  fs::create_directories(P.path("pre fix:x/bin"));
  fs::create_directories(P.path("pre fix:x/lib"));
  fs::copy_file(RADDLE_PROGRAM, P.path("pre fix:x/bin/raddle"));
  fs::copy_file(RADDLE_RUNTIME, P.path("pre fix:x/lib/libraddle_rt.so"));
  Ran R = P.run(
      {P.path("pre fix:x/bin/raddle"), "leaks", "--", Leaky, "condition"});
  EXPECT_EQ(R.Code, 23) << R.Err;
}

TEST(RunCommands, ASignalAsksForASnapshot) {
  TestProject P;
  pid_t Group = startHanging(P, {"locks", "--all", "--trace", "t"});
  std::string Trace = traceIn(P);
  ::kill(Group, SIGUSR2);
  EXPECT_TRUE(await([&] {
    uint32_t Done = 0;
    std::string Bytes = P.read(Trace);
    constexpr size_t At = offsetof(raddle::trace::Header, SnapshotsDone);
    if (Bytes.size() >= At + sizeof(Done))
      std::memcpy(&Done, Bytes.data() + At, sizeof(Done));
    return Done == 1;
  }));
  ::kill(-Group, SIGINT);
  int Status = 0;
  ASSERT_EQ(::waitpid(Group, &Status, 0), Group);
  Ran R = P.raddle({"profile", "show", Trace});
  EXPECT_THAT(R.Out, HasSubstr("1 snapshot")) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("blocked"));
}

TEST(RunCommands, StallsAreReported) {
  TestProject P;
  Ran R = P.raddle({"locks", "--stall", "1s", "--", Programs + "stall"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  EXPECT_THAT(R.Err, HasSubstr("[raddle-stall]"));
  EXPECT_THAT(R.Err, HasSubstr("held by thread 2"));
}

TEST(RunCommands, ProfilesAreCompared) {
  TestProject P;
  for (const char *Case : {"asks", "grows"}) {
    Ran R = P.raddle({"leaks", "--trace", Case, "--", RADDLE_SNAPSHOTS, Case});
    EXPECT_EQ(R.Code, 0) << R.Err;
  }
  std::string Asks = traceIn(P, "asks"), Grows = traceIn(P, "grows");
  Ran R = P.raddle({"profile", "diff", Asks, Grows});
  EXPECT_EQ(R.Code, 0) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("waitAtGate"));
  EXPECT_THAT(R.Out,
              HasSubstr("+4 threads (0 -> 4), GROWS and does not level off"));
  R = P.raddle({"profile", "show", Grows, "-o", P.path("p.pb.gz")});
  EXPECT_EQ(R.Code, 0) << R.Err;
  EXPECT_EQ(P.run({"gzip", "-t", P.path("p.pb.gz")}).Code, 0);
  // Not a trace, no trace, and one without snapshots.
  P.write("text", "hello\n");
  EXPECT_EQ(P.raddle({"profile", "diff", Asks, P.path("text")}).Code, 2);
  EXPECT_EQ(P.raddle({"profile", "diff", "none", Asks}).Code, 2);
}

TEST(RunCommands, SnapshotsAreTakenAgainAndAgain) {
  TestProject P;
  Ran R = P.raddle({"leaks", "--snapshot-every", "20ms", "--trace", "t", "--",
                    Leaky, "condition"});
  EXPECT_EQ(R.Code, 23) << R.Err;
  R = P.raddle({"profile", "show", traceIn(P)});
  EXPECT_EQ(R.Code, 0) << R.Err;
  EXPECT_THAT(R.Out, HasSubstr("snapshot"));
}

} // namespace
