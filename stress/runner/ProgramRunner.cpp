// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/ForkClient.h"
#include "stress/runner/Preload.h"
#include "stress/runner/RunFiles.h"
#include "stress/runner/Snapshot.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include <csignal>
#include <unistd.h>

using namespace llvm;

namespace raddle::stress {

namespace {

/// How long a process that has hung may take to say where it is.
constexpr std::chrono::milliseconds SnapshotLimit(3000);

/// The names of \p Options: a fork server keeps those that it was started with,
/// so a request has to give a value to the same ones.
std::vector<std::string> optionNames(StringRef Options) {
  std::vector<std::string> Names;
  while (!Options.empty()) {
    auto [Name, Rest] = Options.split('=');
    Names.push_back(Name.str());
    bool Quoted = Rest.starts_with("'");
    Options = Quoted ? Rest.drop_front().split('\'').second : Rest;
    Options = Options.split(':').second;
  }
  llvm::sort(Names);
  return Names;
}

class Runner final : public ProgramRunner {
public:
  Runner(StressProgram What, Settings S, PreloadPath Runtime,
         std::optional<PreloadPath> AccessPoints, RunFiles Files)
      : What(std::move(What)), S(std::move(S)), Runtime(std::move(Runtime)),
        AccessPoints(std::move(AccessPoints)), Files(std::move(Files)) {}

  Expected<RunResult> run(const RunRequest &Request) override;
  Expected<RunRecords> lastRecords() const override;
  Expected<std::string> lastLog() const override { return Files.log(); }
  const StressProgram &program() const override { return What; }

private:
  using Time = SteadyClock::time_point;
  SpawnRequest spawnRequest(const RunRequest &Request, StringRef Options) const;
  std::string options(const RunRequest &Request) const;
  Error runAlone(const RunRequest &Request, Time Deadline, RunResult &Into);
  /// False: the program has no fork server (any more), and did not run.
  Expected<bool> runServed(const RunRequest &Request, Time Deadline,
                           RunResult &Into);
  Expected<bool> startServer(const RunRequest &Request, Time Deadline,
                             RunResult &Into);
  void waitAlone(const RunRequest &Request, Process &P, Time Deadline,
                 RunResult &Into);
  void snapshot(const RunRequest &Request, int Pid) const;

