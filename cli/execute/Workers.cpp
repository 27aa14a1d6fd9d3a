// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/execute/Workers.h"
#include "cli/execute/Files.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <atomic>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace llvm;

extern char **environ;

namespace raddle::cli {

namespace {

class Worker {
public:
  explicit Worker(const WorkerOptions &Options) : Options(Options) {}
  ~Worker() { stop(); }

  Reply run(const Request &R) {
    // A worker that died between two units is not this unit's fault.
    std::string Text = encode(R);
    for (int Attempt = 0; Attempt < 2; ++Attempt) {
      if (Socket < 0)
        if (std::string Why = start(); !Why.empty())
          return failed(Why);
      if (sendMessage(Socket, Text, ""))
        return receive();
      stop();
    }
    return failed("its frontend process ended before it got the unit");
  }

private:
  static Reply failed(std::string Why) {
    Reply R;
    R.Failure = std::move(Why);
    return R;
  }

  std::string start() {
    int Ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, Ends))
      return std::string("no socket for a frontend process: ") +
             std::strerror(errno);
    posix_spawn_file_actions_t Actions;
    posix_spawn_file_actions_init(&Actions);
    posix_spawn_file_actions_adddup2(&Actions, Ends[1], 0);
    posix_spawn_file_actions_addopen(&Actions, 1, "/dev/null", O_WRONLY, 0);
    // Clang's stack dumps are replaced by one sentence about the unit.
    if (!::getenv("RADDLE_FRONTEND_STDERR"))
      posix_spawn_file_actions_addopen(&Actions, 2, "/dev/null", O_WRONLY, 0);
    std::string Limit = std::to_string(Options.MemoryLimit);
    char *Argv[] = {const_cast<char *>(Options.Executable.c_str()),
                    Limit.data(), nullptr};
    int Code = ::posix_spawn(&Process, Options.Executable.c_str(), &Actions,
                             nullptr, Argv, environ);
    posix_spawn_file_actions_destroy(&Actions);
    ::close(Ends[1]);
    if (Code) {
      ::close(Ends[0]);
      return "'" + Options.Executable +
             "' cannot be started: " + std::strerror(Code);
    }
    Socket = Ends[0];
    return "";
  }

  Reply receive() {
    std::optional<std::chrono::steady_clock::time_point> Deadline;
    if (Options.UnitTimeout.count())
      Deadline = std::chrono::steady_clock::now() + Options.UnitTimeout;
    Message In;
    switch (receiveMessage(Socket, In, Deadline)) {
    case Received::TimedOut:
      ::kill(Process, SIGKILL);
      stop();
      return failed("the frontend took longer than " +
                    std::to_string(Options.UnitTimeout.count()) +
                    " s; allow more with --unit-timeout");
    case Received::End:
      return failed(describe(stop()));
    case Received::Message:
      break;
    }
    Expected<Reply> R = decodeHead(In.Text);
    if (!R)
      return failed(toString(R.takeError()));
    R->Summary = std::move(In.Payload);
    if (R->MemoryKiB > Options.RestartAboveKiB ||
        (Options.MemoryLimit && R->MemoryKiB * 1024 > Options.MemoryLimit / 2))
      stop();
    return std::move(*R);
  }

  /// Closes the connection, which ends the process; its wait status.
  int stop() {
    if (Socket < 0)
      return 0;
    ::close(Socket);
    Socket = -1;
    int Status = 0;
    while (::waitpid(Process, &Status, 0) < 0 && errno == EINTR)
      ;
    return Status;
  }

  std::string describe(int Status) const {
    if (WIFEXITED(Status) && WEXITSTATUS(Status) == OutOfMemoryExit)
      return "the frontend needs more than " +
             std::to_string(Options.MemoryLimit >> 20) +
             " MiB for it; allow more with --memory-limit";
    if (WIFSIGNALED(Status))
      return std::string("the frontend crashed on it (") +
             ::strsignal(WTERMSIG(Status)) +
             "); see whether clang++ -fsyntax-only does too, and leave the "
             "file out until then";
    return "the frontend ended without an answer (code " +
           std::to_string(WEXITSTATUS(Status)) + ")";
  }

  const WorkerOptions &Options;
  pid_t Process = -1;
  int Socket = -1;
};

} // namespace

Expected<std::string> findFrontend() {
  static int Anchor;
  std::string Self = sys::fs::getMainExecutable("raddle", &Anchor);
  StringRef Folder = sys::path::parent_path(Self);
  for (StringRef Below :
       {"raddle-frontend", "../libexec/raddle/raddle-frontend"}) {
    std::string Candidate = absolutePath(Below, Folder);
    if (sys::fs::can_execute(Candidate))
      return Candidate;
  }
  return createStringError("'raddle-frontend' is neither beside '" + Self +
                           "' nor in ../libexec/raddle; install raddle again");
}

void runWorkers(size_t Count, function_ref<Request(size_t)> Make,
                function_ref<void(size_t, Reply)> Done,
                const WorkerOptions &Options) {
  std::atomic<size_t> Next = 0;
  std::mutex DoneMutex;
  auto Work = [&] {
    Worker Process(Options);
    for (size_t I; (I = Next++) < Count;) {
      Reply R = Process.run(Make(I));
      std::lock_guard<std::mutex> Lock(DoneMutex);
      Done(I, std::move(R));
    }
  };
  std::vector<std::thread> Threads;
  size_t Width = std::min<size_t>(std::max(Options.Jobs, 1u), Count);
  for (size_t I = 0; I < Width; ++I)
    Threads.emplace_back(Work);
  for (std::thread &T : Threads)
    T.join();
}

} // namespace raddle::cli
