// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Verdicts.h"
#include "runtime/Runtime.h"
#include "runtime/core/Print.h"
#include "stress/schedule/Controller.h"
#include "stress/schedule/Names.h"
#include "stress/schedule/Places.h"
#include "stress/schedule/RunLogWriter.h"

namespace raddle::stress {

namespace {

bool isStuck(const Controlled &T) {
  return T.State == Standing::Waiting && T.Ready && !T.Ready(T);
}

/// What \p T waits for: in a wait that nobody has ended, the condition.
Op waitsIn(const Controlled &T) {
  return T.Pending.Kind == Op::Relock && T.WaitsOn && !isWoken(T)
             ? Op::Wait
             : T.Pending.Kind;
}
uint32_t waitsFor(const Controlled &T) {
  return waitsIn(T) == Op::Wait ? T.WaitsOn->Number : T.Pending.Object;
}

/// Whom \p T waits for; null: nobody who could be named.
Controlled *ownerOf(const Controlled &T) {
  if (!isStuck(T) || !T.Object)
    return nullptr;
  if (waitsIn(T) == Op::Wait)
    return nullptr;
  if (T.Pending.Kind == Op::Join)
    return reinterpret_cast<Controlled *>(T.Object->Address);
  Hold *First = nullptr;
  for (Hold *H = T.Object->Holds; H; H = H->NextOfShadow) {
    // Of several readers, one that waits itself can be part of a cycle.
    if (!First || isStuck(*H->Thread))
      First = H;
  }
  return First ? First->Thread : nullptr;
}

/// Whether following the owners from \p T leads back to it.
bool inCycle(const Controlled &T) {
  const Controlled *At = &T;
  for (uint32_t Steps = 0; Steps <= TheRun.Threads; ++Steps) {
    At = ownerOf(*At);
    if (!At)
      return false;
    if (At == &T)
      return true;
  }
  return false;
}

/// Whether it waits to be woken, and not for something that somebody has.
bool waitsForWakeUp(const Controlled &T) {
  switch (waitsIn(T)) {
  case Op::Wait:
  case Op::SemaphoreWait:
  case Op::BarrierWait:
  case Op::FutexWait:
    return true;
  default:
    return false;
  }
}

void writeFinal(const Controlled &T) {
  constexpr unsigned MostFrames = 64;
  Frame Frames[MostFrames];
  uint64_t Pcs[MostFrames];
  unsigned Count = 0;
  if (T.Site.Sp)
    Count = unwindOther(T.Site, Frames, MostFrames);
  for (unsigned I = 0; I != Count; ++I)
    Pcs[I] = Frames[I].Pc;
  if (!Count && T.Site.Pc)
    Pcs[Count++] = T.Site.Pc;
  // So that the log has all modules.
  for (unsigned I = 0; I != Count; ++I)
    placeOf(Pcs[I]);
  RunFinalRecord R = {};
  R.Head.Thread = T.Number;
  bool Stuck = isStuck(T);
  R.Waits = Stuck ? waitsIn(T) : Op::None;
  R.Frames = uint16_t(Count);
  R.Object = Stuck ? waitsFor(T) : 0;
  Controlled *Owner = ownerOf(T);
  R.Owner = Owner ? Owner->Number : 0;
  R.InCycle = inCycle(T);
  R.Pc = T.Site.Pc;
  R.Clock = T.Clock;
  TheRunLog.write(RunRecordType::Final, R, Pcs, Count * sizeof(Pcs[0]));
  for (Hold *H = T.Holds; H; H = H->NextOfThread) {
    RunHeldRecord Held = {};
    Held.Head.Thread = T.Number;
    Held.Object = H->Of->Number;
    Held.Pc = H->Pc;
    placeOf(H->Pc);
    TheRunLog.write(RunRecordType::Held, Held);
  }
}

const char *nameOf(Verdict V) {
  switch (V) {
  case Verdict::Deadlock:
    return "deadlock: no thread can run";
  case Verdict::LostWakeup:
    return "lost wake-up: no thread can run, and nobody is left to wake those "
           "that wait";
  case Verdict::Livelock:
    return "livelock: threads run, but nothing changes any more";
  case Verdict::StepLimit:
    return "step limit: the run has taken more steps than step_limit allows";
  default:
    return "the program left the schedule that it was to follow";
  }
}

void sayWaits(const Controlled &T) {
  TextBuffer<256> Line;
  Line << "  thread " << T.Number;
  if (T.State == Standing::Outside)
    Line << " is outside";
  else if (!isStuck(T))
    Line << " could go on with " << opName(T.Pending.Kind);
  else {
    Line << " waits in " << opName(waitsIn(T));
    if (T.Pending.Kind != Op::Join && waitsFor(T))
      Line << " for object " << waitsFor(T);
    if (Controlled *Owner = ownerOf(T))
      Line << (T.Pending.Kind == Op::Join ? " for" : " that is held by")
           << (Owner == &T ? " itself" : " thread ");
    if (Controlled *Owner = ownerOf(T); Owner && Owner != &T)
      Line << Owner->Number;
    if (inCycle(T))
      Line << " (in the cycle)";
  }
  Line << '\n';
  print(Line.text(), Line.size());
}

} // namespace

void endStuck() {
  bool Cycle = false, WakeUp = false;
  for (Controlled *T = TheRun.First; T; T = T->Next) {
    Cycle |= inCycle(*T);
    WakeUp |= waitsForWakeUp(*T);
  }
  endRun(WakeUp && !Cycle ? Verdict::LostWakeup : Verdict::Deadlock);
}

void endRun(Verdict V) {
  TheRun.Active = false;
  TheRunLog.head().Found = V;
  for (Controlled *T = TheRun.First; T; T = T->Next)
    writeFinal(*T);
  if (!TheOptions.Quiet) {
    say(nameOf(V));
    for (Controlled *T = TheRun.First; T; T = T->Next)
      sayWaits(*T);
  }
  finishRun();
  int Code = V == Verdict::Diverged ? ExitDiverged
             : V == Verdict::Deadlock || V == Verdict::LostWakeup
                 ? ExitDeadlock
                 : ExitLivelock;
  for (;;)
    sys::call(SYS_exit_group, Code);
}

void noteSwitch(const Controlled &From, const Controlled &To, bool Could) {
  RunLogHead &Head = TheRunLog.head();
  ++Head.Switches;
  RunSwitchRecord R = {};
  R.Head.Thread = From.Number;
  R.Next = To.Number;
  R.Clock = From.Clock;
  R.Pc = From.Site.Pc;
  if (Could) {
    ++Head.Preemptions;
    R.Why = RunSwitchRecord::Preempted;
  } else if (From.State == Standing::Ended) {
    R.Why = RunSwitchRecord::Ended;
  } else {
    R.Why = isStuck(From) || From.State == Standing::Outside
                ? RunSwitchRecord::Blocked
                : RunSwitchRecord::Yielded;
  }
  TheRunLog.write(RunRecordType::Switch, R);
}

} // namespace raddle::stress
