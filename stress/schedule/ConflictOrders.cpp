// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conflict orders: a run is given a wish or a few, each of the form "place P
// comes before place Q", for two places that met at one object, one of which
// writes. A thread that comes to Q stops there until another one has been at P.
// Nothing else is said, so one wish holds for a hundred threads at Q as for
// one.
//
// The wishes are those of Wolff, Zhao, Duck, Mathur and Roychoudhury, "Greybox
// Fuzzing for Concurrency Testing" (RFF), ASPLOS 2024, where a schedule is a
// set of reads-from pairs that are asked for or forbidden; the stopping goes
// back to Sen, "Race Directed Random Testing of Concurrent Programs", PLDI
// 2008. Where we depart from RFF: an order of two places and not a pair of
// events, so no feedback is needed to find pairs that can be had; locks count
// as conflicts too, as stopping somebody at an access is of no use where he
// holds the lock that the other one needs; what is left open is decided by a
// random walk or by random priorities of threads. Without knowledge it is that
// alone.
#include "stress/schedule/Expectation.h"
#include "stress/schedule/PerThread.h"
#include "stress/schedule/Random.h"
#include "stress/schedule/Strategies.h"

namespace raddle::stress {

namespace {

class ConflictOrders final : public Strategy {
public:
  void begin(const StrategySettings &S) override {
    Numbers.seed(S.Seed);
    Priorities.clear();
    ByPriority = Numbers.below(2);
    CreatorsFirst = Numbers.below(2);
    Unborn.clear();
    WishCount = 0;
    Known = S.Known;
    if (!Known || !Known->Groups)
      return;
    for (uint32_t T = 2; T <= Known->ThreadCount; ++T)
      ++Unborn[Known->Parents[T]];
    unsigned Wanted = 1;
    while (Wanted < MaxWishes && Numbers.below(2) == 0)
      ++Wanted;
    uint64_t Patience = S.ExpectedSteps < 100000 ? S.ExpectedSteps : 100000;
    for (unsigned Try = 0; Try != 8 * Wanted && WishCount != Wanted; ++Try) {
      Wish &W = Wishes[WishCount];
      W = Wish();
      if (!draw(W))
        continue;
      W.Patience = 64 + Numbers.below(2 * Patience + 1);
      ++WishCount;
    }
  }

  void created(uint32_t Thread, uint32_t Parent) override {
    Priorities[Thread] = Numbers.next();
    if (uint32_t &Left = Unborn[Parent])
      --Left;
  }

  unsigned choose(const Step *Enabled, unsigned Count, int) override {
    unsigned Free = 0, Chosen = 0;
    for (unsigned I = 0; I != Count; ++I) {
      if (stopped(Enabled[I]))
        continue;
      ++Free;
      if (CreatorsFirst && Unborn[Enabled[I].Thread])
        return I;
      if (Free == 1 || (ByPriority ? Priorities[Enabled[I].Thread] >
                                         Priorities[Enabled[Chosen].Thread]
                                   : Numbers.below(Free) == 0))
        Chosen = I;
    }
    if (!Free) {
      // It cannot be had: who is stopped keeps the others from P. Or nobody
      // else is left, and one of them is the first of the last.
      Chosen = unsigned(Numbers.below(Count));
      while (Wish *W = stopped(Enabled[Chosen])) {
        if (W->OneByOne)
          break;
        W->Done = true;
      }
    } else if (Free != Count) {
      for (unsigned I = 0; I != WishCount; ++I)
        if (Wishes[I].Waiting && !Wishes[I].Done && !--Wishes[I].Patience)
          Wishes[I].Done = true;
    }
    return Chosen;
  }

  void taken(const Step &Taken) override {
    if (Taken.Kind == Op::Yield || Taken.Kind == Op::Sleep)
      Priorities[Taken.Thread] = Numbers.next() >> 20;
    for (unsigned I = 0; I != WishCount; ++I) {
      Wish &W = Wishes[I];
      if (W.Done)
        continue;
      uint64_t Place = knownAs(Taken);
      if (Place == W.Q && W.Skip)
        --W.Skip;
      if (Place != W.P || W.Last)
        continue;
      // By the thread that is stopped at Q it does not count; who is not yet
      // there may have done it for others, but not for itself.
      if ((!W.Afresh || (W.Waiting && W.Waiting != Taken.Thread)) && !--W.Times)
        W.Done = true;
    }
  }

private:
  struct Wish {
    uint64_t P, Q;
    uint64_t Times;    ///< That P is still wanted, before Q.
    uint64_t Skip;     ///< Times by Q that are let pass.
    uint64_t Patience; ///< Steps that somebody may be stopped.
    uint32_t Waiting;  ///< A thread that is stopped at Q.
    bool Afresh;       ///< P counts only once somebody is stopped at Q.
    bool Last;         ///< There is no P: Q comes after all else.
    bool OneByOne;     ///< Also when one of them had to go on.
    bool Done;
  };

