// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The portfolio: each run by one of the others, as the seed says. No algorithm
// is the best on all programs, and the best one is rarely more than some times
// better than the mix. Without knowledge those that need none come first.
#include "stress/schedule/Expectation.h"
#include "stress/schedule/Random.h"
#include "stress/schedule/Strategies.h"

namespace raddle::stress {

namespace {

struct Share {
  Strategy &(*Get)();
  unsigned Percent;
};
constexpr Share Uninformed[] = {{pos, 50}, {pct, 30}, {randomWalk, 20}};
constexpr Share Informed[] = {
    {conflictOrders, 75}, {surw, 13}, {pos, 7}, {pct, 5}};

class Portfolio final : public Strategy {
public:
  void begin(const StrategySettings &S) override {
    Random Numbers;
    Numbers.seed(S.Seed ^ 0x706f7274666f6c69u);
    unsigned At = unsigned(Numbers.below(100));
    StrategySettings Mine = S;
    Mine.Depth = 2 + unsigned(Numbers.below(3));
    bool Known = S.Known && S.Known->Groups;
    const Share *Of = Known ? Informed : Uninformed;
    while (At >= Of->Percent)
      At -= (Of++)->Percent;
    Chosen = &Of->Get();
    Chosen->begin(Mine);
  }
  void created(uint32_t Thread, uint32_t Parent) override {
    Chosen->created(Thread, Parent);
  }
  void ended(uint32_t Thread) override { Chosen->ended(Thread); }
  unsigned choose(const Step *Enabled, unsigned Count, int Current) override {
    return Chosen->choose(Enabled, Count, Current);
  }
  void taken(const Step &Taken) override { Chosen->taken(Taken); }

private:
  Strategy *Chosen = nullptr;
};

Portfolio ThePortfolio;

} // namespace

Strategy &portfolio() { return ThePortfolio; }

} // namespace raddle::stress
