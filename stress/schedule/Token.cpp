// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Token.h"
#include "runtime/Runtime.h"
#include "stress/schedule/Arrivals.h"
#include "stress/schedule/Choice.h"
#include "stress/schedule/Places.h"
#include "stress/schedule/RunLogWriter.h"
#include "stress/schedule/Signals.h"
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

constexpr uint32_t HasTurn = 1, HasErrand = 2;
uint32_t ErrandsDone = 0; ///< A futex.

/// Threads that are over, and may be joined.
Controlled *Finished = nullptr;

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
  maskSignals(Me);
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
  if (TheRun.StartsFree)
    waitForArrivals();
  for (;;) {
    uint32_t Before = arrivals();
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
    if (Before == arrivals()) {
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

/// What libc still does for a thread that is over gives memory back, and where
/// the program's next blocks lie would depend on how far that is. So who goes
/// on waits until the kernel has no such thread any more; not for ever, as it
/// could itself hold what that thread needs.
void awaitLeaving() {
  int Tid = TheRun.LeavingTid;
  if (RADDLE_LIKELY(!Tid))
    return;
  TheRun.LeavingTid = 0;
  int Process = sys::pid();
  for (unsigned I = 0; I != 2000 && sys::call(SYS_tgkill, Process, Tid, 0) == 0;
       ++I) {
    timespec Time = {0, 20000};
    if (I < 20)
      sys::call(SYS_sched_yield);
    else
      sys::call(SYS_nanosleep, long(&Time), 0);
  }
}

void note(Controlled &Me, unsigned Size) {
  awaitLeaving();
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
  if (Me.Way != Arrival::Done) {
    Me.Pending.Kind = Op::ThreadStart;
    Me.Pending.Object = Me.Self->Number;
  }
  Me.Ready = nullptr;
  Me.Object = nullptr;
  Me.Until = 0;
  Me.Site = CurrentSite;
  bool WasIdle = false;
  {
    InternalGuard G(Handing);
    setStanding(Me, Standing::Waiting);
    noteArrival(Me);
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

InController::InController(Controlled &Me, Kind K) : Me(Me), Errno(errno) {
  ++Me.Inside;
  if (K == Call)
    maskSignals(Me);
  enter(Me);
}

InController::~InController() {
  setStanding(Me, Standing::Running);
  --Me.Inside;
  unmaskSignals(Me);
  errno = Errno;
}

void InController::runs() {
  setStanding(Me, Standing::Running);
  errno = Errno;
}

void InController::leaves() {
  setStanding(Me, Standing::Running);
  --Me.Inside;
  unmaskSignals(Me);
  errno = Errno;
}

void InController::comesBack() {
  Errno = errno;
  ++Me.Inside;
  maskSignals(Me);
  enter(Me);
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
  unmaskSignals(Me);
  errno = Errno;
}

/// Its wait goes on, or ends, once handlers of signals have run; they run as
/// the program's own code, and may not come back. True: there was one.
static bool runHandlers(Controlled &Me) {
  bool Had =
      Me.SignalNumber && !(Me.Mask & uint64_t(1) << (Me.SignalNumber - 1));
  setStanding(Me, Standing::Running);
  --Me.Inside;
  unmaskSignals(Me);
  ++Me.Inside;
  maskSignals(Me);
  enter(Me);
  return Had;
}

bool takeStepAt(Controlled &Me, const Ask &A, const CallSite &Site) {
  for (;;) {
    Me.Site = Site;
    Me.Object = A.Object;
    Me.Ready = A.Ready;
    Me.Wanted = A.Wanted;
    Me.Until = A.Until;
    setPending(Me, A.Kind, A.Object ? A.Object->Number : 0, A.Writes, Site.Pc);
    setStanding(Me, Standing::Waiting);
    standInLine(Me);
    Me.TimedOut = Me.Pending.TimesOut;
    bool TimeUp = Me.Until && Me.Until <= TheRun.Now;
    Me.GaveUp = Me.TimedOut && !TimeUp;
    if (Me.GaveUp)
      Me.Pending.Kind = Op::Other;
    noteStep(Me);
    TheRun.Now += SyncStepNs;
    if (!Me.GaveUp) {
      noteProgress(Me, A.Kind);
      return !Me.TimedOut;
    }
    if (A.CanCancel && Me.Cancelled)
      return false;
    if (runHandlers(Me) && A.Interrupts)
      return false;
  }
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
    if (Object && TheRun.Chooser)
      TheRun.Chooser->passed(Me.Pending);
    return;
  }
  Me.Object = nullptr;
  Me.Ready = nullptr;
  Me.Until = 0;
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
  if (!Me.Detached) {
    Me.Next = Finished;
    Finished = &Me;
  } else {
    Me.Handle = 0;
  }
  // The main thread stays until the process ends.
  TheRun.LeavingTid = Me.Tid != sys::pid() ? Me.Tid : 0;
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
  T->State =
      Parent && TheRun.StartsFree ? Standing::Outside : Standing::Waiting;
  T->Way = Parent && TheRun.StartsFree ? Arrival::OnItsWay : Arrival::Done;
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
  __atomic_store_n(&Me.Tid, sys::tid(), __ATOMIC_RELAXED);
  if (TheRun.StartsFree) {
    Me.Inside = 0;
    unmaskSignals(Me);
    return;
  }
  if (!park(Me))
    standInLine(Me);
  noteStep(Me);
  noteProgress(Me, Op::ThreadStart);
  setStanding(Me, Standing::Running);
  Me.Inside = 0;
  unmaskSignals(Me);
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

void forgetFinished(Controlled &T) {
  T.Handle = 0;
  for (Controlled **Link = &Finished; *Link; Link = &(*Link)->Next)
    if (*Link == &T) {
      *Link = T.Next;
      break;
    }
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
