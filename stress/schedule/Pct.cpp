// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PCT: Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler
// with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010. Each thread has
// a random priority, the highest one that can goes on; at d - 1 steps, chosen
// beforehand among all k, the running thread's becomes lower than all others. A
// bug that needs d steps of n threads in order is found with a probability of
// at least 1 / (n k^(d-1)).
//
// Where we depart from it: k is that of earlier runs, and without any a power
// of two that the seed says. A thread that yields or sleeps waits for others,
// so it goes below them, as in the authors' own tool (Cuzz).
#include "stress/schedule/PerThread.h"
#include "stress/schedule/Random.h"
#include "stress/schedule/Strategies.h"

namespace raddle::stress {

namespace {

class Pct final : public Strategy {
public:
  void begin(const StrategySettings &S) override {
    Numbers.seed(S.Seed);
    Priorities.clear();
    Steps = 0;
    uint64_t Length =
        S.ExpectedSteps ? S.ExpectedSteps : uint64_t(16) << Numbers.below(10);
    Changes = S.Depth ? S.Depth - 1 : 0;
    if (Changes > MaxChanges)
      Changes = MaxChanges;
    for (unsigned I = 0; I != Changes; ++I)
      ChangeAt[I] = 1 + Numbers.below(Length);
    // Values below Highest are given away by changes: the i-th change point
    // gives the value i, whenever it comes. Yields go below those.
    Lowest = MaxChanges;
  }

  void created(uint32_t Thread, uint32_t) override {
    Priorities[Thread] = Base + (Numbers.next() >> 8);
  }

  unsigned choose(const Step *Enabled, unsigned Count, int) override {
    ++Steps;
    unsigned Best = highest(Enabled, Count);
    for (unsigned I = 0; I != Changes; ++I)
      if (ChangeAt[I] == Steps) {
        Priorities[Enabled[Best].Thread] = Base - MaxChanges + I;
        Best = highest(Enabled, Count);
      }
    return Best;
  }

  void taken(const Step &Taken) override {
    if (Taken.Kind == Op::Yield || Taken.Kind == Op::Sleep || Taken.TimesOut)
      Priorities[Taken.Thread] = Base - ++Lowest;
  }

private:
  static constexpr unsigned MaxChanges = 64;
  static constexpr uint64_t Base = uint64_t(1) << 62;

  unsigned highest(const Step *Enabled, unsigned Count) {
    unsigned Best = 0;
    for (unsigned I = 1; I < Count; ++I)
      if (Priorities[Enabled[I].Thread] > Priorities[Enabled[Best].Thread])
        Best = I;
    return Best;
  }

  Random Numbers;
  PerThread<uint64_t> Priorities;
  uint64_t Steps = 0, Lowest = 0;
  uint64_t ChangeAt[MaxChanges] = {};
  unsigned Changes = 0;
};

Pct ThePct;

} // namespace

Strategy &pct() { return ThePct; }

} // namespace raddle::stress
