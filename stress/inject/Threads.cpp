// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/inject/Threads.h"
#include <sys/syscall.h>
#include <time.h>

namespace raddle::stress {

// In use before constructors run.
constinit JitterThreads TheJitterThreads;

JitterThread *JitterThreads::add(uint64_t Seed, JitterThread *Parent) {
  for (unsigned I = 0; I != Max; ++I) {
    JitterThread &T = All[I];
    uint32_t Nobody = JitterThread::Free;
    // Not Running before the rest is set; one that starts counts as that.
    if (__atomic_load_n(&T.Now, __ATOMIC_RELAXED) != Nobody ||
        !__atomic_compare_exchange_n(&T.Now, &Nobody, JitterThread::Ended,
                                     false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      continue;
    T.Number = __atomic_add_fetch(&Last, 1, __ATOMIC_RELAXED);
    T.Points = T.Busy = T.Met = 0;
    T.HeldAt = 0;
    T.AtStart = false;
    T.Tried = nullptr;
    T.LastChild = nullptr;
    // A thread that nobody created has only the order of meeting.
    T.Cards = Parent ? dealHand(Seed, Parent->Cards.Identity,
                                Parent->Cards.Children++)
                     : dealHand(Seed, 0, T.Number);
    unsigned Before = __atomic_load_n(&Used, __ATOMIC_RELAXED);
    while (Before <= I &&
           !__atomic_compare_exchange_n(&Used, &Before, I + 1, false,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
    }
    __atomic_fetch_add(&Alive, 1, __ATOMIC_RELAXED);
    setState(T, JitterThread::Running);
    return &T;
  }
  return nullptr;
}

void JitterThreads::ended(JitterThread &T) {
  __atomic_fetch_sub(&Alive, 1, __ATOMIC_RELAXED);
  setState(T, JitterThread::Free);
}

bool JitterThreads::othersRun(const JitterThread &Me, bool OnlyHigher) const {
  unsigned End = __atomic_load_n(&Used, __ATOMIC_ACQUIRE);
  for (unsigned I = 0; I != End; ++I) {
    const JitterThread &T = All[I];
    if (&T != &Me &&
        __atomic_load_n(&T.Now, __ATOMIC_SEQ_CST) == JitterThread::Running &&
        (!OnlyHigher || T.Cards.Priority > Me.Cards.Priority))
      return true;
  }
  return false;
}

uint64_t JitterThreads::pointsOfOthers(const JitterThread &Me) const {
  uint64_t Sum = 0;
  unsigned End = __atomic_load_n(&Used, __ATOMIC_ACQUIRE);
  for (unsigned I = 0; I != End; ++I)
    if (&All[I] != &Me)
      Sum += __atomic_load_n(&All[I].Points, __ATOMIC_RELAXED);
  return Sum;
}

void JitterThreads::meet(const JitterThread &Me, uint64_t Object) {
  unsigned End = __atomic_load_n(&Used, __ATOMIC_ACQUIRE);
  for (unsigned I = 0; I != End; ++I) {
    JitterThread &T = All[I];
    if (&T == &Me ||
        __atomic_load_n(&T.Now, __ATOMIC_RELAXED) != JitterThread::Held ||
        __atomic_load_n(&T.HeldAt, __ATOMIC_RELAXED) != Object)
      continue;
    if (!__atomic_exchange_n(&T.Met, 1, __ATOMIC_SEQ_CST))
      wake();
  }
}

void JitterThreads::wake() {
  __atomic_fetch_add(&Changes, 1, __ATOMIC_SEQ_CST);
  sys::call(SYS_futex, long(&Changes), 129 /* WAKE, private */, 1 << 30);
}

JitterThreads::Outcome JitterThreads::hold(JitterThread &Me, uint64_t Object,
                                           uint64_t Ns, bool UntilMet,
                                           bool OnlyHigher) {
  // A call that others have begun and that does not wait after all looks like
  // a wait for a moment; so quiet has to last for a slice.
  constexpr uint64_t Slice = 40000;
  uint64_t Start = sys::now(), Time = Start;
  uint64_t Before = pointsOfOthers(Me);
  Me.Met = 0;
  __atomic_store_n(&Me.HeldAt, Object, __ATOMIC_RELAXED);
  __atomic_fetch_add(&HeldCount, 1, __ATOMIC_SEQ_CST);
  setState(Me, JitterThread::Held);
  uint64_t QuietSince = 0;
  while (Time - Start < Ns) {
    uint32_t Seen = __atomic_load_n(&Changes, __ATOMIC_SEQ_CST);
    if (UntilMet && __atomic_load_n(&Me.Met, __ATOMIC_SEQ_CST))
      break;
    if (othersRun(Me, OnlyHigher))
      QuietSince = 0;
    else if (!QuietSince)
      QuietSince = Time;
    else if (Time - QuietSince >= Slice)
      break;
    uint64_t Left = Start + Ns - Time;
    // If others run, there is nothing to see until one of them stops.
    uint64_t Wait = QuietSince && Left > Slice ? Slice : Left;
    timespec Limit = {time_t(Wait / 1000000000), long(Wait % 1000000000)};
    sys::call(SYS_futex, long(&Changes), 128 /* WAIT, private */, Seen,
              long(&Limit));
    Time = sys::now();
  }
  Outcome Result = {Time - Start,
                    __atomic_load_n(&Me.Met, __ATOMIC_SEQ_CST) != 0,
                    pointsOfOthers(Me) == Before};
  __atomic_fetch_sub(&HeldCount, 1, __ATOMIC_SEQ_CST);
  __atomic_store_n(&Me.HeldAt, 0, __ATOMIC_RELAXED);
  setState(Me, JitterThread::Running);
  return Result;
}

} // namespace raddle::stress
