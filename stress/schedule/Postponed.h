// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kinds of step that come last in a run, whoever takes them: a lock by a thread
// that has one already, as all threads have to stand there for a deadlock; the
// way out of a wait on a condition, so that somebody else gets between the
// signal and who was woken; and all that is not on the way to the creation of
// a thread, so that all threads there will be are there. Which of these hold is
// drawn for each run. They are biases and no more: where nobody else can go
// on, or nobody else has for long, they say nothing.
//
// The first is what Joshi, Park, Sen and Naik do for the cycles that they look
// for, "A Randomized Dynamic Program Analysis Technique for Detecting Real
// Deadlocks", PLDI 2009; here there is no cycle to know of.
#ifndef RADDLE_STRESS_SCHEDULE_POSTPONED_H
#define RADDLE_STRESS_SCHEDULE_POSTPONED_H

#include "stress/schedule/Expectation.h"
#include "stress/schedule/PerThread.h"
#include "stress/schedule/Random.h"

namespace raddle::stress {

class Postponed {
public:
  void begin(Random &Numbers, const StrategySettings &S) {
    NestedLocks = Numbers.below(4) != 0;
    Woken = Numbers.below(2);
    NoCreators = Numbers.below(2);
    Patience = 64 + 2 * (S.ExpectedSteps < 100000 ? S.ExpectedSteps : 100000);
    Locks.clear();
    Unborn.clear();
    if (!S.Known)
      return;
    for (uint32_t T = 2; T <= S.Known->ThreadCount; ++T)
      ++Unborn[S.Known->Parents[T]];
    uint64_t Threads = 0;
    for (unsigned I = 0; I != S.Known->PlaceCount; ++I)
      if (S.Known->Places[I].Nested)
        Threads |= S.Known->Places[I].Threads;
    // One thread alone makes no deadlock.
    NestedLocks &= (Threads & (Threads - 1)) != 0;
  }

  void created(uint32_t Parent) {
    if (uint32_t &Left = Unborn[Parent])
      --Left;
  }

  void taken(const Step &S) {
    uint32_t &Count = Locks[S.Thread];
    if (S.Kind == Op::Lock || S.Kind == Op::SharedLock || S.Kind == Op::Relock)
      ++Count;
    else if ((S.Kind == Op::Unlock || S.Kind == Op::Wait) && Count)
      --Count;
  }

  /// On the way to the creation of a thread, as far as is known.
  bool creates(const Step &S) {
    return S.Kind == Op::Create || Unborn[S.Thread];
  }
  /// Steps with the lowest rank come first.
  unsigned rank(const Step &S) {
    if (!isPatient())
      return 0;
    unsigned Rank = 0;
    if (NestedLocks && (S.Kind == Op::Lock || S.Kind == Op::SharedLock) &&
        Locks[S.Thread])
      Rank += 4;
    if (Woken && S.Kind == Op::Relock && !S.TimesOut)
      Rank += 2;
    if (NoCreators && !creates(S))
      Rank += 1;
    return Rank;
  }

  /// Somebody was passed over for his rank.
  bool isPatient() const { return Patience != 0; }
  void passed() { Patience -= Patience != 0; }

private:
  bool NestedLocks = false, Woken = false, NoCreators = false;
  uint64_t Patience = 0;
  PerThread<uint32_t> Locks;  ///< That a thread has.
  PerThread<uint32_t> Unborn; ///< How many a thread will still create.
};

} // namespace raddle::stress

#endif
