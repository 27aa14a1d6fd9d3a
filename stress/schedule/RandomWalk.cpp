// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The random walk: each thread that can go on is as likely as any other, at
// each point. The baseline that the others have to beat.
#include "stress/schedule/Random.h"
#include "stress/schedule/Strategies.h"

namespace raddle::stress {

namespace {

class RandomWalk final : public Strategy {
public:
  void begin(const StrategySettings &S) override { Numbers.seed(S.Seed); }
  unsigned choose(const Step *, unsigned Count, int) override {
    return unsigned(Numbers.below(Count));
  }

private:
  Random Numbers;
};

RandomWalk TheRandomWalk;

} // namespace

Strategy &randomWalk() { return TheRandomWalk; }

} // namespace raddle::stress
