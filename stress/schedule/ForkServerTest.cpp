// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fork server, spoken to as the runner does. Its runs are those that a
// process of their own would make.
#include "stress/schedule/ControlledRun.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <poll.h>
#include <set>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace raddle::stress;
using namespace raddle::stress::testing;
using ::testing::HasSubstr;

namespace {

class Server {
public:
  /// \p Schedule: the option, with what follows it.
  Server(const std::string &Mode, const std::string &Options,
         const std::string &Output,
         const std::string &Schedule = "schedule=random:") {
    int Ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, Ends), 0);
    Socket = Ends[0];
    std::string Runtime = std::string("LD_PRELOAD=") + RADDLE_RUNTIME;
    constexpr int Given = 77;
    std::string All = "RADDLE_OPTIONS=quiet=1:" + Schedule + Options +
                      ":fork_server=" + std::to_string(Given);
    Pid = ::fork();
    if (Pid == 0) {
      int Out = ::open(Output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      ::dup2(Out, 1);
      ::dup2(Out, 2);
      ::dup2(Ends[1], Given);
      const char *Arguments[] = {RADDLE_SERVED, Mode.c_str(), nullptr};
      const char *Environment[] = {Runtime.c_str(), All.c_str(), nullptr};
      ::execve(RADDLE_SERVED, const_cast<char **>(Arguments),
               const_cast<char **>(Environment));
      ::_exit(126);
    }
    ::close(Ends[1]);
  }
  ~Server() { end(); }

  std::optional<ForkServerAnswer> answer() {
    pollfd P = {Socket, POLLIN, 0};
    ForkServerAnswer A;
    if (::poll(&P, 1, 60000) != 1 ||
        ::recv(Socket, &A, sizeof(A), 0) != sizeof(A))
      return std::nullopt;
    return A;
  }
  /// The status of a run; -1: there was none.
  int run(const std::string &Options) {
    ::send(Socket, Options.data(), Options.size(), MSG_NOSIGNAL);
    auto Started = answer(), Ended = Started ? answer() : Started;
    if (!Ended || Started->What != ForkServerAnswer::Started ||
        Ended->What != ForkServerAnswer::Ended || Ended->Pid != Started->Pid)
      return -1;
    Last = Started->Pid;
    return Ended->Status;
  }
  /// The server's own status.
  int end() {
    if (Socket >= 0) {
      ::close(Socket);
      ::waitpid(Pid, &Status, 0);
    }
    Socket = -1;
    return Status;
  }

  pid_t Pid = -1, Last = 0;

private:
  int Socket = -1, Status = 0;
};

TEST(ForkServer, RunsAreThoseOfAProcessOfTheirOwn) {
  Folder F;
  makeLog(F / "log");
  Server S("", "leaks=0:seed=1:run_log=" + (F / "log"), F / "out");
  auto First = S.answer();
  ASSERT_TRUE(First);
  EXPECT_EQ(First->What, ForkServerAnswer::Ready);
  std::set<uint64_t> Hashes;
  for (unsigned Seed = 1; Seed <= 12; ++Seed) {
    std::string Choice = "seed=" + std::to_string(Seed) + ":schedule=pos";
    int Status = S.run(Choice);
    EXPECT_EQ(WTERMSIG(Status), 0);
    ControlledRun Served;
    readLog(F / "log", Served);
    EXPECT_TRUE(Served.Good);
    EXPECT_EQ(Served.Head.Seed, Seed);
    EXPECT_EQ(Served.Head.Pid, S.Last);
    ControlledRun Alone =
        runControlled({RADDLE_SERVED}, "quiet=1:leaks=0:" + Choice);
    EXPECT_EQ(Alone.Out.Status, Status);
    EXPECT_EQ(Alone.Head.Hash, Served.Head.Hash);
    EXPECT_EQ(Alone.Head.Events, Served.Head.Events);
    EXPECT_EQ(Alone.schedule(), Served.schedule());
    EXPECT_EQ(Alone.Out.Out, "constructed\nconstructed 1, same process, sum " +
                                 std::to_string(WEXITSTATUS(Status)) + "\n");
    Hashes.insert(Served.Head.Hash);
  }
  EXPECT_GE(Hashes.size(), 6u);
  EXPECT_EQ(S.end(), 0);
  std::string Out = raddle::testing::contents(F / "out");
  size_t Runs = 0;
  for (size_t At = 0; (At = Out.find("another process", At)) != Out.npos; ++At)
    ++Runs;
  EXPECT_EQ(Runs, 12u) << Out;
}

