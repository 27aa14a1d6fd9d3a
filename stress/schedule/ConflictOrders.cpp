// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Conflict orders: a run is given a wish or a few, each of the form "place P
// comes before place Q", for two places that met at one object, one of which
// writes, or "place Q comes last". A thread that comes to Q stops there until
// another one has been at P, or until nobody else can go on. No thread is
// named, so one wish holds for a hundred threads at Q as for one.
//
// The wishes are those of Wolff, Zhao, Duck, Mathur and Roychoudhury, "Greybox
// Fuzzing for Concurrency Testing" (RFF), ASPLOS 2024, where a schedule is a
// set of reads-from pairs that are asked for or forbidden; the stopping goes
// back to Sen, "Race Directed Random Testing of Concurrent Programs", PLDI
// 2008. As in RFF, orders come first that no run has had (SeenOrders.h), and
// that were tried the fewest times. Where we depart from RFF: an order of two
// places and not a pair of events; no pool of schedules that are mutated; locks
// count as conflicts too, as stopping somebody at an access is of no use where
// he holds the lock that the other one needs.
//
// To stop somebody is of use while the others have not yet done what they do:
// so in most runs the threads that come to the first wish's Q go first, until
// one is there; and in half of them who was stopped comes last afterwards. That
// is what a change of priorities does in PCT (Pct.cpp), at a place and not at a
// step. What is left open is decided by a random walk or by priorities.
//
// Among places that are to come last, those are tried first that write what
// their thread has read before: Park, Lu and Zhou, "CTrigger: Exposing
// Atomicity Violation Bugs from Their Hiding Places", ASPLOS 2009.
#include "stress/schedule/Expectation.h"
#include "stress/schedule/PerThread.h"
#include "stress/schedule/Postponed.h"
#include "stress/schedule/Random.h"
#include "stress/schedule/Strategies.h"

namespace raddle::stress {

namespace {

class ConflictOrders final : public Strategy {
public:
  void begin(const StrategySettings &S) override {
    Numbers.seed(S.Seed);
    Priorities.clear();
    Demoted.clear();
    // Half of all runs by a random walk.
    Rest = Numbers.below(2) ? Walk : Numbers.below(3) ? Priority : Youngest;
    PutOff.begin(Numbers, S);
    WishCount = 0;
    Known = S.Known;
    if (!Known || !Known->Groups)
      return;
    unsigned Wanted = 1;
    while (Wanted < MaxWishes && Numbers.below(3) == 0)
      ++Wanted;
    uint64_t Patience = S.ExpectedSteps < 100000 ? S.ExpectedSteps : 100000;
    for (unsigned Try = 0; Try != 8 * Wanted && WishCount != Wanted; ++Try) {
      Wish &W = Wishes[WishCount];
      W = Wish();
      if (!draw(W))
        continue;
      W.Patience = 64 + Patience + Numbers.below(2 * Patience + 1);
      W.Drives = !WishCount && Numbers.below(4);
      ++WishCount;
    }
  }

  void created(uint32_t Thread, uint32_t Parent) override {
    Priorities[Thread] =
        Rest == Youngest ? (uint64_t(1) << 32) + Thread : Numbers.next();
    PutOff.created(Parent);
  }

  unsigned choose(const Step *Enabled, unsigned Count, int) override {
    unsigned Free = 0, Chosen = 0, Equal = 0, Lowest = ~0u;
    bool Passed = false;
    // Ranks depend on who is stopped.
    for (unsigned I = 0; I != Count; ++I)
      stopped(Enabled[I]);
    for (unsigned I = 0; I != Count; ++I) {
      if (stopped(Enabled[I]))
        continue;
      ++Free;
      unsigned Rank = rank(Enabled[I]);
      Passed |= Free > 1 && Rank != Lowest;
      if (Rank < Lowest)
        Lowest = Rank, Equal = 0;
      if (Rank != Lowest)
        continue;
      ++Equal;
      if (Equal == 1 || (Rest != Walk ? Priorities[Enabled[I].Thread] >
                                            Priorities[Enabled[Chosen].Thread]
                                      : Numbers.below(Equal) == 0))
        Chosen = I;
    }
    if (Passed)
      PutOff.passed();
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
    PutOff.taken(Taken);
    if (Taken.Kind == Op::Yield || Taken.Kind == Op::Sleep)
      Priorities[Taken.Thread] = Numbers.next() >> 34;
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
      if ((!W.Afresh || (W.Waiting && W.Waiting != Taken.Thread)) &&
          !--W.Times) {
        W.Done = true;
        if (W.Demotes && W.Waiting && W.Waiting != Taken.Thread)
          Demoted[W.Waiting] = true;
      }
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
    bool Alone;        ///< Who comes to Q first is stopped, others are not.
    bool OneByOne;     ///< Also when one of them had to go on.
    bool Drives;       ///< Who comes to Q goes first, until he is there.
    uint64_t Threads;  ///< That come to Q, as a bit each modulo 64.
    bool Demotes;      ///< Who was stopped comes after all others then.
    bool Done;
  };

