// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Token.h"
#include "runtime/Runtime.h"
#include "stress/schedule/Io.h"
#include "stress/schedule/Places.h"
#include "stress/schedule/Replay.h"
#include "stress/schedule/RunLogWriter.h"
#include "stress/schedule/Spins.h"
#include "stress/schedule/Verdicts.h"
#include "stress/schedule/VirtualTime.h"
#include "stress/schedule/Watch.h"
#include <errno.h>
#include <linux/futex.h>

namespace raddle::stress {

RunState TheRun;
__thread Controlled *Mine;

namespace {

/// Guards TheRun.Holder where a thread comes without having the token.
InternalLock Handing;
/// Counted up by each of those.
uint32_t Arrivals = 0;

constexpr uint32_t HasTurn = 1, HasErrand = 2;
uint32_t ErrandsDone = 0; ///< A futex.

Step *Enabled = nullptr;
Controlled **EnabledThreads = nullptr;
uint32_t EnabledRoom = 0;

/// Threads that are over, and may be joined.
Controlled *Finished = nullptr;

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
  Controlled *Io = nullptr; ///< Waits for what the kernel has.
  uint64_t Earliest = 0;    ///< When the first wait's time is up; 0: none.
};

void collect(Candidates &C, bool WithBack) {
  C = {};
  uint64_t Events = TheRunLog.head().Events;
  for (Controlled *T = TheRun.First; T; T = T->Next) {
    Standing S = standingOf(*T);
    if (S == Standing::Outside)
      C.Outside = true;
    if (S != Standing::Waiting)
      continue;
    bool Ready = !T->Ready || T->Ready(*T);
    bool Ends = !Ready && ((T->Until && T->Until <= TheRun.Now) ||
                           (T->CanCancel && T->Cancelled));
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

/// Who ends the process, as no other can go on, or they take too long.
Controlled *leaver() {
  if (TheRun.LastRan != TheRun.Leaver)
    noteSwitch(*TheRun.LastRan, *TheRun.Leaver, false);
  return TheRun.Leaver;
}

/// Who is next; null: nobody just now, but somebody is outside, or nobody is
/// left at all. Ends the process when no thread can run.
Controlled *pick() {
  if (!roomForAll())
    return TheRun.First;
  for (;;) {
    Candidates C;
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
        endStuck();
      }
      if (!C.Outside && repeatsForever())
        endRun(Verdict::Livelock);
      if (C.Outside && C.AllHard)
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
    }
    if (C.Count > 1 && ++TheRunLog.head().Points > TheRun.StepLimit)
      endRun(Verdict::StepLimit);
    Controlled *Next = EnabledThreads[Index];
    Next->Pending.TimesOut = Enabled[Index].TimesOut;
    if (Next != TheRun.LastRan && TheRun.LastRan)
      noteSwitch(*TheRun.LastRan, *Next, C.Current >= 0);
    return Next;
  }
}

void setTurn(Controlled &T, uint32_t To) {
  __atomic_store_n(&T.Turn, To, __ATOMIC_RELEASE);
  sys::call(SYS_futex, long(&T.Turn), FUTEX_WAKE_PRIVATE, 1);
}

/// The token is \p T's.
void pass(Controlled &T) {
  TheRun.Holder = &T;
  setStanding(T, Standing::Choosing);
  setTurn(T, HasTurn);
}

/// True: it is its turn. False: it has taken the token from a thread that
/// stays away, and must choose who goes on.
bool park(Controlled &Me) {
  Patience P;
  for (;;) {
    uint32_t Turn = __atomic_load_n(&Me.Turn, __ATOMIC_ACQUIRE);
    if (Turn == HasTurn)
      break;
    if (Turn == HasErrand) {
      __atomic_store_n(&Me.Turn, 0, __ATOMIC_RELAXED);
      Me.Errand(Me);
      __atomic_fetch_add(&ErrandsDone, 1, __ATOMIC_ACQ_REL);
      sys::call(SYS_futex, long(&ErrandsDone), FUTEX_WAKE_PRIVATE, 1);
      continue;
    }
    timespec Time = {0, P.tick()};
    long Result = sys::call(SYS_futex, long(&Me.Turn), FUTEX_WAIT_PRIVATE, 0,
                            long(&Time));
    if (Result != -ETIMEDOUT || !P.over())
      continue;
    InternalGuard G(Handing);
    if (__atomic_load_n(&Me.Turn, __ATOMIC_ACQUIRE))
      continue;
    if (takeOver()) {
      TheRun.Holder = &Me;
      return false;
    }
  }
  __atomic_store_n(&Me.Turn, 0, __ATOMIC_RELAXED);
  return true;
}

/// Passes the token on; false: to \p Me itself.
bool passOn(Controlled *Me) {
  for (;;) {
    uint32_t Before = __atomic_load_n(&Arrivals, __ATOMIC_ACQUIRE);
    Controlled *Next = pick();
    if (Next && Next == Me) {
      TheRun.Holder = Me;
      setStanding(*Me, Standing::Choosing);
      return false;
    }
    if (Next) {
      pass(*Next);
      return true;
    }
    // Under the lock: who comes from outside finds it idle, or is seen here.
    InternalGuard G(Handing);
    if (Before == __atomic_load_n(&Arrivals, __ATOMIC_ACQUIRE)) {
      goIdle();
      TheRun.Holder = nullptr;
      return true;
    }
  }
}

/// With the token: chooses, until it is \p Me's turn.
void standInLine(Controlled &Me) {
  while (passOn(&Me) && !park(Me)) {
  }
}

void note(Controlled &Me, unsigned Size) {
  TheRun.LastRan = &Me;
  TheRunLog.event(Me.Number, Me.Pending.Kind, Me.Pending.Object, Size,
                  Me.Site.Pc, Me.Pending.Place, Me.Clock);
  TheRun.LastClock = ++Me.Clock;
}

void noteStep(Controlled &Me) {
  note(Me, 0);
  if (TheRun.Chooser)
    TheRun.Chooser->taken(Me.Pending);
}

/// From outside: waits for its turn like any other; that it is back is an
/// event. Touches nothing that is shared before it has the token.
void comeBack(Controlled &Me) {
  Me.Pending = {Me.Number, Op::Io, true, false, 0, 0, Me.Clock};
  Me.Ready = nullptr;
  Me.Object = nullptr;
  Me.Until = 0;
  Me.Site = CurrentSite;
  bool WasIdle = false;
  {
    InternalGuard G(Handing);
    __atomic_fetch_add(&Arrivals, 1, __ATOMIC_ACQ_REL);
    setStanding(Me, Standing::Waiting);
    if (!TheRun.Holder) {
      comeFromIdle();
      TheRun.Holder = &Me;
      WasIdle = true;
    }
  }
  if (WasIdle || !park(Me))
    standInLine(Me);
  Me.Pending.Place = placeOf(Me.Site.Pc);
  noteStep(Me);
}

void setPending(Controlled &Me, Op Kind, uint32_t Object, bool Writes,
                uint64_t Pc) {
  Me.Pending = {Me.Number, Kind, Writes, false, Object, placeOf(Pc), Me.Clock};
}

/// At most one is called at a time, and most come with the token.
void enter(Controlled &Me) {
  if (RADDLE_UNLIKELY(!becomes(Me, Standing::Running, Standing::Choosing)))
    comeBack(Me);
}

void forgetEnded(Controlled &T) {
  for (Controlled **Link = &TheRun.First; *Link; Link = &(*Link)->Next)
    if (*Link == &T) {
      *Link = T.Next;
      break;
    }
  if (TheRun.Last == &T) {
    TheRun.Last = TheRun.First;
    while (TheRun.Last && TheRun.Last->Next)
      TheRun.Last = TheRun.Last->Next;
  }
  --TheRun.Alive;
  if (TheRun.Chooser)
    TheRun.Chooser->ended(T.Number);
}

} // namespace

