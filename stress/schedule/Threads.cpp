// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Creation, end, join and detach of threads under control. A thread is over
// for the others once it has no more of the program's code to run; what libc
// and the kernel still do then needs no token.
#include "runtime/Observers.h"
#include "runtime/interpose/ThreadLife.h"
#include "stress/inject/Cores.h"
#include "stress/schedule/Cancel.h"
#include "stress/schedule/Names.h"
#include "stress/schedule/VirtualTime.h"
#include <errno.h>

namespace raddle::stress {

namespace {

void *start(void *Argument) {
  auto *Me = static_cast<Controlled *>(Argument);
  Mine = Me;
  firstTurn(*Me);
  return Me->Start(Me->Argument);
}

int startC11(void *Argument) {
  auto *Me = static_cast<Controlled *>(Argument);
  Mine = Me;
  firstTurn(*Me);
  return Me->StartC11(Me->Argument);
}

/// \p Call creates it.
template <typename Function>
int create(Controlled &Me, pthread_t *Handle, bool Detached, void *Argument,
           Function Call) {
  InController In(Me);
  // A sanitizer that stands before us has a lock of its own all the while.
  if (TheRun.StartsFree)
    takeAccess(Me, Op::Create, 0, 0, CurrentSite.Pc, false);
  else
    takeStep(Me, {Op::Create});
  Controlled *T = addThread(Me.Number, Me.Site.Pc);
  if (!T)
    return EAGAIN;
  T->Detached = Detached;
  T->Argument = Argument;
  // It inherits the controller's mask, and will have its creator's.
  T->Mask = Me.Mask;
  T->Masked = true;
  int Result = In.real([&] { return Call(T); });
  if (Result != 0) {
    dropThread(T);
    return Result;
  }
  T->Handle = *Handle;
  Me.Object = T->Self;
  if (!TheRun.StartsFree)
    afterStep(Me);
  return 0;
}

int pthreadCreate(pthread_t *Handle, const pthread_attr_t *Attributes,
                  void *(*Start)(void *), void *Argument) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.pthread_create(Handle, Attributes, Start, Argument);
  int State = PTHREAD_CREATE_JOINABLE;
  if (Attributes && Original.pthread_attr_getdetachstate)
    Original.pthread_attr_getdetachstate(Attributes, &State);
  pthread_t New = 0;
  return create(*Me, &New, State == PTHREAD_CREATE_DETACHED, Argument,
                [&](Controlled *T) {
                  T->Start = Start;
                  T->Begins = givenStart(Start, Argument);
                  int Result =
                      Original.pthread_create(Handle, Attributes, start, T);
                  if (Result == 0)
                    New = *Handle;
                  return Result;
                });
}

int c11Create(thrd_t *Handle, thrd_start_t Start, void *Argument) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.thrd_create(Handle, Start, Argument);
  pthread_t New = 0;
  int Result = create(*Me, &New, false, Argument, [&](Controlled *T) {
    T->StartC11 = Start;
    int Result = Original.thrd_create(Handle, startC11, T);
    if (Result == thrd_success)
      New = *Handle;
    return Result;
  });
  return Result == EAGAIN ? int(thrd_nomem) : Result;
}

bool isOver(const Controlled &T) {
  auto *Target = reinterpret_cast<Controlled *>(T.Object->Address);
  return Target->State == Standing::Ended;
}

/// \p Call joins a thread that is over. \p TimeUp: what to return where time is
/// up, \p Until being 0 for none.
template <typename Function>
int join(pthread_t Handle, uint64_t Until, int TimeUp, int Success,
         Function Call) {
  Controlled *Me = controlled();
  if (!Me)
    return Call();
  InController In(*Me);
  bool CanCancel = testCancel(*Me, In);
  Controlled *Target = threadOf(Handle);
  if (!Target || Target == Me || Target->Detached)
    return In.real(Call);
  for (;;) {
    Ask A = {Op::Join, Target->Self, isOver};
    A.Until = Until;
    A.CanCancel = CanCancel;
    if (takeStep(*Me, A))
      break;
    if (!Me->GaveUp)
      return TimeUp;
    CanCancel = testCancel(*Me, In);
  }
  // It needs nobody's help to end.
  int Result = In.surely(Call);
  if (Result == Success)
    forgetFinished(*Target);
  return Result;
}

