// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Confirm.h"
#include "stress/runner/FollowSchedule.h"
#include "stress/runner/GoogleTests.h"
#include "stress/runner/Process.h"
#include "stress/runner/WriteFile.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstring>

using namespace llvm;

namespace raddle::stress {

namespace {

class Confirm {
public:
  Confirm(const CampaignOptions &O, FailureGroup &G,
          const ConfirmLimits &Limits, const std::atomic<bool> &Stop,
          const std::function<void(StringRef)> &Progress)
      : O(O), G(G), Limits(Limits), Stop(Stop), Progress(Progress) {}
  Error run();

private:
  Error shortenSchedule(ProgramRunner &Runner, const RunRequest &How);
  Error countSeed(ProgramRunner &Runner, RunRequest How);
  Error askWhere(ProgramRunner &Runner, RunRequest How);
  Expected<RunResult> failedRun() const;

  const CampaignOptions &O;
  FailureGroup &G;
  const ConfirmLimits &Limits;
  const std::atomic<bool> &Stop;
  const std::function<void(StringRef)> &Progress;
  std::string Folder;
};

/// From what was kept of it.
Expected<RunResult> Confirm::failedRun() const {
  std::string Path = keptFile(O, G, "log");
  auto Bytes = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                     /*RequiresNullTerminator=*/false);
  if (!Bytes)
    return createStringError("'" + Path + "' cannot be read (" +
                             Bytes.getError().message() + ")");
  StringRef Text = (*Bytes)->getBuffer();
  Expected<RunRecords> Records = readRunLog(Text, Path);
  if (!Records)
    return Records.takeError();
  RunResult R;
  std::memcpy(&R.Log, Text.data(), sizeof(R.Log));
  R.Log.Strategy[sizeof(R.Log.Strategy) - 1] = 0;
  R.Status = G.Status;
  R.Records = std::move(*Records);
  return R;
}

Error Confirm::shortenSchedule(ProgramRunner &Runner, const RunRequest &How) {
  Expected<RunResult> Failed = failedRun();
  if (!Failed)
    return Failed.takeError();
  if (Failed->Log.Lost)
    return createStringError(
        "its log had no room for all that it did; it is not made shorter");
  StringRef Kind = plainKind(G), Key = Kind == G.Kind ? G.Key : Kind;
  Expected<Shortened> Short = shorten(
      Runner, How, *Failed, Kind, Key, Folder, Limits.Minimise,
      [&](unsigned Runs, uint64_t Left) {
        if (Progress)
          Progress("looks for the fewest preemptions: " + std::to_string(Left) +
                   " after " + std::to_string(Runs) + " runs");
      });
  if (!Short)
    return Short.takeError();
  std::string Path = keptFile(O, G, "replay");
  Expected<ReplayFile> Replay = readReplay(Path);
  if (!Replay)
    return Replay.takeError();
  Expected<std::string> Log = Runner.lastLog();
  if (!Log)
    return Log.takeError();
  Replay->Schedule = Short->What.Best.Made;
  Replay->Hash = Short->Run.Log.Hash;
  Replay->Events = Short->Run.Log.Events;
  if (Error E = writeReplay(*Replay, Path))
    return E;
  if (Error E = writeFile(keptFile(O, G, "log"), *Log))
    return E;
  G.PreemptionsBefore = Short->What.PreemptionsBefore;
  G.Preemptions = Short->What.Best.preemptions();
  G.Hash = Replay->Hash;
  G.Events = Replay->Events;
  G.Confirmed = true;
  return Error::success();
}

Error Confirm::countSeed(ProgramRunner &Runner, RunRequest How) {
  // What jitter had learnt before the run, for each run again.
  std::string Kept = keptFile(O, G, "knowledge"), Known = Folder + "/knowledge";
  How.Options += ":knowledge='" + Known + "'";
  if (!G.Options.empty() && StringRef(G.Options).contains(":deadlocks=1"))
    How.Trace = Folder + "/run.trace";
  auto End = SteadyClock::now() + Limits.SeedTime;
  uint64_t Runs = 0, Failures = 0;
  while (Runs != Limits.SeedRuns && SteadyClock::now() < End && !Stop) {
    sys::fs::remove(Known);
    if (sys::fs::exists(Kept))
      sys::fs::copy_file(Kept, Known);
    Expected<RunResult> R = Runner.run(How);
    if (!R)
      return R.takeError();
    if (R->Stopped)
      break;
    ++Runs;
    Failures += isFailure(O, G, *R);
    if (Progress)
      Progress("runs the seed again: " + std::to_string(Failures) + " of " +
               std::to_string(Runs) + " failed");
  }
  if (!Runs)
    return Error::success();
  std::string Path = keptFile(O, G, "replay");
  Expected<ReplayFile> Replay = readReplay(Path);
  if (!Replay)
    return Replay.takeError();
  Replay->SeedRuns = G.SeedRuns = Runs;
  Replay->SeedFailures = G.SeedFailures = Failures;
  G.Confirmed = true;
  return writeReplay(*Replay, Path);
}

/// A run that hangs once more, and is asked where its threads are.
Error Confirm::askWhere(ProgramRunner &Runner, RunRequest How) {
  std::string Kept = keptFile(O, G, "trace");
  if (sys::fs::exists(Kept))
    return Error::success();
  if (How.Options.empty())
    How.Options = "quiet=1:leaks=0";
  How.Options += ":profile_by_trace=1";
  How.Trace = Folder + "/run.trace";
  if (Progress)
    Progress("runs once more, to see where it hangs");
  Expected<RunResult> R = Runner.run(How);
  if (!R)
    return R.takeError();
  if (R->Stopped || !R->TimedOut)
    return Error::success();
  if (std::error_code Code = sys::fs::copy_file(How.Trace, Kept))
    return createStringError("'" + Kept + "' cannot be written (" +
                             Code.message() + ")");
  G.Confirmed = true;
  return Error::success();
}

Error Confirm::run() {
  SmallString<128> Temporary;
  if (std::error_code Code =
          sys::fs::createUniqueDirectory("raddle-stress", Temporary))
    return createStringError("a folder to work in cannot be made (" +
                             Code.message() + "); set TMPDIR");
  scope_exit Remove([&] { sys::fs::remove_directories(Temporary); });
  Folder = std::string(Temporary);
  ProgramRunner::Settings S;
  S.Runtime = O.Runtime;
  S.AccessPoints = O.AccessPoints;
  S.WorkFolder = Folder;
  S.Stop = &Stop;
  S.ForkServer = !O.Leaks && G.Kind != "timeout";
  auto Runner = ProgramRunner::open(O.Programs[G.Program], std::move(S));
  if (!Runner)
    return Runner.takeError();
  RunRequest How;
  How.Arguments = O.Arguments;
  if (G.Test < O.Tests.size())
    How.Arguments.push_back(testArgument(O.Tests[G.Test]));
  How.Options = G.Options;
  How.Timeout = O.Timeout;
  if (G.Kind == "timeout")
    return askWhere(**Runner, std::move(How));
  return isControlled(G.Strategy) ? shortenSchedule(**Runner, How)
                                  : countSeed(**Runner, std::move(How));
}

} // namespace

Error confirmFailure(const CampaignOptions &O, FailureGroup &G,
                     const ConfirmLimits &Limits, const std::atomic<bool> &Stop,
                     const std::function<void(StringRef)> &Progress) {
  if (G.Strategy == "native" && G.Kind != "timeout")
    return Error::success();
  return Confirm(O, G, Limits, Stop, Progress).run();
}

} // namespace raddle::stress
