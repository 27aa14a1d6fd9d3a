// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// POS, partial order sampling: Yuan, Yang and Gu, "Partial Order Aware
// Concurrency Sampling", CAV 2018. Each event, not each thread, has a random
// priority, drawn when it becomes its thread's next one; the highest one that
// can be taken is. Events of other threads that race with it then draw anew, so
// that the order of two racing events does not depend on what came before.
//
// Where we depart from it: of two reads of one thing, which do not race, the
// second draws anew as well. What was low once would often stay behind the
// write that follows the first one, and an update be lost less often than it
// can. And the priorities of events that cannot be taken now (a lock that is
// held) are kept and not drawn anew, as we are not shown them.
#include "stress/schedule/PerThread.h"
#include "stress/schedule/Random.h"
#include "stress/schedule/Strategies.h"

namespace raddle::stress {

namespace {

class Pos final : public Strategy {
public:
  void begin(const StrategySettings &S) override {
    Numbers.seed(S.Seed);
    Events.clear();
  }

  unsigned choose(const Step *Enabled, unsigned Count, int) override {
    unsigned Best = 0;
    for (unsigned I = 0; I != Count; ++I) {
      Event &E = Events[Enabled[I].Thread];
      if (!E.Drawn || E.Clock != Enabled[I].Clock ||
          E.Thread != Enabled[I].Thread)
        E = {Numbers.next(), Enabled[I].Clock, Enabled[I].Thread, true};
      if (E.Priority > Events[Enabled[Best].Thread].Priority)
        Best = I;
    }
    const Step &Taken = Enabled[Best];
    Events[Taken.Thread].Drawn = false;
    if (Taken.Object)
      for (unsigned I = 0; I != Count; ++I)
        if (I != Best && Enabled[I].Object == Taken.Object)
          Events[Enabled[I].Thread].Drawn = false;
    return Best;
  }

private:
  struct Event {
    uint64_t Priority, Clock;
    uint32_t Thread;
    bool Drawn;
  };
  Random Numbers;
  PerThread<Event> Events;
};

Pos ThePos;

} // namespace

Strategy &pos() { return ThePos; }

} // namespace raddle::stress
