// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/run/Launch.h"
#include "cli/execute/Files.h"
#include "stress/runner/Preload.h"
#include "stress/runner/Snapshot.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace raddle::cli {

Expected<TraceFolder> TraceFolder::open(StringRef Wanted) {
  TraceFolder Result;
  if (Wanted.empty()) {
    SmallString<128> Path;
    if (std::error_code Code =
            sys::fs::createUniqueDirectory("raddle-trace", Path))
      return createStringError("a folder for traces cannot be made (" +
                               Code.message() +
                               "); name one with --trace, or set TMPDIR");
    Result.Path = std::string(Path);
    Result.Temporary = true;
    return Result;
  }
  Result.Path = absolutePath(Wanted);
  if (std::error_code Code = sys::fs::create_directories(Result.Path))
    return createStringError("'" + Wanted + "' cannot be made (" +
                             Code.message() +
                             "); name another folder with --trace");
  return Result;
}

TraceFolder::TraceFolder(TraceFolder &&Other) noexcept
    : Path(std::move(Other.Path)), Temporary(Other.Temporary) {
  Other.Temporary = false;
}

TraceFolder::~TraceFolder() {
  if (Temporary)
    sys::fs::remove_directories(Path);
}

std::vector<std::string> TraceFolder::files() const {
  std::vector<std::string> Result;
  std::error_code Code;
  for (sys::fs::directory_iterator It(Path, Code), End; It != End && !Code;
       It.increment(Code))
    if (isTraceFile(It->path()))
      Result.push_back(It->path());
  llvm::sort(Result);
  return Result;
}

namespace {

std::atomic<pid_t> Child{0};

void passOn(int Signal) {
  int Saved = errno;
  if (pid_t Pid = Child.load(); Pid > 0)
    ::kill(Pid, Signal);
  errno = Saved;
}

std::atomic<bool> SnapshotAsked{false};
void askSnapshot(int) { SnapshotAsked = true; }

/// While the program runs, Ctrl-C is for it: what it leaves is still reported.
class Signals {
public:
  explicit Signals(int Snapshot) {
    if (Snapshot)
      set(Snapshot, askSnapshot);
    set(SIGINT, SIG_IGN);
    set(SIGQUIT, SIG_IGN);
    set(SIGTERM, passOn);
    set(SIGHUP, passOn);
  }
  ~Signals() {
    for (const auto &[Signal, Old] : Before)
      ::sigaction(Signal, &Old, nullptr);
  }
  /// In the child: as they were.
  void restore() const {
    for (const auto &[Signal, Old] : Before)
      ::sigaction(Signal, &Old, nullptr);
  }

private:
  void set(int Signal, void (*Handler)(int)) {
    struct sigaction New {
    }, Old{};
    New.sa_handler = Handler;
    New.sa_flags = SA_RESTART;
    ::sigaction(Signal, nullptr, &Old);
    Before.push_back({Signal, Old});
    // What is ignored stays so (nohup).
    if (Handler == SIG_IGN || Old.sa_handler != SIG_IGN)
      ::sigaction(Signal, &New, nullptr);
  }
  std::vector<std::pair<int, struct sigaction>> Before;
};

std::vector<std::string> environment(const Program &P,
                                     const LaunchOptions &Options,
                                     const std::string &Runtime) {
  std::vector<std::string> Libraries = P.First;
  Libraries.push_back(Runtime);
  return stress::preloadEnvironment(
      Libraries, Options.Options + ":trace='" + Options.TraceFolder + "/" +
                     Options.TracePrefix + "-%p.trace'");
}

/// The error of the exec in the child comes through a pipe that a successful
/// one closes.
Expected<pid_t> start(const Program &P,
                      const std::vector<std::string> &Arguments,
                      const LaunchOptions &Options, const std::string &Runtime,
                      const Signals &Before) {
  std::vector<std::string> Environment = environment(P, Options, Runtime);
  std::vector<char *> Envp = stress::pointers(Environment),
                      Argv = stress::pointers(Arguments);
  int Pipe[2];
  if (::pipe2(Pipe, O_CLOEXEC) != 0)
    return createStringError("no pipe can be made (%s)", std::strerror(errno));
  outs().flush();
  errs().flush();
  pid_t Pid = ::fork();
  if (Pid == 0) {
    Before.restore();
    ::execve(P.Path.c_str(), Argv.data(), Envp.data());
    int Code = errno;
    (void)!::write(Pipe[1], &Code, sizeof(Code));
    ::_exit(127);
  }
  int Forked = errno, Code = 0;
  ::close(Pipe[1]);
  scope_exit Close([&] { ::close(Pipe[0]); });
  if (Pid < 0)
    return createStringError("no process can be made (%s)",
                             std::strerror(Forked));
  ssize_t Size = 0;
  do
    Size = ::read(Pipe[0], &Code, sizeof(Code));
  while (Size < 0 && errno == EINTR);
  if (Size != sizeof(Code))
    return Pid;
  ::waitpid(Pid, nullptr, 0);
  return createStringError("'" + P.Path + "' cannot be run (" +
                           std::strerror(Code) + ")");
}

} // namespace

Expected<int> launch(const Program &P,
                     const std::vector<std::string> &Arguments,
                     const LaunchOptions &Options) {
  using Clock = std::chrono::steady_clock;
  Expected<stress::PreloadPath> Runtime =
      stress::PreloadPath::of(Options.Runtime);
  if (!Runtime)
    return Runtime.takeError();
  Signals Handlers(Options.SnapshotSignal);
  Expected<pid_t> Pid = start(P, Arguments, Options, Runtime->path(), Handlers);
  if (!Pid)
    return Pid.takeError();
  Child = *Pid;
  scope_exit Forget([] { Child = 0; });
  Clock::time_point NextSnapshot = Clock::now() + Options.SnapshotEvery;
  std::chrono::milliseconds Pause(1);
  std::string Begin = Options.TraceFolder + "/" + Options.TracePrefix;
  while (true) {
    int Status = 0;
    pid_t Over = ::waitpid(*Pid, &Status, WNOHANG);
    if (Over == *Pid) {
      if (Options.Meanwhile)
        Options.Meanwhile();
      return WIFSIGNALED(Status) ? 128 + WTERMSIG(Status) : WEXITSTATUS(Status);
    }
    if (Over < 0 && errno != EINTR)
      return createStringError("'" + P.Path + "' cannot be waited for (" +
                               std::strerror(errno) + ")");
    ::usleep(useconds_t(Pause.count() * 1000));
    // Short programs end at once; for long ones there is no hurry.
    Pause = std::min(Pause * 2, std::chrono::milliseconds(50));
    if (Pause.count() == 50 && Options.Meanwhile)
      Options.Meanwhile();
    bool Due = Options.SnapshotEvery.count() && Clock::now() >= NextSnapshot;
    if (Due)
      NextSnapshot += Options.SnapshotEvery;
    bool Asked = SnapshotAsked.exchange(false);
    if (Asked || Due) {
      bool Any = false;
      std::error_code Code;
      for (sys::fs::directory_iterator It(Options.TraceFolder, Code), End;
           It != End && !Code; It.increment(Code))
        if (StringRef(It->path()).starts_with(Begin))
          Any |= stress::askForSnapshot(It->path());
      // Before the program has a trace, later.
      if (Asked && !Any)
        SnapshotAsked = true;
    }
  }
}

} // namespace raddle::cli
