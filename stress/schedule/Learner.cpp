// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stands in front of the strategy that was asked for: gives it what earlier
// runs have shown, and notes what this one does.
#include "runtime/Runtime.h"
#include "runtime/core/Options.h"
#include "runtime/core/Print.h"
#include "stress/schedule/Controller.h"
#include "stress/schedule/Knowledge.h"
#include "stress/schedule/Strategies.h"

namespace raddle::stress {

namespace {

class Learner final : public Strategy {
public:
  Strategy *Inner = nullptr;

  void begin(const StrategySettings &S) override {
    StrategySettings Mine = S;
    if (!TheKnowledge.load(TheOptions.Knowledge)) {
      TextBuffer<512> Sentence;
      Sentence << "'" << TheOptions.Knowledge
               << "' is no knowledge of controlled schedules; name a new file";
      say(Sentence.text());
    }
    if (TheKnowledge.isLoaded()) {
      const Expectation &Known = TheKnowledge.expectation();
      Mine.ExpectedSteps = TheKnowledge.points();
      Mine.ExpectedThreads = Known.ThreadCount;
      Mine.Known = Known.Runs ? &Known : nullptr;
    }
    Inner->begin(Mine);
  }
  void created(uint32_t Thread, uint32_t Parent) override {
    TheKnowledge.created(Thread, Parent);
    Inner->created(Thread, Parent);
  }
  void ended(uint32_t Thread) override { Inner->ended(Thread); }
  unsigned choose(const Step *Enabled, unsigned Count, int Current) override {
    TheKnowledge.asked();
    return Inner->choose(Enabled, Count, Current);
  }
  void taken(const Step &Taken) override {
    TheKnowledge.taken(Taken);
    Inner->taken(Taken);
  }
  void passed(const Step &Taken) override { TheKnowledge.passed(Taken); }
};

Learner TheLearner;

} // namespace

Strategy &learnFrom(Strategy &Inner) {
  TheLearner.Inner = &Inner;
  return TheLearner;
}

void controlEnds() { TheKnowledge.store(); }

} // namespace raddle::stress
