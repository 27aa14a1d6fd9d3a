// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Arrivals.h"
#include "stress/schedule/Watch.h"
#include <linux/futex.h>

namespace raddle::stress {

namespace {

uint32_t Count = 0; ///< A futex.

// How long a thread that is on its way is waited for: while it computes, in its
// own time; while it waits for a lock; and in all, as it may get no core.
constexpr uint64_t MostCpuNs = 100000000, MostLockNs = 100000000,
                   MostNs = 10000000000;

bool staysAway(const Controlled &T, uint64_t Waited) {
  int Tid = __atomic_load_n(&T.Tid, __ATOMIC_RELAXED);
  if (!Tid || Waited >= MostNs)
    return Waited >= MostNs;
  switch (sleepOf(Tid)) {
  case Sleep::None:
    return cpuTime(Tid) >= MostCpuNs;
  case Sleep::Lock:
    return Waited >= MostLockNs;
  case Sleep::Time:
  case Sleep::Other:
  case Sleep::Gone:
    return true;
  }
  return true;
}

} // namespace

void waitForArrivals() {
  constexpr long SliceNs = 2000000;
  uint64_t Since = 0;
  for (Controlled *T = TheRun.First; T; T = T->Next)
    while (wayOf(*T) == Arrival::OnItsWay) {
      uint32_t Before = arrivals();
      if (wayOf(*T) != Arrival::OnItsWay)
        break;
      uint64_t Now = sys::now();
      // Most are here before one has to look.
      if (Since && staysAway(*T, Now - Since)) {
        Arrival From = Arrival::OnItsWay, To = Arrival::Late;
        __atomic_compare_exchange(&T->Way, &From, &To, false, __ATOMIC_ACQ_REL,
                                  __ATOMIC_RELAXED);
        break;
      }
      Since = Since ? Since : Now;
      timespec Time = {0, SliceNs};
      sys::call(SYS_futex, long(&Count), FUTEX_WAIT_PRIVATE, Before,
                long(&Time));
    }
}

uint32_t arrivals() { return __atomic_load_n(&Count, __ATOMIC_ACQUIRE); }

void noteArrival(Controlled &Me) {
  // Those of the program all begin in the same function of the sanitizer's; its
  // own threads do not.
  if (Me.Way != Arrival::Done && Me.Begins)
    for (auto &Known : TheRun.Starts) {
      Known = Known ? Known : Me.Begins;
      if (Known == Me.Begins)
        break;
    }
  Arrival Done = Arrival::Done;
  __atomic_store(&Me.Way, &Done, __ATOMIC_RELEASE);
  __atomic_fetch_add(&Count, 1, __ATOMIC_ACQ_REL);
  sys::call(SYS_futex, long(&Count), FUTEX_WAKE_PRIVATE, 1);
}

bool isOneOfTheProgram(const Controlled &Late) {
  // Sanitizers make none of theirs that way.
  if (!Late.Begins)
    return true;
  for (auto Known : TheRun.Starts)
    if (Known == Late.Begins)
      return true;
  // Nobody else knows one of a sanitizer's.
  for (Controlled *T = TheRun.First; T; T = T->Next)
    if (standingOf(*T) == Standing::Waiting && T->Pending.Kind == Op::Join &&
        T->Object == Late.Self)
      return true;
  return false;
}

bool lateOneMayCome() {
  for (Controlled *T = TheRun.First; T; T = T->Next)
    if (standingOf(*T) == Standing::Outside && wayOf(*T) == Arrival::Late) {
      Sleep S = sleepOf(T->Tid);
      if (S != Sleep::Time && S != Sleep::Gone)
        return true;
    }
  return false;
}

} // namespace raddle::stress
