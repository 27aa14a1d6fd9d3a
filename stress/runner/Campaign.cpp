// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Campaign.h"
#include "stress/runner/FollowSchedule.h"
#include "stress/runner/GoogleTests.h"
#include "stress/runner/Process.h"
#include "stress/runner/ReplayFile.h"
#include "stress/runner/WriteFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <map>
#include <mutex>
#include <sys/wait.h>
#include <thread>

using namespace llvm;

namespace raddle::stress {

namespace {

/// Of different schedules and places that are remembered for one arm.
constexpr size_t MaxRemembered = 1u << 20;
/// After so many runs in which the runtime did not take control, an arm is
/// known not to be what it is called.
constexpr uint64_t RunsWithoutControl = 3;

std::string testName(const CampaignOptions &O, uint32_t Test) {
  return Test < O.Tests.size() ? O.Tests[Test] : "";
}

/// A run, with all that it takes to make it again.
struct Done {
  size_t Arm;
  RunRequest Request;
  RunResult Result;
  uint64_t Index, Seed;
  std::string Knowledge; ///< That jitter had before the run.
  std::vector<Failure> Failures;
  std::string Doubtful; ///< Kind of what did not come again; "": nothing.
};

class Campaign {
public:
  Campaign(const CampaignOptions &O, const std::atomic<bool> &Stop,
           const std::function<void(const CampaignProgress &)> &Tell)
      : O(O), Stop(Stop), Tell(Tell), Work(O) {}

  Error resume(const CampaignResult &Earlier);
  Expected<CampaignResult> run();

private:
  /// What a worker has for itself.
  struct Worker {
    std::string Folder;
    std::vector<std::unique_ptr<ProgramRunner>> Runners; ///< Of each program.
  };
  Error work(Worker &W);
  Expected<ProgramRunner *> runner(Worker &W, uint32_t Program);
  static bool comesAgain(const Worker &W, ProgramRunner &Runner, const Done &D);
  Expected<Done> once(Worker &W, size_t Arm, uint64_t Index);
  void record(Worker &W, Done &&D);
  void addFailure(Worker &W, const Done &D, const Failure &F);
  void keep(Worker &W, const Done &D, const Failure &F, FailureGroup &G);
  std::string groupKey(const Done &D, const Failure &F) const;
  bool timeIsUp() const;
  double seconds() const;
  void warn(std::string Text);
  Error save();

  const CampaignOptions &O;
  const std::atomic<bool> &Stop;
  const std::function<void(const CampaignProgress &)> &Tell;
  std::atomic<bool> Over{false}; ///< Ends the running programs.

