// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/FollowSchedule.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace raddle::stress {

/// As the controller writes it into the log.
constexpr StringLiteral ThreadStayedAway = "(a thread stayed away)";
constexpr unsigned MaxRepeats = 3;

FollowSchedule::FollowSchedule(ProgramRunner &Runner, RunRequest How,
                               const std::string &Folder)
    : Runner(Runner), How(std::move(How)), Options(this->How.Options),
      File(Folder + "/schedule") {
  // What comes later counts. What earlier runs have learnt says where to stop,
  // and that is in the schedule.
  if (!Options.empty())
    Options += ":";
  Options += "knowledge=:schedule=replay:replay='" + File + "':replay_strict=";
}

FollowSchedule::~FollowSchedule() { sys::fs::remove(File); }

Expected<RunResult>
FollowSchedule::run(const std::vector<ScheduleSwitch> &Schedule, bool Strict,
                    bool WantRecords) {
  std::error_code Code;
  raw_fd_ostream Out(File, Code);
  if (!Code) {
    Out << scheduleText(Schedule);
    Out.close();
    Code = Out.error();
    Out.clear_error();
  }
  if (Code)
    return createStringError("'" + File +
                             "' cannot be written: " + Code.message());
  How.Options = Options + (Strict ? "1" : "0");
  // A strict run that a busy machine has led astray says nothing of the
  // program: its log tells that a thread was not there in time.
  How.WantRecords = WantRecords || Strict;
  for (unsigned Left = MaxRepeats;; --Left) {
    Expected<RunResult> R = Runner.run(How);
    if (!R || !Strict || !Left || R->Log.Found != Verdict::Diverged ||
        none_of(R->Records.Uncontrolled, [](const auto &Each) {
          return Each.second == ThreadStayedAway;
        }))
      return R;
    ++Repeated;
  }
}

Expected<Shortened>
shorten(ProgramRunner &Runner, const RunRequest &How, const RunResult &Failed,
        StringRef Kind, StringRef Key, const std::string &Folder,
        const MinimiseLimits &Limits,
        const std::function<void(unsigned, uint64_t)> &Progress) {
  FollowSchedule Follow(Runner, How, Folder);
  auto Try = [&](const std::vector<ScheduleSwitch> &S) -> Expected<Attempt> {
    Expected<RunResult> R = Follow.run(S, /*Strict=*/false, /*Records=*/true);
    if (!R)
      return R.takeError();
    if (R->Stopped)
      return createStringError("it was stopped");
    return attemptOf(*R, isAmong(failuresOf(*R), Kind, Key));
  };
  Expected<Minimised> M =
      minimise(attemptOf(Failed, true), Try, Limits, Progress);
  if (!M)
    return M.takeError();
  Shortened Result{std::move(*M), {}};
  Expected<RunResult> R =
      Follow.run(Result.What.Best.Made, /*Strict=*/true, /*Records=*/true);
  if (!R)
    return R.takeError();
  if (!isAmong(failuresOf(*R), Kind, Key) ||
      R->Log.Hash != Result.What.Best.Hash)
    return createStringError(
        "the shortest schedule that failed did not fail again: something else "
        "than the schedule decides");
  Result.Run = std::move(*R);
  return Result;
}

} // namespace raddle::stress