TEST(ForkServer, TellsHowRunsEnd) {
  Folder F;
  Server S("abort", "leaks=0", F / "out");
  ASSERT_TRUE(S.answer());
  for (int I = 0; I != 3; ++I) {
    int Status = S.run("seed=3");
    EXPECT_TRUE(WIFSIGNALED(Status));
    EXPECT_EQ(WTERMSIG(Status), SIGABRT);
  }
}

TEST(ForkServer, ObserversWorkInRuns) {
  Folder F;
  Server S("leak", "leaks=1:grace_ms=1:trace=" + (F / "trace.%p"), F / "out");
  ASSERT_TRUE(S.answer());
  std::set<std::string> Traces;
  for (int I = 0; I != 3; ++I) {
    int Status = S.run("exitcode=23:quiet=0:seed=" + std::to_string(I));
    EXPECT_EQ(WEXITSTATUS(Status), 23);
    raddle::testing::RawTrace T(F / ("trace." + std::to_string(S.Last)));
    EXPECT_TRUE(T.Good);
    EXPECT_EQ(T.Head.Pid, uint32_t(S.Last));
    EXPECT_EQ(T.Head.End, raddle::trace::Ending::Exited);
    EXPECT_EQ(T.Head.ExitCode, 23);
    using raddle::trace::RecordType;
    EXPECT_EQ(T.all<raddle::trace::ProgramRecord>(RecordType::Program).size(),
              1u);
    EXPECT_EQ(T.all<raddle::trace::ThreadRecord>(RecordType::Thread).size(),
              4u);
  }
  S.end();
  unsigned Count = 0;
  for (const auto &E : std::filesystem::directory_iterator(F / ""))
    Count += E.path().filename().string().rfind("trace.", 0) == 0;
  EXPECT_EQ(Count, 3u) << "the server itself leaves none";
}

TEST(ForkServer, RefusesWhereThereAreThreads) {
  for (const char *Mode : {"thread-before", "thread-stays"}) {
    Folder F;
    makeLog(F / "log");
    Server S(Mode, "leaks=0:seed=4:run_log=" + (F / "log"), F / "out");
    auto First = S.answer();
    ASSERT_TRUE(First) << Mode;
    EXPECT_EQ(First->What, ForkServerAnswer::Refused) << Mode;
    // It runs the program itself.
    int Status = S.end();
    EXPECT_TRUE(WIFEXITED(Status)) << Mode;
    EXPECT_THAT(raddle::testing::contents(F / "out"),
                HasSubstr("constructed 1, same process"));
    ControlledRun R;
    readLog(F / "log", R);
    EXPECT_TRUE(R.Good);
    EXPECT_EQ(R.Head.Threads, 4u) << "with the one of the constructor";
    ControlledRun Alone = runControlled(
        {RADDLE_SERVED, Mode}, "quiet=1:leaks=0:schedule=random:seed=4");
    EXPECT_EQ(Alone.Head.Hash, R.Head.Hash) << Mode;
  }
}

TEST(ForkServer, RefusesWithoutASchedule) {
  Folder F;
  Server S("", "leaks=0", F / "out", "");
  auto First = S.answer();
  ASSERT_TRUE(First);
  EXPECT_EQ(First->What, ForkServerAnswer::Refused);
  // It has given the socket up, and goes on.
  EXPECT_FALSE(S.answer());
  EXPECT_TRUE(WIFEXITED(S.end()));
  EXPECT_THAT(raddle::testing::contents(F / "out"),
              HasSubstr("constructed 1, same process"));
}

TEST(ForkServer, StrangeRequestsDoNoHarm) {
  Folder F;
  Server S("", "leaks=0", F / "out");
  ASSERT_TRUE(S.answer());
  for (const std::string &Request :
       {std::string("no_such=1"), std::string("seed="), std::string(":::="),
        std::string(8000, 'x'), std::string("fork_server=1"),
        std::string("seed=\0x", 7)})
    EXPECT_NE(S.run(Request), -1) << Request.substr(0, 20);
  EXPECT_EQ(S.end(), 0);
}

} // namespace