  std::mutex Mutex; ///< For all below.
  Plan Work;
  CampaignResult R;
  std::map<std::string, size_t> GroupOf;
  SteadyClock::time_point Start = SteadyClock::now(), LastSave = Start;
  double Before = 0; ///< Seconds of the campaign that is resumed.
};

double Campaign::seconds() const {
  return Before +
         std::chrono::duration<double>(SteadyClock::now() - Start).count();
}

bool Campaign::timeIsUp() const {
  return O.Time.count() && seconds() * 1000 >= double(O.Time.count());
}

void Campaign::warn(std::string Text) {
  if (!is_contained(R.Warnings, Text))
    R.Warnings.push_back(std::move(Text));
}

Expected<ProgramRunner *> Campaign::runner(Worker &W, uint32_t Program) {
  std::unique_ptr<ProgramRunner> &Runner = W.Runners[Program];
  if (Runner)
    return Runner.get();
  ProgramRunner::Settings S;
  S.Runtime = O.Runtime;
  S.AccessPoints = O.AccessPoints;
  S.WorkFolder = W.Folder + "/" + std::to_string(Program);
  S.Stop = &Over;
  // Each run needs a trace of its own.
  S.ForkServer = !O.Leaks;
  if (std::error_code Code = sys::fs::create_directories(S.WorkFolder))
    return createStringError("'" + S.WorkFolder + "' cannot be made (" +
                             Code.message() + ")");
  Expected<std::unique_ptr<ProgramRunner>> New =
      ProgramRunner::open(O.Programs[Program], std::move(S));
  if (!New)
    return New.takeError();
  Runner = std::move(*New);
  return Runner.get();
}

Expected<Done> Campaign::once(Worker &W, size_t Index, uint64_t Run) {
  Done D;
  D.Arm = Index;
  D.Index = Run;
  uint32_t Test, Program;
  uint64_t RunsBefore;
  std::string Strategy;
  {
    std::lock_guard Lock(Mutex);
    const Arm &A = Work.Arms[Index];
    Test = A.Test;
    Program = A.Program;
    RunsBefore = A.Runs;
    Strategy = A.Strategy;
  }
  Expected<ProgramRunner *> Runner = runner(W, Program);
  if (!Runner)
    return Runner.takeError();
  D.Seed = runSeed(O.Seed, testName(O, Test), Run);
  // What is learnt is about a program and a test, whatever strategy a
  // controlled schedule was chosen by. It is one worker's: files that two write
  // are nobody's.
  std::string Knowledge =
      W.Folder + "/" + std::to_string(Test) + "-" + std::to_string(Program) +
      (Strategy == "jitter" ? "-jitter" : "-schedules") + ".knowledge";
  D.Request.Arguments = O.Arguments;
  if (Test < O.Tests.size())
    D.Request.Arguments.push_back(testArgument(O.Tests[Test]));
  D.Request.Options = runOptions(O, Strategy, D.Seed, Knowledge);
  D.Request.Timeout = O.Timeout;
  if (Strategy == "jitter" || (O.Leaks && Strategy != "native"))
    D.Request.Trace = W.Folder + "/run.trace";
  if (Strategy == "jitter")
    if (auto Learnt = MemoryBuffer::getFile(Knowledge))
      D.Knowledge = (*Learnt)->getBuffer().str();
  Expected<RunResult> Result = (*Runner)->run(D.Request);
  if (!Result)
    return Result.takeError();
  D.Result = std::move(*Result);
  if (D.Result.Stopped)
    return D;
  D.Failures = campaignFailures(O, D.Result, D.Request.Options);
  // The first runs see most places; of those after them, ever fewer are read.
  bool Sample = D.Result.Log.Pid && (RunsBefore & (RunsBefore + 1)) == 0;
  if (!D.Failures.empty() || Sample) {
    Expected<RunRecords> Records = (*Runner)->lastRecords();
    if (Records)
      D.Result.Records = std::move(*Records);
    else
      D.Result.Trouble = toString(Records.takeError());
    // Now with the places that deadlocks are told apart by.
    if (D.Result.Log.Found != Verdict::None) {
      D.Failures = campaignFailures(O, D.Result, D.Request.Options);
      if (!D.Failures.empty() && !Over && !comesAgain(W, **Runner, D)) {
        D.Doubtful = D.Failures.front().Kind;
        D.Failures.clear();
      }
    }
  }
  return D;
}

/// What the scheduler has judged, and nobody else has seen, counts only if it
/// is so once more under the same schedule: else something has decided that the
/// scheduler does not know, such as a thread that a sanitizer made, and it may
/// have judged wrongly.
bool Campaign::comesAgain(const Worker &W, ProgramRunner &Runner,
                          const Done &D) {
  FollowSchedule Follow(Runner, D.Request, W.Folder);
  std::vector<ScheduleSwitch> Schedule = scheduleOf(D.Result.Records);
  for (bool Strict : {true, true, false}) {
    Expected<RunResult> R = Follow.run(Schedule, Strict, /*Records=*/true);
    if (!R) {
      consumeError(R.takeError());
      return true;
    }
    if (R->Stopped || any_of(failuresOf(*R), [&](const Failure &F) {
          return F.Kind == D.Failures.front().Kind;
        }))
      return true;
  }
  return false;
}

std::string Campaign::groupKey(const Done &D, const Failure &F) const {
  const Arm &A = Work.Arms[D.Arm];
  std::string Key = F.Kind + "\n" + F.Key;
  // What names no place is told apart by the test.
  if (F.Key == F.Kind)
    Key += "\n" + testName(O, A.Test);
  return Key;
}

void Campaign::keep(Worker &W, const Done &D, const Failure &F,
                    FailureGroup &G) {
  const Arm &A = Work.Arms[D.Arm];
  G.Test = A.Test;
  G.Program = A.Program;
  G.Strategy = A.Strategy;
  G.Seed = D.Seed;
  // What was learnt decides where points are, and not where a schedule goes;
  // jitter it steers, so what there was is kept.
  G.Options = runOptions(O, A.Strategy, D.Seed, "");
  G.Status = D.Result.Status;
  G.Events = D.Result.Log.Events;
  G.Hash = D.Result.Log.Hash;
  G.Says = F.Says;
  auto Put = [&](StringRef Extension, StringRef Text) {
    if (Error E = writeFile(keptFile(O, G, Extension), Text))
      warn(toString(std::move(E)));
  };
  Put("out", D.Result.Out);
  Put("err", D.Result.Err);
  if (D.Result.Log.Pid) {
    Expected<std::string> Log = W.Runners[A.Program]->lastLog();
    if (Log)
      Put("log", *Log);
    else
      warn(toString(Log.takeError()));
  }
  if (!D.Request.Trace.empty())
    sys::fs::copy_file(D.Request.Trace, keptFile(O, G, "trace"));
  if (A.Strategy == "native")
    return;
  ReplayFile Replay;
  const StressProgram &Program = O.Programs[A.Program];
  Replay.Program = Program.Path;
  Replay.BuildId = Program.BuildId;
  Replay.Arguments = D.Request.Arguments;
  SmallString<256> Here;
  if (!sys::fs::current_path(Here))
    Replay.Folder = std::string(Here);
  Replay.Strategy = A.Strategy;
  Replay.Seed = D.Seed;
  Replay.Options = G.Options;
  if (!D.Knowledge.empty()) {
    Put("knowledge", D.Knowledge);
    Replay.Options += ":knowledge='" + keptFile(O, G, "knowledge") + "'";
  }
  if (isControlled(A.Strategy))
    Replay.Schedule = scheduleOf(D.Result.Records);
  Replay.Hash = G.Hash;
  Replay.Events = G.Events;
  Replay.Kind = plainKind(G).str();
  Replay.Key = Replay.Kind == F.Kind ? F.Key : Replay.Kind;
  Replay.Says = F.Says;
  for (const Arm &Base : Work.Arms)
    if (Base.Test == A.Test && Base.Strategy == "native") {
      Replay.BaseRuns += Base.Runs;
      Replay.BaseFailures += Base.Failures;
    }
  if (Error E = writeReplay(Replay, keptFile(O, G, "replay")))
    warn(toString(std::move(E)));
}

void Campaign::addFailure(Worker &W, const Done &D, const Failure &F) {
  auto [It, New] = GroupOf.try_emplace(groupKey(D, F), R.Groups.size());
  if (New) {
    FailureGroup G;
    G.Kind = F.Kind;
    G.Key = F.Key;
    G.Stem = "failure-" + std::to_string(R.Groups.size() + 1);
    G.Seconds = seconds();
    R.Groups.push_back(std::move(G));
  }
  FailureGroup &G = R.Groups[It->second];
  ++G.Count;
  // A run that can be made again is worth more than the first one.
  if (New || (G.Strategy == "native" && Work.Arms[D.Arm].Strategy != "native"))
    keep(W, D, F, G);
}

void Campaign::record(Worker &W, Done &&D) {
  std::lock_guard Lock(Mutex);
  Arm &A = Work.Arms[D.Arm];
  const RunLogHead &Log = D.Result.Log;
  Work.done(D.Arm, D.Index);
  ++R.Runs;
  A.Seconds += D.Result.Seconds;
  if (Log.Pid) {
    ++A.Controlled;
    A.Points = std::max(A.Points, Log.Points);
    A.Events = std::max(A.Events, Log.Events);
    A.Threads = std::max(A.Threads, Log.Threads);
    if (isControlled(A.Strategy) && A.Schedules.size() < MaxRemembered)
      A.Schedules.insert(Log.Hash);
    for (const RunEventRecord &E : D.Result.Records.Events)
      if (A.Places.size() < MaxRemembered)
        for (const RunModule &M : D.Result.Records.Modules)
          if (E.Pc >= M.Begin && E.Pc < M.End)
            A.Places.insert(E.Pc - M.Bias);
  } else if (A.Strategy != "native" && A.Runs == RunsWithoutControl &&
             !A.Controlled) {
    warn("'" + sys::path::filename(O.Programs[A.Program].Path).str() +
         "' runs without raddle's " +
         (A.Strategy == "jitter" ? std::string("jitter")
                                 : "schedules (" + A.Strategy + ")") +
         ": the runtime did not take control of it");
  }
  if (!D.Result.Trouble.empty())
    warn(D.Result.Trouble);
  if (!D.Doubtful.empty())
    warn("'" + sys::path::filename(O.Programs[A.Program].Path).str() +
         "': the scheduler saw a " + D.Doubtful + " (" + A.Strategy +
         ") that did not come again under the same schedule; it is not "
         "counted");
  // What hangs each time would take the time of all.
  if (A.Strategy == "native" && D.Result.TimedOut)
    Work.endBase(D.Arm);
  if (!D.Failures.empty()) {
    ++R.Failed;
    Work.failed(D.Arm);
    for (const Failure &F : D.Failures)
      addFailure(W, D, F);
    if (O.UntilFail && A.Strategy != "native")
      Over = true;
  }
  if (timeIsUp())
    Over = true;
  R.Seconds = seconds();
  if (SteadyClock::now() - LastSave > std::chrono::seconds(1)) {
    LastSave = SteadyClock::now();
    if (Error E = save())
      warn(toString(std::move(E)));
  }
  if (Tell) {
    std::string Now = testName(O, A.Test);
    Tell({R.Runs, Work.total(), R.Seconds, double(O.Time.count()) / 1000,
          R.Failed, R.Groups.size(),
          Now + (Now.empty() ? "" : " ") + A.Strategy});
  }
}

Error Campaign::work(Worker &W) {
  while (!Over && !Stop) {
    std::optional<Plan::Batch> Batch;
    {
      std::lock_guard Lock(Mutex);
      if (timeIsUp())
        return Error::success();
      Batch = Work.next();
    }
    if (!Batch)
      return Error::success();
    ArrayRef<uint64_t> Left = Batch->Indices;
    auto GiveBack = [&] {
      std::lock_guard Lock(Mutex);
      Work.giveBack(Batch->Arm, Left);
    };
    while (!Left.empty()) {
      {
        std::lock_guard Lock(Mutex);
        if (Over || Stop || Work.isDone(Batch->Arm))
          break;
      }
      Expected<Done> D = once(W, Batch->Arm, Left.front());
      if (!D || D->Result.Stopped) {
        GiveBack();
        return D ? Error::success() : D.takeError();
      }
      record(W, std::move(*D));
      Left = Left.drop_front();
    }
    if (!Left.empty())
      GiveBack();
  }
  return Error::success();
}

/// The sets in the arms are large: they are lent, not copied.
Error Campaign::save() {
  R.Next = Work.Next;
  R.Open = Work.open();
  std::swap(R.Arms, Work.Arms);
  Error E = saveState(O, R);
  std::swap(R.Arms, Work.Arms);
  return E;
}

Error Campaign::resume(const CampaignResult &Earlier) {
  if (Earlier.Arms.size() != Work.Arms.size() ||
      Earlier.Next.size() != Work.Next.size() ||
      Earlier.Open.size() != Work.Next.size())
    return createStringError(
        "the campaign in '" + O.Folder +
        "' had other strategies or tests; start a new one in another folder");
  R = Earlier;
  R.CutShort.clear();
  R.Warnings.clear();
  Before = Earlier.Seconds;
  Work.resume(std::move(R.Arms), R.Next, R.Open);
  for (auto [I, G] : enumerate(R.Groups)) {
    std::string Key = G.Kind + "\n" + G.Key;
    if (G.Key == G.Kind)
      Key += "\n" + testName(O, G.Test);
    GroupOf[Key] = I;
  }
  return Error::success();
}

Expected<CampaignResult> Campaign::run() {
  SmallString<128> Folder;
  if (std::error_code Code =
          sys::fs::createUniqueDirectory("raddle-stress", Folder))
    return createStringError("a folder to work in cannot be made (" +
                             Code.message() + "); set TMPDIR");
  std::vector<Worker> Workers(std::max(1u, O.Jobs));
  std::vector<Error> Errors;
  std::vector<std::thread> Threads;
  for (size_t I = 0; I != Workers.size(); ++I) {
    Workers[I].Folder = (Folder + "/" + Twine(I)).str();
    Workers[I].Runners.resize(O.Programs.size());
    if (std::error_code Code = sys::fs::create_directories(Workers[I].Folder))
      return createStringError("'" + Workers[I].Folder + "' cannot be made (" +
                               Code.message() + ")");
  }
  std::atomic<size_t> Running{Workers.size()};
  for (Worker &W : Workers)
    Threads.emplace_back([&] {
      Error E = work(W);
      // On the thread that started them: they die with it.
      W.Runners.clear();
      {
        std::lock_guard Lock(Mutex);
        if (E)
          Over = true;
        Errors.push_back(std::move(E));
      }
      --Running;
      Running.notify_all();
    });
  while (Running) {
    // Stop is set by a signal handler, which can wake nobody.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (Stop || timeIsUp())
      Over = true;
  }
  for (std::thread &T : Threads)
    T.join();
  sys::fs::remove_directories(Folder);
  R.Seconds = seconds();
  std::string First;
  for (Error &E : Errors)
    if (E) {
      std::string Text = toString(std::move(E));
      if (First.empty())
        First = Text;
    }
  if (!First.empty() && !R.Runs)
    return createStringError(First);
  R.CutShort = !First.empty() ? First : Stop ? "interrupted" : "";
  if (Error E = save())
    warn(toString(std::move(E)));
  R.Arms = std::move(Work.Arms);
  return std::move(R);
}

} // namespace

std::vector<Failure> campaignFailures(const CampaignOptions &O,
                                      const RunResult &R, StringRef Options) {
  std::vector<Failure> Result = failuresOf(R);
  if (!WIFEXITED(R.Status))
    return Result;
  // Exit codes that the runtime has given.
  for (Failure &F : Result)
    if (F.Kind == "exit code 23" && Options.contains(":leaks=1:")) {
      F.Kind = F.Key = "leak";
      F.Says = "threads or tasks are left at the end";
    } else if (F.Kind == "exit code 24" &&
               Options.contains(":on_deadlock=abort:")) {
      F.Kind = F.Key = "deadlock";
      F.Says = "threads wait for each other";
    }
  return Result;
}

StringRef plainKind(const FailureGroup &G) {
  if (G.Kind == "leak")
    return "exit code 23";
  if (G.Kind == "deadlock" && G.Strategy == "jitter")
    return "exit code 24";
  return G.Kind;
}

bool isFailure(const CampaignOptions &O, const FailureGroup &G,
               const RunResult &R) {
  return isAmong(campaignFailures(O, R, G.Options), G.Kind, G.Key);
}

std::string keptFile(const CampaignOptions &O, const FailureGroup &G,
                     StringRef Extension) {
  return O.Folder + "/" + G.Stem + "." + Extension.str();
}

Expected<CampaignResult>
runCampaign(const CampaignOptions &O, const std::atomic<bool> &Stop,
            const std::function<void(const CampaignProgress &)> &Tell,
            const CampaignResult *Earlier) {
  Campaign C(O, Stop, Tell);
  if (Earlier)
    if (Error E = C.resume(*Earlier))
      return std::move(E);
  return C.run();
}

} // namespace raddle::stress
