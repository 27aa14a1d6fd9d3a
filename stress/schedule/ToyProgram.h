// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests: programs that are made of data. No threads, no memory, only which
// step is chosen.
#ifndef RADDLE_STRESS_SCHEDULE_TOYPROGRAM_H
#define RADDLE_STRESS_SCHEDULE_TOYPROGRAM_H

#include "stress/schedule/Expectation.h"
#include "gtest/gtest.h"
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace raddle::stress::testing {

struct ToyStep {
  uint32_t Object;
  bool Writes;
  uint64_t Place;
  Op Kind = Op::Write;
  std::function<void()> Does = [] {};
};

/// Threads 2, 3, ... of the program, which number 1 creates and does nothing
/// else.
using ToyProgram = std::vector<std::vector<ToyStep>>;

struct ToyRun {
  std::string Order; ///< A letter for each step at object 1.
  uint64_t Steps = 0;
  bool Stuck = false;
};

/// Objects of Op::Lock and Op::Unlock are locks.
inline ToyRun run(Strategy &S, const StrategySettings &Settings,
                  const ToyProgram &Program) {
  ToyRun Result;
  S.begin(Settings);
  S.created(1, 0);
  std::vector<size_t> At(Program.size());
  std::map<uint32_t, size_t> Owner;
  size_t Born = 0;
  for (;;) {
    std::vector<Step> Enabled;
    std::vector<size_t> Who;
    if (Born != Program.size()) {
      Enabled.push_back({1, Op::Create, false, false, 0, 1, Born});
      Who.push_back(~size_t(0));
    }
    bool Left = Born != Program.size();
    for (size_t T = 0; T != Born; ++T) {
      if (At[T] == Program[T].size())
        continue;
      Left = true;
      const ToyStep &Next = Program[T][At[T]];
      if (Next.Kind == Op::Lock && Owner.count(Next.Object))
        continue;
      Enabled.push_back({uint32_t(T + 2), Next.Kind, Next.Writes, false,
                         Next.Object, Next.Place, At[T]});
      Who.push_back(T);
    }
    if (Enabled.empty()) {
      Result.Stuck = Left;
      return Result;
    }
    // As the controller: where there is no choice, nobody is asked.
    unsigned Chosen = 0;
    if (Enabled.size() > 1) {
      Chosen = S.choose(Enabled.data(), unsigned(Enabled.size()), -1);
      ++Result.Steps;
    }
    EXPECT_LT(Chosen, Enabled.size());
    S.taken(Enabled[Chosen]);
    if (Who[Chosen] == ~size_t(0)) {
      ++Born;
      S.created(uint32_t(Born + 1), 1);
      continue;
    }
    size_t T = Who[Chosen];
    const ToyStep &Taken = Program[T][At[T]++];
    if (Taken.Kind == Op::Lock)
      Owner[Taken.Object] = T;
    if (Taken.Kind == Op::Unlock)
      Owner.erase(Taken.Object);
    Taken.Does();
    if (Taken.Object == 1)
      Result.Order += char('a' + T);
    if (At[T] == Program[T].size())
      S.ended(uint32_t(T + 2));
  }
}

/// What knowledge of such a program would be: places by object, exact counts.
struct ToyKnowledge {
  std::vector<ExpectedPlace> Places;
  std::vector<ExpectedCount> Counts;
  std::vector<uint32_t> Parents;
  Expectation Known = {};

  explicit ToyKnowledge(const ToyProgram &Program) {
    std::map<uint64_t, uint32_t> Index;
    Parents = {0, 0};
    for (size_t T = 0; T != Program.size(); ++T) {
      Parents.push_back(1);
      for (const ToyStep &S : Program[T]) {
        auto [It, New] = Index.emplace(S.Place, uint32_t(Places.size()));
        if (New)
          Places.push_back(
              {S.Place, S.Object, S.Kind, S.Writes, false, false, 0});
        Places[It->second].Threads |= uint64_t(1) << (T + 2) % 64;
        Counts.push_back({It->second, uint32_t(T + 2), 1});
        Known.Groups = std::max(Known.Groups, S.Object);
      }
    }
    Known.Runs = 1;
    Known.Places = Places.data();
    Known.PlaceCount = unsigned(Places.size());
    Known.Counts = Counts.data();
    Known.CountCount = unsigned(Counts.size());
    Known.Parents = Parents.data();
    Known.ThreadCount = unsigned(Program.size() + 1);
  }
};

/// Mean number of runs to the first that fails, of 20 trials; \p Limit runs
/// count as one that found nothing.
inline double meanToFirst(Strategy &S, const ToyProgram &Program,
                          const std::function<bool(const ToyRun &)> &Failed,
                          const std::function<void()> &Reset,
                          StrategySettings Common, unsigned Limit = 2000) {
  double Total = 0;
  for (unsigned Trial = 0; Trial != 20; ++Trial) {
    unsigned Runs = 0;
    bool Found = false;
    while (!Found && Runs != Limit) {
      Common.Seed = Trial * 1000003 + ++Runs;
      Reset();
      Found = Failed(run(S, Common, Program));
    }
    Total += Runs;
  }
  return Total / 20;
}

/// testdata/programs/stress/reorder.c.
struct Reorder {
  int A = 0, B = 0, Read = 0;
  bool Bad = false;
  ToyProgram Program;

  explicit Reorder(unsigned Setters) {
    for (unsigned I = 0; I != Setters; ++I)
      Program.push_back({{1, true, 10, Op::Write, [this] { A = 1; }},
                         {2, true, 11, Op::Write, [this] { B = -1; }}});
    Program.push_back({{1, false, 12, Op::Read, [this] { Read = A; }},
                       {2, false, 13, Op::Read, [this] {
                          Bad = !((Read == 0 && B == 0) ||
                                  (Read == 1 && B == -1));
                        }}});
  }
  double mean(Strategy &S, const Expectation *Known) {
    StrategySettings Common = {0, 3, 2 * Program.size() + 2,
                               unsigned(Program.size()), Known};
    return meanToFirst(
        S, Program, [this](const ToyRun &) { return Bad; },
        [this] { A = B = 0, Bad = false; }, Common);
  }
};

} // namespace raddle::stress::testing

#endif