  StressProgram What;
  Settings S;
  PreloadPath Runtime;
  std::optional<PreloadPath> AccessPoints;
  RunFiles Files;
  ForkClient Server;
  std::vector<std::string> ServerArguments, ServerOptions;
  bool CanServe = true;
};

std::string Runner::options(const RunRequest &Request) const {
  std::string Text = Request.Options + ":run_log='" + Files.logPath() + "'";
  if (!Request.Trace.empty())
    Text += ":trace='" + Request.Trace + "'";
  return Text;
}

SpawnRequest Runner::spawnRequest(const RunRequest &Request,
                                  StringRef Options) const {
  SpawnRequest R;
  R.Path = What.Path;
  R.Arguments = {What.Path};
  append_range(R.Arguments, Request.Arguments);
  std::vector<std::string> Libraries;
  if (!Options.empty()) {
    Libraries = What.First;
    if (What.Kind == Build::TSanShared && AccessPoints)
      Libraries.push_back(AccessPoints->path());
    if (!Runtime.path().empty())
      Libraries.push_back(Runtime.path());
  }
  R.Environment = preloadEnvironment(Libraries, Options);
  for (const auto &[Name, Value] : Request.Environment) {
    erase_if(R.Environment, [&, &Name = Name](StringRef Entry) {
      return Entry.consume_front(Name) && Entry.starts_with("=");
    });
    R.Environment.push_back(Name + "=" + Value);
  }
  R.Out = Files.out();
  R.Err = Files.err();
  return R;
}

void Runner::snapshot(const RunRequest &Request, int Pid) const {
  if (Request.Trace.empty())
    return;
  StringRef Rest = Request.Trace;
  auto [Before, After] = Rest.split("%p");
  std::string File = Before.str();
  if (Before.size() != Rest.size())
    File += std::to_string(Pid) + After.str();
  takeSnapshot(File, SnapshotLimit);
}

void Runner::waitAlone(const RunRequest &Request, Process &P, Time Deadline,
                       RunResult &Into) {
  if (P.running())
    Into.Pid = P.pid();
  switch (P.wait(Deadline, S.Stop)) {
  case Waited::Ended:
    break;
  case Waited::TimedOut:
    Into.TimedOut = true;
    snapshot(Request, Into.Pid);
    break;
  case Waited::Stopped:
    Into.Stopped = true;
    break;
  }
  P.kill();
  Into.Status = P.status();
}

Error Runner::runAlone(const RunRequest &Request, Time Deadline,
                       RunResult &Into) {
  std::string Options = Request.Options.empty() ? "" : options(Request);
  Expected<Process> P = Process::spawn(spawnRequest(Request, Options));
  if (!P)
    return P.takeError();
  waitAlone(Request, *P, Deadline, Into);
  return Error::success();
}

Expected<bool> Runner::startServer(const RunRequest &Request, Time Deadline,
                                   RunResult &Into) {
  Server = ForkClient();
  Expected<ForkClient> Started = ForkClient::start(spawnRequest(
      Request,
      options(Request) + ":fork_server=" + std::to_string(ServedDescriptor)));
  if (!Started)
    return Started.takeError();
  Server = std::move(*Started);
  Into.Pid = Server.process().pid();
  ServerArguments = Request.Arguments;
  ServerOptions = optionNames(Request.Options);
  ForkServerAnswer First{};
  if (Server.next(First, Deadline, S.Stop) == ForkClient::Answer::Got &&
      First.What == ForkServerAnswer::Ready)
    return true;
  // Refused, or a program that never comes to it: it runs by itself, with the
  // options that it was started with.
  CanServe = false;
  Process P = std::move(Server.process());
  Server = ForkClient();
  waitAlone(Request, P, Deadline, Into);
  return false;
}

Expected<bool> Runner::runServed(const RunRequest &Request, Time Deadline,
                                 RunResult &Into) {
  if (!Server.running() || ServerArguments != Request.Arguments ||
      ServerOptions != optionNames(Request.Options)) {
    Expected<bool> Ready = startServer(Request, Deadline, Into);
    if (!Ready || !*Ready)
      return Ready ? Expected<bool>(true) : Ready.takeError();
  }
  ForkServerAnswer A{};
  bool Started = false;
  std::string Text = options(Request);
  if (Text.size() > MaxForkRequest || !Server.send(Text)) {
    Server = ForkClient();
    return false;
  }
  while (true) {
    switch (Server.next(A, Deadline, S.Stop)) {
    case ForkClient::Answer::Got:
      break;
    case ForkClient::Answer::Closed:
      // A program that kills its whole group takes the server along. One that
      // keeps the server from working is started anew from now on.
      CanServe = Started;
      Server = ForkClient();
      return false;
    case ForkClient::Answer::TimedOut:
      Into.TimedOut = true;
      if (Started)
        snapshot(Request, Into.Pid);
      Server = ForkClient();
      Into.Status = SIGKILL;
      return true;
    case ForkClient::Answer::Stopped:
      Into.Stopped = true;
      Server = ForkClient();
      return true;
    }
    if (A.What == ForkServerAnswer::Started) {
      Into.Pid = A.Pid;
      Started = true;
    } else if (A.What == ForkServerAnswer::Ended) {
      Into.Status = A.Status;
      return true;
    } else if (A.What == ForkServerAnswer::Failed) {
      Server = ForkClient();
      CanServe = false;
      return false;
    }
  }
}

Expected<RunResult> Runner::run(const RunRequest &Request) {
  RunResult Result;
  if (Error E = Files.reset())
    return std::move(E);
  auto Start = SteadyClock::now();
  auto Deadline = Start + Request.Timeout;
  bool Done = false;
  if (S.ForkServer && CanServe && !Request.Options.empty()) {
    Expected<bool> Served = runServed(Request, Deadline, Result);
    if (!Served)
      return Served.takeError();
    Done = *Served;
    if (!Done) {
      Result = RunResult();
      if (Error E = Files.reset())
        return std::move(E);
      Deadline = SteadyClock::now() + Request.Timeout;
    }
  }
  if (!Done)
    if (Error E = runAlone(Request, Deadline, Result))
      return std::move(E);
  Result.Seconds =
      std::chrono::duration<double>(SteadyClock::now() - Start).count();
  Files.read(Request.WantRecords, Result);
  return Result;
}

Expected<RunRecords> Runner::lastRecords() const {
  Expected<std::string> Log = Files.log();
  if (!Log)
    return Log.takeError();
  return readRunLog(*Log, Files.logPath());
}

} // namespace

Expected<std::unique_ptr<ProgramRunner>> ProgramRunner::open(StressProgram What,
                                                             Settings S) {
  if (StringRef(S.WorkFolder).contains('\''))
    return createStringError("the folder '" + S.WorkFolder +
                             "' holds a quote (') in its path; use another "
                             "one, or set TMPDIR");
  Expected<PreloadPath> Runtime = PreloadPath::of(S.Runtime);
  if (!Runtime)
    return Runtime.takeError();
  std::optional<PreloadPath> AccessPoints;
  if (!S.AccessPoints.empty() && sys::fs::exists(S.AccessPoints)) {
    Expected<PreloadPath> Path = PreloadPath::of(S.AccessPoints);
    if (!Path)
      return Path.takeError();
    AccessPoints.emplace(std::move(*Path));
  }
  Expected<RunFiles> Files = RunFiles::open(S.WorkFolder, S.LogBytes);
  if (!Files)
    return Files.takeError();
  return std::make_unique<Runner>(std::move(What), std::move(S),
                                  std::move(*Runtime), std::move(AccessPoints),
                                  std::move(*Files));
}

} // namespace raddle::stress