InController::InController(Controlled &Me) : Me(Me), Errno(errno) {
  ++Me.Inside;
  enter(Me);
}

InController::~InController() {
  setStanding(Me, Standing::Running);
  --Me.Inside;
  errno = Errno;
}

void InController::runs() {
  setStanding(Me, Standing::Running);
  errno = Errno;
}

void InController::ran() {
  Errno = errno;
  enter(Me);
}

void InController::goOutside(const char *Function) {
  noteUncontrolled(Function, Me.Site.Pc);
  Me.Pending.Kind = Op::Io;
  setStanding(Me, Standing::Outside);
  passOn(nullptr);
  errno = Errno;
}

bool takeStepAt(Controlled &Me, const Ask &A, const CallSite &Site) {
  Me.Site = Site;
  Me.Object = A.Object;
  Me.Ready = A.Ready;
  Me.Wanted = A.Wanted;
  Me.Until = A.Until;
  Me.CanCancel = A.CanCancel;
  setPending(Me, A.Kind, A.Object ? A.Object->Number : 0, A.Writes, Site.Pc);
  setStanding(Me, Standing::Waiting);
  standInLine(Me);
  Me.TimedOut = Me.Pending.TimesOut;
  Me.GaveUp = Me.TimedOut && !(Me.Until && Me.Until <= TheRun.Now);
  noteStep(Me);
  TheRun.Now += SyncStepNs;
  noteProgress(Me, A.Kind);
  return !Me.TimedOut;
}

bool takeStep(Controlled &Me, const Ask &A) {
  return takeStepAt(Me, A, CurrentSite);
}