int pthreadJoin(pthread_t Handle, void **Value) {
  return join(Handle, 0, 0, 0,
              [=] { return Original.pthread_join(Handle, Value); });
}

int tryJoin(pthread_t Handle, void **Value) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.pthread_tryjoin_np(Handle, Value);
  InController In(*Me);
  Controlled *Target = threadOf(Handle);
  takeStep(*Me, {Op::Join, Target ? Target->Self : nullptr});
  // Over for us, it may need a moment to be over for libc.
  if (!Target || Target == Me || Target->Detached ||
      Target->State != Standing::Ended)
    return In.real([=] { return Original.pthread_tryjoin_np(Handle, Value); });
  int Result = In.surely([=] { return Original.pthread_join(Handle, Value); });
  if (Result == 0)
    forgetFinished(*Target);
  return Result;
}

int timedJoin(pthread_t Handle, void **Value, const timespec *Until) {
  if (!controlled() || !isValid(Until))
    return Original.pthread_timedjoin_np(Handle, Value, Until);
  return join(Handle, momentOf(CLOCK_REALTIME, Until), ETIMEDOUT, 0,
              [=] { return Original.pthread_join(Handle, Value); });
}

int clockJoin(pthread_t Handle, void **Value, clockid_t Clock,
              const timespec *Until) {
  uint64_t Shown;
  if (!controlled() || !isValid(Until) || !virtualTime(Clock, Shown))
    return Original.pthread_clockjoin_np(Handle, Value, Clock, Until);
  return join(Handle, momentOf(Clock, Until), ETIMEDOUT, 0,
              [=] { return Original.pthread_join(Handle, Value); });
}

int c11Join(thrd_t Handle, int *Value) {
  return join(Handle, 0, 0, thrd_success,
              [=] { return Original.thrd_join(Handle, Value); });
}

template <typename Function> int detach(pthread_t Handle, Function Call) {
  Controlled *Me = controlled();
  if (!Me)
    return Call();
  InController In(*Me);
  Controlled *Target = threadOf(Handle);
  int Result = In.real(Call);
  if (Result == 0 && Target) {
    Target->Detached = true;
    if (Target->State == Standing::Ended)
      forgetFinished(*Target);
  }
  return Result;
}

int pthreadDetach(pthread_t Handle) {
  return detach(Handle, [=] { return Original.pthread_detach(Handle); });
}

int c11Detach(thrd_t Handle) {
  return detach(Handle, [=] { return Original.thrd_detach(Handle); });
}

void ends(Thread &) {
  if (Controlled *Me = Mine)
    takeLastStep(*Me);
}

void inChild(Thread *) {
  // The child of a fork is on its own.
  Mine = nullptr;
  TheRun.Active = false;
  unlimitCores();
}

Observers OfThreads;

} // namespace

void controlThreads() {
  put(Real.pthread_create, pthreadCreate);
  put(Real.pthread_join, pthreadJoin);
  put(Real.pthread_tryjoin_np, tryJoin);
  put(Real.pthread_timedjoin_np, timedJoin);
  put(Real.pthread_clockjoin_np, clockJoin);
  put(Real.pthread_detach, pthreadDetach);
  put(Real.thrd_create, c11Create);
  put(Real.thrd_join, c11Join);
  put(Real.thrd_detach, c11Detach);
  OfThreads.ThreadEnds = ends;
  OfThreads.InChild = inChild;
  TheObservers.add(&OfThreads);
}

} // namespace raddle::stress
