// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Choice.h"
#include "runtime/Runtime.h"
#include "stress/schedule/Arrivals.h"
#include "stress/schedule/Io.h"
#include "stress/schedule/Replay.h"
#include "stress/schedule/RunLogWriter.h"
#include "stress/schedule/Signals.h"
#include "stress/schedule/Spins.h"
#include "stress/schedule/Strategies.h"
#include "stress/schedule/Verdicts.h"
#include "stress/schedule/Watch.h"

namespace raddle::stress {

namespace {

Step *Enabled = nullptr;
Controlled **EnabledThreads = nullptr;
uint32_t EnabledRoom = 0;

bool roomForAll() {
  if (TheRun.Alive <= EnabledRoom)
    return true;
  uint32_t More = EnabledRoom ? EnabledRoom * 2 : 256;
  while (More < TheRun.Alive)
    More *= 2;
  auto *NewSteps = static_cast<Step *>(controllerMemory(More * sizeof(Step)));
  auto **NewThreads =
      static_cast<Controlled **>(controllerMemory(More * sizeof(Controlled *)));
  if (!NewSteps || !NewThreads)
    return false;
  Enabled = NewSteps;
  EnabledThreads = NewThreads;
  EnabledRoom = More;
  return true;
}

/// What can run just now.
struct Candidates {
  unsigned Count = 0;
  int Current = -1;         ///< The thread that ran last.
  bool AllBack = true;      ///< All that there are only repeat themselves.
  bool AllHard = true;      ///< And have for long.
  bool Outside = false;     ///< Somebody may come back.
  bool Late = false;        ///< One is Outside that may be a sanitizer's.
  Controlled *Io = nullptr; ///< Waits for what the kernel has.
  uint64_t Earliest = 0;    ///< When the first wait's time is up; 0: none.
};

void collect(Candidates &C, bool WithBack) {
  C = {};
  uint64_t Events = TheRunLog.head().Events;
  for (Controlled *T = TheRun.First; T; T = T->Next) {
    Standing S = standingOf(*T);
    if (S == Standing::Outside) {
      bool MayBe = wayOf(*T) == Arrival::Late && !isOneOfTheProgram(*T);
      (MayBe ? C.Late : C.Outside) = true;
    }
    if (S != Standing::Waiting)
      continue;
    bool Ready = !T->Ready || T->Ready(*T);
    bool Ends =
        !Ready && ((T->Until && T->Until <= TheRun.Now) || T->Signalled);
    if (!Ready && !Ends) {
      if (T->Ready == mayHaveCome && !C.Io)
        C.Io = T;
      if (T->Until && (!C.Earliest || T->Until < C.Earliest))
        C.Earliest = T->Until;
      continue;
    }
    bool Back = T->BackAt > Events;
    if (!Back || T->Repeats < HardRepeats)
      C.AllHard = false;
    if (Back && !WithBack)
      continue;
    if (!Back)
      C.AllBack = false;
    T->Pending.TimesOut = Ends;
    if (T == TheRun.LastRan)
      C.Current = int(C.Count);
    Enabled[C.Count] = T->Pending;
    EnabledThreads[C.Count++] = T;
  }
}

/// What threads that are not controlled have done: as if it were nothing, but
/// those that wait look again.
void lookForWakes() {
  uint32_t Wakes = __atomic_load_n(&TheRun.ForeignWakes, __ATOMIC_ACQUIRE);
  if (RADDLE_LIKELY(Wakes == TheRun.WakesSeen))
    return;
  TheRun.WakesSeen = Wakes;
  for (Controlled *T = TheRun.First; T; T = T->Next)
    T->Woken = true;
}

/// Whether a thread that could have gone on all the time has been passed over
/// too often.
bool starves(unsigned Count, unsigned Chosen) {
  constexpr uint32_t TooOften = 10000;
  bool Starves = false;
  for (unsigned I = 0; I != Count; ++I) {
    uint32_t &Passed = EnabledThreads[I]->Passed;
    Passed = I == Chosen ? 0 : Passed + 1;
    Starves |= Passed > TooOften;
  }
  return Starves;
}

/// Strategies with priorities let a thread that loops for ever, through steps
/// that look like progress, starve all others. From here on the run is a random
/// walk; as Coyote's fair PCT does it after a prefix of the run.
void becomeFair() {
  Strategy &Fair = randomWalk();
  if (TheRun.Chooser == &Fair)
    return;
  StrategySettings Settings = {};
  Settings.Seed = TheRun.Seed;
  Fair.begin(Settings);
  TheRun.Chooser = &Fair;
}

/// Who ends the process, as no other can go on, or they take too long.
Controlled *leaver() {
  if (TheRun.LastRan != TheRun.Leaver)
    noteSwitch(*TheRun.LastRan, *TheRun.Leaver, false);
  return TheRun.Leaver;
}

} // namespace

Controlled *pick() {
  if (!roomForAll())
    return TheRun.First;
  constexpr unsigned MostLooks = 50;
  for (unsigned Looks = 0;;) {
    Candidates C;
    lookForWakes();
    collect(C, false);
    if (!C.Count) {
      collect(C, true);
      if (!C.Count && C.Io) {
        // What comes over the kernel may need a moment.
        if (TheRun.LookedAgain != TheRun.LastProgress) {
          TheRun.LookedAgain = TheRun.LastProgress;
          sleepABit();
          ++TheRun.Transfers;
          continue;
        }
        if (TheRun.Leaver)
          return leaver();
        if (C.Outside || !C.Earliest || hasChildren()) {
          C.Io->ReallyWaits = true;
          continue;
        }
      }
      if (!C.Count && !C.Outside && C.Late && !TheRun.Leaver &&
          lateOneMayCome()) {
        // Without a limit where there is none: the verdict would be wrong.
        if (!C.Earliest || ++Looks < MostLooks) {
          sleepABit();
          continue;
        }
        C.Outside = true;
      }
      // Who only repeats itself waits for time to pass, too.
      if (C.Earliest && (!C.Count || C.AllHard)) {
        if (C.Outside && !C.Count)
          return nullptr;
        TheRun.Now = C.Earliest;
        continue;
      }
      if (!C.Count) {
        if (TheRun.Leaver)
          return leaver();
        if (C.Outside || !TheRun.First)
          return nullptr;
        if (!wokenFromOutside())
          endStuck();
        continue;
      }
      if (!C.Outside && repeatsForever())
        endRun(Verdict::Livelock);
      if (C.AllHard && (C.Outside || repeatsForLong()))
        sleepABit();
    }
    if (TheRun.Leaver && TheRunLog.head().Events > TheRun.LeaverWaits)
      return leaver();
    unsigned Index = 0;
    if (!TheRun.Chooser) {
      Index = TheReplay.choose(Enabled, C.Count, C.Current,
                               TheRun.LastRan ? TheRun.LastRan->Number : 0,
                               TheRun.LastClock);
      if (Index >= C.Count)
        endRun(Verdict::Diverged);
    } else if (C.Count > 1) {
      Index = TheRun.Chooser->choose(Enabled, C.Count, C.Current);
      if (Index >= C.Count)
        Index = 0;
      if (starves(C.Count, Index))
        becomeFair();
    }
    if (C.Count > 1)
      ++TheRunLog.head().Points;
    if (TheRun.Alive > 1 && ++TheRun.Steps > TheRun.StepLimit)
      endRun(Verdict::StepLimit);
    Controlled *Next = EnabledThreads[Index];
    Next->Pending.TimesOut = Enabled[Index].TimesOut;
    if (Next != TheRun.LastRan && TheRun.LastRan)
      noteSwitch(*TheRun.LastRan, *Next, C.Current >= 0);
    return Next;
  }
}

} // namespace raddle::stress