  bool draw(Wish &W) {
    uint32_t Group = 1 + uint32_t(Numbers.below(Known->Groups));
    // Of a big group a part, chosen at random, stands for all.
    constexpr unsigned Most = 48;
    const ExpectedPlace *Places[Most];
    unsigned Count = 0, Seen = 0;
    for (unsigned I = 0; I != Known->PlaceCount; ++I) {
      if (!counts(Known->Places[I], Group))
        continue;
      if (++Seen <= Most)
        Places[Count++] = &Known->Places[I];
      else if (uint64_t At = Numbers.below(Seen); At < Most)
        Places[At] = &Known->Places[I];
    }
    // Half of the wishes are for one place alone: that it comes last. There are
    // fewer of them, and many an order is one.
    W.Last = Numbers.below(2);
    // Those first that were tried the fewest times.
    const ExpectedPlace *P = nullptr, *Q = nullptr;
    uint32_t Fewest = ~uint32_t(0);
    Seen = 0;
    auto Offer = [&](const ExpectedPlace *A, const ExpectedPlace *B) {
      uint32_t Tried = Known->TimesTried ? Known->TimesTried(key(W, A, B)) : 0;
      if (Tried < Fewest)
        Fewest = Tried, Seen = 0;
      if (Tried == Fewest && Numbers.below(++Seen) == 0)
        P = A, Q = B;
    };
    for (unsigned I = 0; I != Count; ++I) {
      if (W.Last)
        Offer(Places[I], Places[I]);
      for (unsigned J = 0; J != Count && !W.Last; ++J)
        if ((Places[I]->Writes || Places[J]->Writes) &&
            areOfTwoThreads(Places[I]->Threads, Places[J]->Threads))
          Offer(Places[I], Places[J]);
    }
    if (!Q)
      return false;
    if (Known->Trying)
      Known->Trying(key(W, P, Q));
    W.P = P->Hash;
    W.Q = Q->Hash;
    W.OneByOne = W.Last && Numbers.below(2);
    // One place, two threads: the first that comes lets another one pass.
    W.Afresh = P == Q || Numbers.below(2);
    // Mostly the first time that somebody comes there matters.
    W.Skip = Numbers.below(4) ? 0 : Numbers.below(timesBy(Q));
    W.Times = 1;
    if (uint64_t Times = timesBy(P); Times > 1 && !Numbers.below(4))
      W.Times = 2 + Numbers.below((Times < 5 ? Times : 5) - 1);
    return true;
  }

  /// How often all threads together come by, at least 1.
  uint64_t timesBy(const ExpectedPlace *P) {
    double Times = 0;
    for (unsigned I = 0; I != Known->CountCount; ++I)
      if (Known->Places + Known->Counts[I].Place == P)
        Times += Known->Counts[I].Count;
    return Times > 1 ? uint64_t(Times + 0.5) : 1;
  }

  static uint64_t key(const Wish &W, const ExpectedPlace *P,
                      const ExpectedPlace *Q) {
    return (P->Hash * 0x9E3779B97F4A7C15u ^ Q->Hash ^ (W.Last ? 2 : 0)) | 1;
  }

  static bool areOfTwoThreads(uint64_t A, uint64_t B) {
    return A && B && ((A | B) & ((A | B) - 1));
  }

  static bool counts(const ExpectedPlace &P, uint32_t Group) {
    // Who gives a lock back is never in the way.
    return P.Group == Group && P.Kind != Op::Unlock;
  }

  Wish *stopped(const Step &S) {
    for (unsigned I = 0; I != WishCount; ++I)
      if (Wish &W = Wishes[I];
          !W.Done && W.Q == knownAs(S) && !W.Skip &&
          (W.Last || W.P != W.Q || !W.Waiting || W.Waiting == S.Thread)) {
        W.Waiting = S.Thread;
        return &W;
      }
    return nullptr;
  }

  static constexpr unsigned MaxWishes = 4;
  Random Numbers;
  const Expectation *Known = nullptr;
  PerThread<uint64_t> Priorities;
  Wish Wishes[MaxWishes] = {};
  unsigned WishCount = 0;
  PerThread<uint32_t> Unborn; ///< How many a thread will still create.
  bool ByPriority = false;
  /// Who was created first has otherwise gone far before the last one exists.
  bool CreatorsFirst = false;
};

ConflictOrders TheConflictOrders;

} // namespace

Strategy &conflictOrders() { return TheConflictOrders; }

} // namespace raddle::stress
