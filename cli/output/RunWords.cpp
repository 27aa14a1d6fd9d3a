// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/RunWords.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include <cmath>

using namespace llvm;
using raddle::lockorder::Frame;

namespace raddle::cli::output {
namespace {

/// Without zeros at the end: "0.8", not "0.80".
std::string trimmed(double Value, unsigned Digits) {
  std::string Text;
  raw_string_ostream(Text) << formatv(Digits == 0   ? "{0:F0}"
                                      : Digits == 1 ? "{0:F1}"
                                                    : "{0:F2}",
                                      Value);
  if (Digits)
    Text.erase(StringRef(Text).rtrim('0').rtrim('.').size());
  return Text;
}

StringRef taskKind(StringRef Kind) {
  return StringSwitch<StringRef>(Kind)
      .Case("timer-fd", "timer descriptor")
      .Case("", "task")
      .Default(Kind);
}

StringRef waitKind(StringRef Kind) {
  return StringSwitch<StringRef>(Kind)
      .Case("mutex", "the mutex")
      .Case("rwlock-read", "the read side of the lock")
      .Case("rwlock-write", "the write side of the lock")
      .Case("spinlock", "the spin lock")
      .Case("condition", "the condition variable")
      .Case("condition-destroy", "the waiters of the condition variable")
      .Case("semaphore", "the semaphore")
      .Case("barrier", "the barrier")
      .Case("join", "the end of")
      .Case("futex", "the futex")
      .Case("sleep", "time to pass")
      .Case("poll", "a descriptor")
      .Case("signal", "a signal")
      .Case("system-call", "the system call")
      .Case("", "something")
      .Default(Kind);
}

} // namespace

std::string durationText(double Seconds) {
  if (!std::isfinite(Seconds) || Seconds < 0)
    return "an unknown time";
  if (Seconds == 0)
    return "0";
  if (Seconds < 1e-6)
    return trimmed(Seconds * 1e9, 0) + " ns";
  if (Seconds < 1e-3)
    return trimmed(Seconds * 1e6, Seconds < 1e-4 ? 1 : 0) + " \xc2\xb5s";
  if (Seconds < 1)
    return trimmed(Seconds * 1e3, Seconds < 0.1 ? 1 : 0) + " ms";
  if (Seconds < 120)
    return trimmed(Seconds, Seconds < 10 ? 2 : 1) + " s";
  // Beyond that nobody's clock goes.
  auto Minutes = static_cast<uint64_t>(std::min(Seconds, 1e12) / 60);
  if (Minutes < 60)
    return formatv("{0} min {1} s", Minutes,
                   static_cast<uint64_t>(Seconds) % 60);
  uint64_t Hours = Minutes / 60;
  if (Hours < 48)
    return formatv("{0} h {1} min", Hours, Minutes % 60);
  return formatv("{0} d {1} h", Hours / 24, Hours % 24);
}

std::string stateText(const LeakGroup &L) {
  if (L.State == "finished-unjoined" && L.Seconds)
    return "finished " + durationText(*L.Seconds) + " ago, never joined";
  std::string Text = StringSwitch<StringRef>(L.State)
                         .Case("finished-unjoined", "finished, never joined")
                         .Case("queued", "queued, never run")
                         .Case("", "state not known")
                         .Default(L.State)
                         .str();
  if (L.Seconds)
    Text += " for " + durationText(*L.Seconds);
  return Text;
}

std::string taskText(const LeakGroup &L) {
  std::string Text;
  if (L.Count != 1)
    Text = std::to_string(L.Count) + " x ";
  Text += taskKind(L.Kind);
  if (!L.Name.empty())
    Text += " '" + L.Name + "'";
  return Text;
}

std::string waitText(const WaitsFor &W) {
  std::string Text = waitKind(W.Kind).str();
  if (!W.Text.empty())
    Text += " " + W.Text;
  // The end of a thread is not held by it.
  if (!W.Owner.empty() && W.Kind != "join")
    Text += ", held by " + W.Owner;
  return Text;
}

std::string proofText(StringRef Proof) {
  return StringSwitch<StringRef>(Proof)
      .Case("owner-exited", "the thread that holds what it waits for has "
                            "exited, so nobody can release it")
      .Case("owner-leaked",
            "the task that holds what it waits for is itself leaked")
      .Case("cycle", "it is part of a cycle in which each waits for the next, "
                     "so none can go on")
      .Case("self", "it waits for itself")
      .Case("unreachable", "nothing outside leaked tasks can reach what it "
                           "waits for, so nobody can wake it")
      .Default(Proof)
      .str();
}

std::string endingText(StringRef Ending) {
  return StringSwitch<StringRef>(Ending)
      .Case("running", "still running when the trace was read")
      .Case("execed", "became another program (exec)")
      .Case("no-space", "no space left for the trace")
      .Case("", "not known")
      .Default(Ending)
      .str();
}

std::string deadlockText(StringRef Kind) {
  return StringSwitch<StringRef>(Kind)
      .Case("cycle", "threads wait for each other")
      .Case("self-lock", "a thread waits for a lock that it holds")
      .Case("self-join", "a thread joins itself")
      .Case("owner-exited", "a lock's owner has exited")
      .Case("all-blocked", "every thread is blocked")
      .Case("stall", "a wait longer than the limit")
      .Case("", "kind not known")
      .Default(Kind)
      .str();
}

bool isWhole(const ProgramRun &P) { return P.Ending != "no-space"; }

std::string incompleteText(const ProgramRun &P) {
  return "no space was left for the trace of '" + P.Command + "' (process " +
         std::to_string(P.Pid) + "); what came later is not in it";
}

std::string frameText(const Frame &F) {
  if (!F.Function.empty())
    return F.Function;
  if (F.Module.empty() && !F.Offset)
    return "(not known)";
  return (sys::path::filename(F.Module) + "+0x" +
          utohexstr(F.Offset, /*LowerCase=*/true))
      .str();
}

size_t mainFrame(const std::vector<Frame> &Stack) {
  auto First = [&](auto Test) -> size_t {
    for (size_t I = 0; I < Stack.size(); ++I)
      if (Test(Stack[I]))
        return I;
    return Stack.size();
  };
  // A header of the library has places too, if the program was built with
  // debug information: those are absolute.
  size_t Own = First([](const Frame &F) {
    return F.Where.Line && !sys::path::is_absolute(F.Where.File);
  });
  if (Own == Stack.size())
    Own = First([](const Frame &F) {
      StringRef Name = F.Function;
      return F.Where.Line && !Name.starts_with("std::") &&
             !Name.starts_with("__");
    });
  if (Own == Stack.size())
    Own = First([](const Frame &F) { return !F.Function.empty(); });
  return Own == Stack.size() ? 0 : Own;
}

} // namespace raddle::cli::output