  /// Of those that \p W can be the one that was tried the fewest times, and
  /// that no run has had.
  struct Best {
    const ExpectedPlace *P, *Q;
    uint32_t Cost, Equal;
  };

  /// Of one group, chosen at random.
  void offer(bool Last, Best &B) {
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
    auto Offer = [&](const ExpectedPlace *P, const ExpectedPlace *Q) {
      uint32_t Cost = cost(Last, P, Q);
      if (Cost < B.Cost)
        B.Cost = Cost, B.Equal = 0;
      if (Cost == B.Cost && Numbers.below(++B.Equal) == 0)
        B.P = P, B.Q = Q;
    };
    for (unsigned I = 0; I != Count; ++I) {
      if (Last)
        Offer(Places[I], Places[I]);
      for (unsigned J = 0; J != Count && !Last; ++J)
        if ((Places[I]->Writes || Places[J]->Writes) &&
            areOfTwoThreads(Places[I]->Threads, Places[J]->Threads))
          Offer(Places[I], Places[J]);
    }
  }

  bool draw(Wish &W) {
    // Half of the wishes are for one place alone: that it comes last. There are
    // fewer of them, and many an order is one. More of them, or fewer, where
    // only one of the two kinds has something new.
    Best Kinds[2];
    for (Best &B : Kinds) {
      B = {nullptr, nullptr, ~uint32_t(0), 0};
      for (unsigned I = 0; I != GroupsLookedAt && B.Cost; ++I)
        offer(&B != Kinds, B);
    }
    // Of four wishes.
    unsigned Share = 2 + !Kinds[1].Cost - !Kinds[0].Cost;
    W.Last = !Kinds[0].Q || Numbers.below(4) < Share;
    const Best &B = Kinds[W.Last];
    const ExpectedPlace *P = B.P, *Q = B.Q;
    if (!Q)
      return false;
    if (Known->Trying)
      Known->Trying(key(W.Last, P, Q));
    W.P = P->Hash;
    W.Q = Q->Hash;
    W.Threads = Q->Threads;
    W.Alone = W.Last ? !Numbers.below(4) : P == Q;
    W.OneByOne = W.Last && Numbers.below(2);
    // One place, two threads: the first that comes lets another one pass.
    W.Afresh = P == Q || Numbers.below(2);
    W.Demotes = Numbers.below(2);
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

  static uint64_t key(bool Last, const ExpectedPlace *P,
                      const ExpectedPlace *Q) {
    return Last ? lastKey(Q->Hash) : orderKey(P->Hash, Q->Hash);
  }

  /// Wishes with the lowest one come first.
  uint32_t cost(bool Last, const ExpectedPlace *P, const ExpectedPlace *Q) {
    uint64_t Key = key(Last, P, Q);
    uint32_t Tried = Known->TimesTried ? Known->TimesTried(Key) : 0;
    if (Last)
      return 2 * Tried + !Q->AfterRead;
    // One place is in either order.
    bool Settled = P == Q || (Known->IsSettled && Known->IsSettled(Key));
    return Tried + (Settled ? SettledCost : 0);
  }

  static bool areOfTwoThreads(uint64_t A, uint64_t B) {
    return A && B && ((A | B) & ((A | B) - 1));
  }

  static bool counts(const ExpectedPlace &P, uint32_t Group) {
    // Who gives a lock back is never in the way.
    return P.Group == Group && P.Kind != Op::Unlock;
  }

  /// Steps with the lowest one come first.
  unsigned rank(const Step &S) {
    return PutOff.isPatient() ? PutOff.rank(S) + (Demoted[S.Thread] ? 8 : 0) +
                                    (isOnTheWay(S) ? 0 : 16)
                              : 0;
  }

  bool isOnTheWay(const Step &S) {
    const Wish &W = Wishes[0];
    return !WishCount || !W.Drives || W.Waiting || W.Done ||
           (W.Threads >> S.Thread % 64 & 1) || PutOff.creates(S);
  }

  Wish *stopped(const Step &S) {
    for (unsigned I = 0; I != WishCount; ++I)
      if (Wish &W = Wishes[I];
          !W.Done && W.Q == knownAs(S) && !W.Skip &&
          (!W.Alone || !W.Waiting || W.Waiting == S.Thread)) {
        W.Waiting = S.Thread;
        return &W;
      }
    return nullptr;
  }

  static constexpr unsigned MaxWishes = 4, SettledCost = 2, GroupsLookedAt = 12;
  Random Numbers;
  const Expectation *Known = nullptr;
  PerThread<uint64_t> Priorities;
  PerThread<bool> Demoted;
  Wish Wishes[MaxWishes] = {};
  unsigned WishCount = 0;
  /// What is left open: who goes on.
  enum { Walk, Priority, Youngest } Rest = Walk;
  Postponed PutOff;
};

ConflictOrders TheConflictOrders;

} // namespace

Strategy &conflictOrders() { return TheConflictOrders; }

} // namespace raddle::stress
