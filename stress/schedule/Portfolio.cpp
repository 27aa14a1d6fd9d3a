// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The portfolio: each run by one of the others, as the seed says. No algorithm
// is the best on all programs, and the best one is rarely more than some times
// better than the mix. To those that have no biases of their own not all steps
// are shown: Postponed.h.
#include "stress/schedule/Expectation.h"
#include "stress/schedule/Postponed.h"
#include "stress/schedule/Random.h"
#include "stress/schedule/Strategies.h"

namespace raddle::stress {

namespace {

struct Share {
  Strategy &(*Get)();
  unsigned Percent;
};
constexpr Share Uninformed[] = {
    {conflictOrders, 60}, {pos, 20}, {pct, 12}, {randomWalk, 8}};
constexpr Share Informed[] = {
    {conflictOrders, 84}, {surw, 8}, {pos, 5}, {pct, 3}};
/// The others' chances fall with the number of threads.
constexpr Share ManyThreads[] = {
    {conflictOrders, 94}, {surw, 2}, {pos, 2}, {pct, 2}};
constexpr unsigned Many = 8;
/// What a few orders make fail would have been found by then. What needs more
/// of them is left to the one that knows of none.
constexpr Share Old[] = {{pos, 60}, {conflictOrders, 30}, {surw, 8}, {pct, 2}};
constexpr uint64_t OldRuns = 5000;

class Portfolio final : public Strategy {
public:
  void begin(const StrategySettings &S) override {
    Random Numbers;
    Numbers.seed(S.Seed ^ 0x706f7274666f6c69u);
    unsigned At = unsigned(Numbers.below(100));
    StrategySettings Mine = S;
    Mine.Depth = 2 + unsigned(Numbers.below(3));
    bool Known = S.Known && S.Known->Groups;
    const Share *Of = S.Known && S.Known->Runs >= OldRuns ? Old
                      : !Known                            ? Uninformed
                      : S.Known->ThreadCount > Many       ? ManyThreads
                                                          : Informed;
    while (At >= Of->Percent)
      At -= (Of++)->Percent;
    Chosen = &Of->Get();
    Biased = Chosen != &conflictOrders();
    if (Biased)
      PutOff.begin(Numbers, S);
    Chosen->begin(Mine);
  }
  void created(uint32_t Thread, uint32_t Parent) override {
    if (Biased)
      PutOff.created(Parent);
    Chosen->created(Thread, Parent);
  }
  void ended(uint32_t Thread) override { Chosen->ended(Thread); }
  unsigned choose(const Step *Enabled, unsigned Count, int Current) override {
    if (!Biased || Count > Most)
      return Chosen->choose(Enabled, Count, Current);
    unsigned Lowest = ~0u, Shown = 0;
    for (unsigned I = 0; I != Count; ++I)
      if (unsigned Rank = PutOff.rank(Enabled[I]); Rank < Lowest)
        Lowest = Rank;
    int Now = -1;
    for (unsigned I = 0; I != Count; ++I) {
      if (PutOff.rank(Enabled[I]) != Lowest)
        continue;
      if (int(I) == Current)
        Now = int(Shown);
      Steps[Shown] = Enabled[I];
      Index[Shown++] = I;
    }
    if (Shown != Count)
      PutOff.passed();
    return Shown == 1 ? Index[0] : Index[Chosen->choose(Steps, Shown, Now)];
  }
  void taken(const Step &Taken) override {
    if (Biased)
      PutOff.taken(Taken);
    Chosen->taken(Taken);
  }

private:
  static constexpr unsigned Most = 1024;
  Strategy *Chosen = nullptr;
  Postponed PutOff;
  bool Biased = false;
  Step Steps[Most];
  unsigned Index[Most];
};

Portfolio ThePortfolio;

} // namespace

Strategy &portfolio() { return ThePortfolio; }

} // namespace raddle::stress
