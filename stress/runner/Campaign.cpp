// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Campaign.h"
#include "stress/runner/CampaignRun.h"
#include "stress/runner/KeepFailure.h"
#include "stress/runner/Process.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <map>
#include <mutex>
#include <thread>

using namespace llvm;

namespace raddle::stress {

namespace {

/// Of different schedules and places that are remembered for one arm.
constexpr size_t MaxRemembered = 1u << 20;
/// After so many runs in which the runtime did not take control, an arm is
/// known not to be what it is called.
constexpr uint64_t RunsWithoutControl = 3;

class Campaign {
public:
  Campaign(const CampaignOptions &O, const std::atomic<bool> &Stop,
           const std::function<void(const CampaignProgress &)> &Tell)
      : O(O), Stop(Stop), Tell(Tell), Work(O) {}

  Error resume(const CampaignResult &Earlier);
  Expected<CampaignResult> run();

private:
  Error work(CampaignWorker &W);
  RunOfArm runOf(size_t Arm, uint64_t Index);
  void record(CampaignWorker &W, Done &&D);
  void addFailure(CampaignWorker &W, const Done &D, const Failure &F);
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

RunOfArm Campaign::runOf(size_t Index, uint64_t Run) {
  std::lock_guard Lock(Mutex);
  const Arm &A = Work.Arms[Index];
  return {Index, A.Test, A.Program, A.Strategy, A.Runs, Run};
}

std::string Campaign::groupKey(const Done &D, const Failure &F) const {
  const Arm &A = Work.Arms[D.Arm];
  std::string Key = F.Kind + "\n" + F.Key;
  // What names no place is told apart by the test.
  if (F.Key == F.Kind)
    Key += "\n" + testName(O, A.Test);
  return Key;
}

void Campaign::addFailure(CampaignWorker &W, const Done &D, const Failure &F) {
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
    keepFailure(O, Work.Arms, D, F, W.runner(Work.Arms[D.Arm].Program), G,
                [this](std::string Text) { warn(std::move(Text)); });
}

void Campaign::record(CampaignWorker &W, Done &&D) {
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

Error Campaign::work(CampaignWorker &W) {
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
        if (Over || Stop || timeIsUp() || Work.isDone(Batch->Arm))
          break;
      }
      Expected<Done> D = W.run(runOf(Batch->Arm, Left.front()));
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
  std::vector<CampaignWorker> Workers;
  std::vector<Error> Errors;
  std::vector<std::thread> Threads;
  for (unsigned I = 0; I != std::max(1u, O.Jobs); ++I) {
    std::string Own = (Folder + "/" + Twine(I)).str();
    if (std::error_code Code = sys::fs::create_directories(Own))
      return createStringError("'" + Own + "' cannot be made (" +
                               Code.message() + ")");
    Workers.emplace_back(O, std::move(Own), Over);
  }
  std::atomic<size_t> Running{Workers.size()};
  for (CampaignWorker &W : Workers)
    Threads.emplace_back([&] {
      Error E = work(W);
      // On the thread that started them: they die with it.
      W.close();
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
    // When time is up, runs go on to their end, as one of them may hang.
    if (Stop)
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
