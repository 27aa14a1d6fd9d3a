// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Process.h"
#include "stress/runner/Preload.h"
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

using namespace llvm;

namespace raddle::stress {

namespace {

/// What the child does before the exec. It shares our memory until then
/// (vfork), so it makes system calls only. Returns what failed.
int becomeProgram(const SpawnRequest &R, char *const *Argv, char *const *Envp,
                  int Null) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t None;
  sigemptyset(&None);
  ::sigprocmask(SIG_SETMASK, &None, nullptr);
  // A thousand failing runs are a thousand cores.
  rlimit Core{};
  ::getrlimit(RLIMIT_CORE, &Core);
  Core.rlim_cur = 0;
  ::setrlimit(RLIMIT_CORE, &Core);
  if (::dup2(Null, 0) < 0 || ::dup2(R.Out, 1) < 0 || ::dup2(R.Err, 2) < 0)
    return errno;
  if (R.Socket >= 0 && ::dup2(R.Socket, ServedDescriptor) < 0)
    return errno;
  ::execve(R.Path.c_str(), Argv, Envp);
  return errno;
}

} // namespace

Expected<Process> Process::spawn(const SpawnRequest &R) {
  std::vector<char *> Argv = pointers(R.Arguments),
                      Envp = pointers(R.Environment);
  int Null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (Null < 0)
    return createStringError("'/dev/null' cannot be opened (%s)",
                             std::strerror(errno));
  volatile int Failed = 0;
  // A handler of ours must not run in the child, on our own stack.
  sigset_t All, Before;
  sigfillset(&All);
  ::pthread_sigmask(SIG_BLOCK, &All, &Before);
  pid_t Pid = ::vfork();
  if (Pid == 0) {
    Failed = becomeProgram(R, Argv.data(), Envp.data(), Null);
    ::_exit(127);
  }
  int Code = Pid < 0 ? errno : Failed;
  ::pthread_sigmask(SIG_SETMASK, &Before, nullptr);
  ::close(Null);
  if (Pid < 0)
    return createStringError("no process can be made (%s)",
                             std::strerror(Code));
  if (Code) {
    ::waitpid(Pid, nullptr, 0);
    return createStringError("'" + R.Path + "' cannot be run (" +
                             std::strerror(Code) + ")");
  }
  Process Result;
  Result.Pid = Result.Group = Pid;
#ifdef SYS_pidfd_open
  Result.PidDescriptor = int(::syscall(SYS_pidfd_open, Pid, 0));
#endif
  return Result;
}

Process::Process(Process &&Other) noexcept
    : Pid(std::exchange(Other.Pid, -1)), Group(std::exchange(Other.Group, -1)),
      PidDescriptor(std::exchange(Other.PidDescriptor, -1)),
      Status(Other.Status) {}

Process &Process::operator=(Process &&Other) noexcept {
  std::swap(Pid, Other.Pid);
  std::swap(Group, Other.Group);
  std::swap(PidDescriptor, Other.PidDescriptor);
  std::swap(Status, Other.Status);
  return *this;
}

Process::~Process() {
  kill();
  if (PidDescriptor >= 0)
    ::close(PidDescriptor);
}

bool Process::reap(int Options) {
  int Now = 0;
  pid_t Over = -1;
  do
    Over = ::waitpid(Pid, &Now, Options);
  while (Over < 0 && errno == EINTR);
  if (Over == 0)
    return false;
  if (Over == Pid)
    Status = Now;
  Pid = -1;
  return true;
}

Waited Process::wait(SteadyClock::time_point Deadline,
                     const std::atomic<bool> *Stop, int Socket) {
  using namespace std::chrono;
  // Without a descriptor for its end, and for Stop, it is looked again.
  int Slice = 1;
  while (true) {
    if (!running() || reap(WNOHANG))
      return Waited::Ended;
    if (Stop && *Stop)
      return Waited::Stopped;
    auto Left = duration_cast<milliseconds>(Deadline - SteadyClock::now());
    if (Left.count() <= 0)
      return Waited::TimedOut;
    pollfd Look[2] = {{PidDescriptor, POLLIN, 0}, {Socket, POLLIN, 0}};
    Slice = PidDescriptor >= 0 ? 100 : std::min(Slice * 2, 16);
    int Ready = ::poll(Look, 2, int(std::min<long>(Left.count() + 1, Slice)));
    if (Ready > 0 && Look[1].revents && !Look[0].revents)
      return Waited::Ended;
  }
}

void Process::kill() {
  if (Pid > 0) {
    // Before it is waited for: until then the number is its own.
    ::kill(-Group, SIGKILL);
    ::kill(Pid, SIGKILL);
    reap(0);
  } else if (Group > 0) {
    // What it has left behind.
    ::kill(-Group, SIGKILL);
  }
  Group = -1;
}

} // namespace raddle::stress
