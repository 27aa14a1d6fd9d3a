// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/run/Launch.h"
#include "cli/execute/Files.h"
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
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

using namespace llvm;

extern char **environ;

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
    struct sigaction New{}, Old{};
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

/// Asks the process of \p File for a snapshot.
void askForSnapshot(const std::string &File) {
  int Descriptor = ::open(File.c_str(), O_RDWR | O_CLOEXEC);
  if (Descriptor < 0)
    return;
  scope_exit Close([&] { ::close(Descriptor); });
  // The runtime cuts the file to size when its process ends; a page that is
  // not there any more would be a signal.
  constexpr off_t At = offsetof(trace::Header, SnapshotsWanted);
  uint32_t Wanted = 0;
  if (::pread(Descriptor, &Wanted, sizeof(Wanted), At) != sizeof(Wanted))
    return;
  ++Wanted;
  // Nobody else writes this field.
  (void)!::pwrite(Descriptor, &Wanted, sizeof(Wanted), At);
}

/// The loader splits LD_PRELOAD at blanks and colons, and knows no quotes: a
/// runtime below such a folder is loaded by a link elsewhere.
class PreloadPath {
public:
  static Expected<PreloadPath> of(const std::string &Runtime) {
    PreloadPath Result;
    Result.Path = Runtime;
    if (StringRef(Runtime).find_first_of(" :\t\n") == StringRef::npos)
      return Result;
    SmallString<128> Folder;
    std::error_code Code = sys::fs::createUniqueDirectory("raddle", Folder);
    if (!Code) {
      Result.Folder = std::string(Folder);
      Result.Path = Result.Folder + "/libraddle_rt.so";
      Code = sys::fs::create_link(Runtime, Result.Path);
    }
    if (Code ||
        StringRef(Result.Path).find_first_of(" :\t\n") != StringRef::npos)
      return createStringError(
          "'" + Runtime +
          "' cannot be preloaded, because its path holds a blank or a colon; "
          "set TMPDIR to a folder without, for a link to it");
    return Result;
  }
  PreloadPath(PreloadPath &&Other) noexcept
      : Path(std::move(Other.Path)),
        Folder(std::exchange(Other.Folder, std::string())) {}
  ~PreloadPath() {
    if (!Folder.empty())
      sys::fs::remove_directories(Folder);
  }
  const std::string &path() const { return Path; }

private:
  PreloadPath() = default;
  std::string Path, Folder;
};

std::vector<std::string> environment(const Program &P,
                                     const LaunchOptions &Options,
                                     const std::string &Runtime) {
  std::string Preload = "LD_PRELOAD=", Ours = "RADDLE_OPTIONS=";
  for (const std::string &Library : P.First)
    Preload += Library + ":";
  Preload += Runtime;
  std::vector<std::string> Result;
  for (char **Each = environ; *Each; ++Each) {
    StringRef Entry = *Each;
    // The user's own come with ours; of options the last one counts.
    if (Entry.consume_front("LD_PRELOAD=")) {
      if (!Entry.empty())
        Preload += ":" + Entry.str();
    } else if (Entry.consume_front("RADDLE_OPTIONS=")) {
      if (!Entry.empty())
        Ours += Entry.str() + ":";
    } else {
      Result.push_back(Entry.str());
    }
  }
  Result.push_back(std::move(Preload));
  Result.push_back(Ours + Options.Options + ":trace='" + Options.TraceFolder +
                   "/" + Options.TracePrefix + "-%p.trace'");
  return Result;
}

std::vector<char *> pointers(const std::vector<std::string> &Texts) {
  std::vector<char *> Result;
  for (const std::string &Text : Texts)
    Result.push_back(const_cast<char *>(Text.c_str()));
  Result.push_back(nullptr);
  return Result;
}

/// The error of the exec in the child comes through a pipe that a successful
/// one closes.
Expected<pid_t> start(const Program &P,
                      const std::vector<std::string> &Arguments,
                      const LaunchOptions &Options, const std::string &Runtime,
                      const Signals &Before) {
  std::vector<std::string> Environment = environment(P, Options, Runtime);
  std::vector<char *> Envp = pointers(Environment), Argv = pointers(Arguments);
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
  Expected<PreloadPath> Runtime = PreloadPath::of(Options.Runtime);
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
    if (SnapshotAsked.exchange(false) || Due) {
      std::error_code Code;
      for (sys::fs::directory_iterator It(Options.TraceFolder, Code), End;
           It != End && !Code; It.increment(Code))
        if (StringRef(It->path()).starts_with(Begin))
          askForSnapshot(It->path());
    }
  }
}

} // namespace raddle::cli
