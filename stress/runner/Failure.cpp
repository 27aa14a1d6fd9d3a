// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Failure.h"
#include "stress/runner/ReportFrames.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <set>
#include <string.h>
#include <sys/wait.h>

using namespace llvm;

namespace raddle::stress {

namespace {

/// "queue-test+0x1234": equal wherever the module was loaded.
std::string placeKey(const RunRecords &Records, uint64_t Pc) {
  for (const RunModule &M : Records.Modules)
    if (Pc >= M.Begin && Pc < M.End)
      return StringRef(M.Path).substr(StringRef(M.Path).rfind('/') + 1).str() +
             "+0x" + utohexstr(Pc - M.Bias, /*LowerCase=*/true);
  return "?";
}

StringRef waitText(Op Kind) {
  switch (Kind) {
  case Op::Join:
    return "a thread to end";
  case Op::Lock:
  case Op::SharedLock:
  case Op::Relock:
    return "a lock";
  case Op::Wait:
    return "a condition variable";
  case Op::SemaphoreWait:
    return "a semaphore";
  case Op::BarrierWait:
    return "a barrier";
  case Op::FutexWait:
    return "an atomic or a futex";
  case Op::Io:
    return "input or output";
  default:
    return "something";
  }
}

/// Who waits for whom, as far as the log says.
std::string waitingText(const RunRecords &Records) {
  std::string Text;
  for (const RunFinal &F : Records.Finals) {
    if (F.Record.Waits == Op::None)
      continue;
    Text += (Text.empty() ? ": thread " : ", thread ") +
            std::to_string(F.Record.Head.Thread) + " waits for " +
            waitText(F.Record.Waits).str();
    if (F.Record.Owner)
      Text += " that thread " + std::to_string(F.Record.Owner) + " has";
  }
  return Text;
}

std::optional<Failure> verdict(const RunResult &R) {
  Failure F;
  switch (R.Log.Found) {
  case Verdict::Deadlock:
    F.Kind = "deadlock";
    break;
  case Verdict::LostWakeup:
    F.Kind = "lost wake-up";
    break;
  case Verdict::Livelock:
    F.Kind = "livelock";
    F.Says = "threads run, and nothing changes any more";
    break;
  case Verdict::StepLimit:
    F.Kind = "step limit";
    F.Says = "more steps than the limit (step_limit)";
    break;
  case Verdict::None:
  case Verdict::Diverged:
  default: // Written by the program itself.
    return std::nullopt;
  }
  bool Cycle = any_of(R.Records.Finals, [](const RunFinal &Each) {
    return Each.Record.InCycle != 0;
  });
  std::vector<std::string> Places;
  for (const RunFinal &Each : R.Records.Finals)
    if (Each.Record.Waits != Op::None && (Each.Record.InCycle || !Cycle))
      Places.push_back(placeKey(R.Records, Each.Record.Pc));
  std::sort(Places.begin(), Places.end());
  // A third thread that waits in the same place is no other deadlock.
  Places.erase(std::unique(Places.begin(), Places.end()), Places.end());
  F.Key = F.Kind;
  if (F.Kind == "deadlock" || F.Kind == "lost wake-up") {
    for (const std::string &Place : Places)
      F.Key += "|" + Place;
    F.Says = F.Kind + waitingText(R.Records);
  }
  return F;
}

/// Its summary, unless that is about a place in a library or in raddle.
std::string saysOf(const SanitizerReport &Report) {
  if (!Report.Stacks.empty() && !Report.Stacks[0].Frames.empty() &&
      !isOwnFrame(Report.Stacks[0].Frames[0]))
    if (const ReportFrame *Own = ownFrame(Report.Stacks[0].Frames);
        Own && Own->Line)
      return Report.Tool + ": " + Report.Kind + " " + Own->File + ":" +
             std::to_string(Own->Line) + " in " + Own->Function;
  return Report.Summary.empty() ? Report.Tool + ": " + Report.Kind
                                : Report.Summary;
}

void addReports(const RunResult &R, std::vector<Failure> &To) {
  std::set<std::string> Seen;
  for (const std::string *Text : {&R.Err, &R.Out})
    for (SanitizerReport &Report : parseSanitizerReports(*Text)) {
      if (!Seen.insert(Report.Key).second)
        continue;
      Failure F;
      F.Kind = Report.Kind;
      F.Key = Report.Key;
      F.Says = saysOf(Report);
      F.Report = std::move(Report);
      To.push_back(std::move(F));
    }
}

} // namespace

std::string statusText(int Status) {
  if (WIFSIGNALED(Status)) {
    const char *Name = ::sigabbrev_np(WTERMSIG(Status));
    return "signal " + (Name ? "SIG" + std::string(Name)
                             : std::to_string(WTERMSIG(Status)));
  }
  if (WIFEXITED(Status) && WEXITSTATUS(Status))
    return "exit code " + std::to_string(WEXITSTATUS(Status));
  return "";
}

std::vector<Failure> failuresOf(const RunResult &R) {
  std::vector<Failure> Result;
  // What follows a verdict, or the end of a replay that left its way, is the
  // scheduler's doing.
  if (std::optional<Failure> F = verdict(R)) {
    Result.push_back(std::move(*F));
    return Result;
  }
  addReports(R, Result);
  if (!Result.empty() || R.Log.Found == Verdict::Diverged)
    return Result;
  if (R.TimedOut) {
    Failure F;
    F.Kind = F.Key = "timeout";
    F.Says = "it was still running at its time limit";
    Result.push_back(std::move(F));
    return Result;
  }
  std::string Ended = statusText(R.Status);
  if (Ended.empty())
    return Result;
  // A test that gave up prints it to either; an assertion is the last word.
  for (const std::string *Text : {&R.Err, &R.Out})
    for (FailureText &Each : findFailureTexts(*Text)) {
      Failure F;
      F.Kind = Each.Kind;
      F.Key = Each.Key;
      F.Says = Each.Says;
      F.Text = std::move(Each);
      Result.push_back(std::move(F));
    }
  auto IsTest = [](const Failure &F) { return F.Kind == "test failure"; };
  if (!all_of(Result, IsTest))
    erase_if(Result, IsTest); // They led up to it.
  if (Result.size() > 1)
    Result.resize(1);
  if (!Result.empty())
    return Result;
  Failure F;
  F.Kind = F.Key = Ended;
  F.Says = "it ended with " + Ended;
  Result.push_back(std::move(F));
  return Result;
}

bool isAmong(const std::vector<Failure> &Failures, StringRef Kind,
             StringRef Key) {
  return any_of(Failures, [&](const Failure &F) {
    return F.Kind == Kind && F.Key == Key;
  });
}

} // namespace raddle::stress
