// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SURW, the selectively uniform random walk: Zhao, Wolff, Mathur and
// Roychoudhury, "Selectively Uniform Concurrency Testing", ASPLOS 2025. Of some
// interesting events, each order is equally likely: the thread whose turn it is
// to take its next interesting one is drawn in proportion to how many each has
// left, and the others stop before theirs until it has. All else is a random
// walk. What a thread that does not exist yet will do counts for its creator.
//
// As in the paper, the events of a run are those at one thing that threads
// share, another one from seed to seed. Where we depart from it: that thing is
// a group of places (Expectation.h) and not a variable, and the counts are
// means over all earlier runs and not those of one. Without any, it is a random
// walk.
#include "stress/schedule/Expectation.h"
#include "stress/schedule/PerThread.h"
#include "stress/schedule/PlaceSet.h"
#include "stress/schedule/Random.h"
#include "stress/schedule/Strategies.h"

namespace raddle::stress {

namespace {

class Surw final : public Strategy {
public:
  void begin(const StrategySettings &S) override {
    Numbers.seed(S.Seed);
    Interesting.clear();
    Own.clear();
    Left.clear();
    Unborn.clear();
    Intended = 0;
    Known = S.Known;
    if (!Known || !Known->Groups)
      return;
    uint32_t Group = 1 + uint32_t(Numbers.below(Known->Groups));
    for (unsigned I = 0; I != Known->PlaceCount; ++I)
      if (Known->Places[I].Group == Group)
        Interesting.insert(Known->Places[I].Hash);
    for (unsigned I = 0; I != Known->CountCount; ++I)
      if (const ExpectedCount &C = Known->Counts[I];
          Known->Places[C.Place].Group == Group)
        Own[C.Thread] += C.Count;
    // Children have higher numbers than their creators.
    for (uint32_t T = Known->ThreadCount; T > 1; --T)
      if (T < Own.Size)
        Unborn[Known->Parents[T]] += Own[T] + Unborn[T];
  }

  void created(uint32_t Thread, uint32_t Parent) override {
    Left[Thread] = Own[Thread];
    Own[Thread] = 0;
    if (!Parent)
      return;
    double Moved = Left[Thread] + Unborn[Thread];
    Unborn[Parent] -= Moved < Unborn[Parent] ? Moved : Unborn[Parent];
    // What was meant by the creator may be meant by what it has created.
    double Total = Moved + Left[Parent] + Unborn[Parent];
    if (Intended == Parent && Numbers.unit() * Total < Moved)
      Intended = Thread;
  }

  void ended(uint32_t Thread) override {
    Left[Thread] = Unborn[Thread] = 0;
    if (Intended == Thread)
      Intended = 0;
  }

  unsigned choose(const Step *Enabled, unsigned Count, int) override {
    unsigned Free = 0, Chosen = 0;
    bool Stopped = false;
    for (unsigned I = 0; I != Count; ++I) {
      bool Waits = Interesting.has(knownAs(Enabled[I]));
      Stopped |= Waits;
      // The k-th that is free replaces the choice with a chance of 1/k.
      if (!Waits && Numbers.below(++Free) == 0)
        Chosen = I;
    }
    if (!Stopped)
      return Chosen;
    // What is meant may be on its way, or behind a lock of one that stopped.
    int Meant = -1;
    if (!Intended)
      intend(Enabled, Count);
    for (unsigned I = 0; I != Count; ++I)
      if (Enabled[I].Thread == Intended && Interesting.has(knownAs(Enabled[I])))
        Meant = int(I);
    if (Meant >= 0 && Numbers.below(++Free) == 0)
      return unsigned(Meant);
    if (Free)
      return Chosen;
    intend(Enabled, Count);
    for (unsigned I = 0; I != Count; ++I)
      if (Enabled[I].Thread == Intended)
        return I;
    return 0;
  }

  void taken(const Step &Taken) override {
    if (!Interesting.has(knownAs(Taken)))
      return;
    double &N = Left[Taken.Thread];
    N = N > 1 ? N - 1 : 0;
    if (Intended == Taken.Thread)
      Intended = 0;
  }

private:
  /// By weight, of all that can go on; one whose count was too low is given a
  /// little. Waiting threads are drawn once they can go on.
  void intend(const Step *Enabled, unsigned Count) {
    double Total = 0;
    for (unsigned I = 0; I != Count; ++I)
      Total += weight(Enabled[I]);
    double At = Numbers.unit() * Total;
    for (unsigned I = 0; I != Count; ++I) {
      At -= weight(Enabled[I]);
      if (At < 0 || I + 1 == Count) {
        Intended = Enabled[I].Thread;
        return;
      }
    }
  }
  double weight(const Step &S) {
    double W = Left[S.Thread] + Unborn[S.Thread];
    return W > 0 ? W : Interesting.has(knownAs(S)) ? 0.5 : 1e-6;
  }

  Random Numbers;
  const Expectation *Known = nullptr;
  PlaceSet Interesting;
  PerThread<double> Own;    ///< Of those that do not exist yet.
  PerThread<double> Left;   ///< Interesting events still to come.
  PerThread<double> Unborn; ///< The same, of what it will create.
  uint32_t Intended = 0;
};

Surw TheSurw;

} // namespace

Strategy &surw() { return TheSurw; }

} // namespace raddle::stress