void afterStep(Controlled &Me) {
  if (TheRun.AccessPoints || TheRun.Alive < 2)
    return;
  Ask A = {Op::Other, Me.Object};
  A.Writes = false;
  takeStepAt(Me, A, Me.Site);
}

void allTogether(Controlled &Me, void (*Call)(Controlled &),
                 bool (*Which)(const Controlled &T, const Controlled &Me)) {
  uint32_t Count = 0;
  __atomic_store_n(&ErrandsDone, 0, __ATOMIC_RELAXED);
  for (Controlled *T = TheRun.First; T; T = T->Next)
    if (T != &Me && standingOf(*T) == Standing::Waiting && Which(*T, Me)) {
      T->Errand = Call;
      setTurn(*T, HasErrand);
      ++Count;
    }
  Call(Me);
  uint32_t Done;
  while ((Done = __atomic_load_n(&ErrandsDone, __ATOMIC_ACQUIRE)) != Count)
    sys::call(SYS_futex, long(&ErrandsDone), FUTEX_WAIT_PRIVATE, Done);
}

void takeAccess(Controlled &Me, Op Kind, uint32_t Object, unsigned Size,
                uint64_t Pc, bool Decides) {
  Me.Site = {Pc, 0, 0};
  setPending(Me, Kind, Object,
             Kind != Op::Read && Kind != Op::AtomicLoad && Kind != Op::Fence,
             Pc);
  if (!Decides) {
    note(Me, Size);
    return;
  }
  Me.Object = nullptr;
  Me.Ready = nullptr;
  Me.Until = 0;
  Me.CanCancel = false;
  setStanding(Me, Standing::Waiting);
  standInLine(Me);
  note(Me, Size);
  if (TheRun.Chooser)
    TheRun.Chooser->taken(Me.Pending);
}

void takeLastStep(Controlled &Me) {
  ++Me.Inside;
  enter(Me);
  takeStepAt(Me, {Op::ThreadEnd, Me.Self}, {Me.Site.Pc, 0, 0});
  // The kernel gives robust mutexes back.
  for (Hold *H = Me.Holds; H;) {
    Hold *Next = H->NextOfThread;
    if (H->Of->Robust)
      removeHold(Me, *H->Of);
    H = Next;
  }
  Mine = nullptr;
  forgetEnded(Me);
  Me.Next = Finished;
  Finished = &Me;
  if (Me.Detached)
    Me.Handle = 0;
  setStanding(Me, Standing::Ended);
  passOn(nullptr);
}

Controlled *addThread(uint32_t Parent, uint64_t Pc) {
  auto *T = static_cast<Controlled *>(controllerMemory(sizeof(Controlled)));
  if (!T)
    return nullptr;
  T->Number = ++TheRun.Threads;
  T->Parent = Parent;
  T->Self = &shadowOf(T);
  T->Site.Pc = Pc;
  T->Inside = 1;
  setPending(*T, Op::ThreadStart, T->Self->Number, true, Pc);
  T->State = Standing::Waiting;
  (TheRun.Last ? TheRun.Last->Next : TheRun.First) = T;
  TheRun.Last = T;
  ++TheRun.Alive;
  RunLogHead &Head = TheRunLog.head();
  Head.Threads = TheRun.Threads;
  RunThreadRecord R = {};
  R.Head.Thread = T->Number;
  R.Parent = Parent;
  R.Pc = Pc;
  TheRunLog.write(RunRecordType::Thread, R, "", 1);
  if (TheRun.Chooser)
    TheRun.Chooser->created(T->Number, Parent);
  return T;
}

void dropThread(Controlled *T) { forgetEnded(*T); }

void firstTurn(Controlled &Me) {
  Me.Tid = sys::tid();
  if (!park(Me))
    standInLine(Me);
  noteStep(Me);
  noteProgress(Me, Op::ThreadStart);
  setStanding(Me, Standing::Running);
  Me.Inside = 0;
}

Controlled *firstThread(uint64_t Pc) {
  TheRun.First = TheRun.Last = TheRun.LastRan = Finished = nullptr;
  TheRun.Threads = TheRun.Alive = 0;
  Controlled *T = addThread(0, Pc);
  if (!T)
    return nullptr;
  T->Tid = sys::tid();
  T->Handle = pthread_self();
  T->Inside = 0;
  T->State = Standing::Running;
  TheRun.Holder = T;
  return T;
}

Controlled *threadOf(pthread_t Handle) {
  for (Controlled *T = TheRun.First; T; T = T->Next)
    if (T->Handle == Handle)
      return T;
  for (Controlled *T = Finished; T; T = T->Next)
    if (T->Handle == Handle)
      return T;
  return nullptr;
}

} // namespace raddle::stress
