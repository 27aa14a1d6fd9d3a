// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs do under the runtime what they do alone: what they print, on both
// streams, and how they end. All observers are on.
#include "runtime/GuestRun.h"
#include <algorithm>
#include <csignal>
#include <gtest/gtest.h>
#include <sys/wait.h>

using namespace raddle;
using namespace raddle::testing;

namespace {

const char All[] = "leaks=1:locks=1:deadlocks=1:profile=1:stall_ms=60000:"
                   "grace_ms=0:quiet=1:exitcode=0";

std::string withTrace(const std::string &Path) {
  return std::string(All) + ":trace=" + Path;
}

Outcome asAlone(const std::vector<std::string> &Command,
                const std::vector<std::string> &Environment) {
  Outcome Alone = run(Command), Observed = run(Command, Environment);
  EXPECT_EQ(Observed.Out, Alone.Out);
  EXPECT_EQ(Observed.Err, Alone.Err);
  EXPECT_EQ(Observed.Status, Alone.Status);
  return Observed;
}

struct Case {
  const char *Name;
  std::vector<std::string> Arguments;
  const char *LastLine; ///< Of what it prints.
  int Status = 0;
  trace::Ending End = trace::Ending::Exited;
};

class Guest : public ::testing::TestWithParam<Case> {};

TEST_P(Guest, DoesAsAlone) {
  const Case &C = GetParam();
  Folder F;
  std::vector<std::string> Command = {guest(C.Name)};
  Command.insert(Command.end(), C.Arguments.begin(), C.Arguments.end());
  Outcome O = asAlone(Command, preload(withTrace(F / "trace")));
  EXPECT_EQ(O.Status, C.Status);
  EXPECT_EQ(O.Out.find("not so"), std::string::npos) << O.Out;
  std::string End = std::string(C.LastLine) + "\n";
  EXPECT_EQ(O.Out.substr(O.Out.size() - std::min(O.Out.size(), End.size())),
            End)
      << O.Out;
  RawTrace T(F / "trace");
  EXPECT_TRUE(T.Good);
  // Of two exits at once, libc lets the second end the process while handlers
  // of the first still run.
  bool AnyEnd = !C.Arguments.empty() && C.Arguments[0] == "two-exits";
  if (AnyEnd)
    return;
  EXPECT_EQ(T.Head.End, C.End);
  if (C.End == trace::Ending::Exited) {
    EXPECT_EQ(T.Head.ExitCode, WEXITSTATUS(C.Status));
  }
  // It was looked at, and nobody else was.
  EXPECT_FALSE(T.all<trace::ThreadRecord>(trace::RecordType::Thread).empty());
}

constexpr trace::Ending Running = trace::Ending::Running,
                        Execed = trace::Ending::Execed;

INSTANTIATE_TEST_SUITE_P(
    Programs, Guest,
    ::testing::Values(
        Case{"signals", {}, "signals: done"},
        Case{"stacks", {}, "stacks: done"},
        Case{"destructors", {}, "static destructor", 7 << 8},
        Case{"errors", {}, "unlock: 0", 3 << 8},
        Case{"forks", {}, "replaced by itself", 11 << 8, Execed},
        // Not even the trace grows then.
        Case{"limits", {}, "limits: done", 0, trace::Ending::NoSpace},
        Case{"descriptors", {}, "at the end: 0 1 3"},
        Case{"many-threads", {}, "many threads at once"},
        Case{"loading", {}, "loaded 60 times"},
        Case{"cpp-threads", {}, "cpp-threads: done"},
        Case{"cancel", {}, "jumped out of three waits"}),
    [](const auto &Info) {
      std::string Name = Info.param.Name;
      std::erase(Name, '-');
      return Name;
    });

INSTANTIATE_TEST_SUITE_P(
    Ends, Guest,
    ::testing::Values(Case{"ends", {"return"}, "now", 3 << 8},
                      Case{"ends", {"exit"}, "now", 4 << 8},
                      Case{"ends", {"_exit"}, "now", 5 << 8},
                      Case{"ends", {"_Exit"}, "now", 6 << 8},
                      Case{"ends", {"quick_exit"}, "now", 7 << 8},
                      Case{"ends", {"two-exits"}, "now", 9 << 8},
                      Case{"ends", {"exit-in-thread"}, "now", 10 << 8},
                      Case{"ends", {"exit-with-lock"}, "now", 11 << 8},
                      Case{"ends", {"main-first"}, "the last thread", 12 << 8},
                      Case{"ends", {"abort"}, "now", SIGABRT, Running},
                      Case{"ends", {"terminate"}, "now", SIGABRT, Running},
                      Case{"ends", {"kill"}, "now", SIGKILL, Running},
                      Case{"ends", {"term"}, "now", SIGTERM, Running},
                      Case{"ends", {"segv"}, "now", SIGSEGV, Running}),
    [](const auto &Info) {
      std::string Name = Info.param.Arguments[0] == "_exit" ? "UnderscoreExit"
                         : Info.param.Arguments[0] == "_Exit"
                             ? "UnderscoreBigExit"
                             : Info.param.Arguments[0];
      for (char &C : Name)
        if (C == '-')
          C = '_';
      return Name;
    });

/// Everything that differs by itself from run to run is not printed.
TEST(Guest, EnvironmentIsAsAlone) {
  Folder F;
  std::vector<std::string> Command = {guest("environment"), "a b", "",
                                      "--gtest_filter=x"};
  // The profiler has a thread of its own from the start.
  std::vector<std::string> With = preload(
      "leaks=1:locks=1:deadlocks=1:exitcode=0:quiet=1:trace=" + (F / "trace"));
  With.push_back("GUEST_GONE=1");
  Outcome Alone = run(Command, {"GUEST_GONE=1"}), Observed = run(Command, With);
  EXPECT_EQ(Observed.Out, Alone.Out);
  EXPECT_EQ(Observed.Err, Alone.Err);
  EXPECT_EQ(Observed.Status, Alone.Status);
  EXPECT_NE(Observed.Out.find("pending 1 1"), std::string::npos)
      << Observed.Out;
  // As `env` has it.
  Outcome Plain = run({"/usr/bin/env"}),
          Through = run({"/usr/bin/env"}, preload(withTrace(F / "env.trace")));
  EXPECT_EQ(Through.Out, Plain.Out);
  EXPECT_TRUE(RawTrace(F / "env.trace").Good);
}

/// Other preloaded libraries stay in the list.
TEST(Guest, OtherPreloadsStay) {
  Outcome O =
      run({"/usr/bin/env"}, preload(All, guest("table-spy.so"), "libm.so.6"));
  EXPECT_NE(O.Out.find("LD_PRELOAD=libm.so.6:" + guest("table-spy.so") + "\n"),
            std::string::npos)
      << O.Out;
  EXPECT_EQ(O.Out.find("libraddle_rt"), std::string::npos);
}

/// Whatever is wrong with the trace, the program runs.
TEST(Guest, TraceThatCannotBeWritten) {
  Folder F;
  for (std::string Path :
       {std::string("/dev/full"), std::string("/dev/null"),
        F / "no/such/folder", std::string("/proc/x"), std::string(5000, 'x')}) {
    SCOPED_TRACE(Path.substr(0, 40));
    asAlone({guest("cancel")}, preload(withTrace(Path)));
    // It is said, unless all shall be quiet.
    Outcome O = run({guest("cancel")}, preload("exitcode=0:trace=" + Path));
    EXPECT_EQ(O.Err.rfind("raddle: cannot write the trace '", 0), 0u) << O.Err;
    EXPECT_EQ(std::count(O.Err.begin(), O.Err.end(), '\n'), 1) << O.Err;
  }
}

/// A limit of file sizes, and a file that is removed or replaced meanwhile.
TEST(Guest, TraceThatCannotGrow) {
  Folder F;
  for (const char *Limit : {"0", "100", "256", "512", "1024"}) {
    SCOPED_TRACE(Limit);
    std::string Path = F / Limit;
    asAlone(
        {"/bin/bash", "-c",
         std::string("ulimit -f ") + Limit + "; exec " + guest("many-threads")},
        {});
    Outcome O = run({"/bin/bash", "-c",
                     std::string("ulimit -f ") + Limit + "; LD_PRELOAD='" +
                         RADDLE_RUNTIME "' RADDLE_OPTIONS='" + withTrace(Path) +
                         "' exec " + guest("many-threads")});
    EXPECT_EQ(O.Status, 0);
    EXPECT_EQ(O.Err, "");
    EXPECT_NE(O.Out.find("many threads at once"), std::string::npos);
    if (std::filesystem::exists(Path)) {
      RawTrace T(Path);
      EXPECT_TRUE(T.Good);
      EXPECT_EQ(T.Head.End, trace::Ending::NoSpace);
      EXPECT_GT(T.Head.Lost, 0u);
    }
  }
}

/// A disk with little room, where the test may mount one.
TEST(Guest, FullDisk) {
  Folder F;
  Outcome O = run({"/bin/bash", "-c",
                   "mkdir '" + (F / "disk") +
                       "' && unshare -rm true 2>/dev/null || exit 77"});
  if (WEXITSTATUS(O.Status) == 77)
    GTEST_SKIP() << "no mount of its own; needs unshare -rm";
  for (const char *Size : {"64k", "300k", "600k"}) {
    SCOPED_TRACE(Size);
    O = run({"/usr/bin/unshare", "-rm", "/bin/bash", "-c",
             std::string("mount -t tmpfs -o size=") + Size + " none '" +
                 (F / "disk") +
                 "' || exit 78; LD_PRELOAD='" RADDLE_RUNTIME
                 "' RADDLE_OPTIONS='" +
                 withTrace(F / "disk/trace") + "' " + guest("many-threads") +
                 " || exit; cp '" + (F / "disk/trace") + "' '" + (F / Size) +
                 "' 2>/dev/null; exit 0"});
    EXPECT_EQ(O.Status, 0) << O.Err;
    EXPECT_EQ(O.Err, "");
    EXPECT_NE(O.Out.find("many threads at once"), std::string::npos) << O.Out;
    if (std::filesystem::exists(F / Size)) {
      RawTrace T(F / Size);
      EXPECT_TRUE(T.Good);
      EXPECT_EQ(T.Head.End, trace::Ending::NoSpace);
    } else {
      EXPECT_STREQ(Size, "64k") << "there was room for a trace";
    }
  }
}

} // namespace
