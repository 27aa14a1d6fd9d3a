// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The strategies on programs that are made of data: what their papers promise
// is counted.
#include "stress/schedule/Expectation.h"
#include "stress/schedule/Random.h"
#include "stress/schedule/Strategies.h"
#include "stress/schedule/ToyProgram.h"
#include "gtest/gtest.h"
#include <map>
#include <string>
#include <vector>

using namespace raddle::stress;
using namespace raddle::stress::testing;

namespace {

TEST(Strategies, AreFoundByTheirNames) {
  for (const char *Name :
       {"random", "pct", "pos", "surw", "orders", "portfolio"})
    EXPECT_TRUE(findStrategy(Name)) << Name;
  EXPECT_FALSE(findStrategy("pc"));
  EXPECT_FALSE(findStrategy("replay"));
}

TEST(Strategies, DoTheSameForTheSameSeed) {
  Reorder R(6);
  ToyKnowledge K(R.Program);
  for (const char *Name :
       {"random", "pct", "pos", "surw", "orders", "portfolio"}) {
    Strategy &S = *findStrategy(Name);
    std::map<std::string, unsigned> Orders;
    for (uint64_t Seed = 0; Seed != 50; ++Seed) {
      StrategySettings Settings = {Seed, 3, 14, 8, &K.Known};
      std::string First = run(S, Settings, R.Program).Order;
      run(S, {Seed + 1, 3, 14, 8, &K.Known}, R.Program);
      EXPECT_EQ(run(S, Settings, R.Program).Order, First) << Name;
      ++Orders[First];
    }
    EXPECT_GT(Orders.size(), 4u) << Name;
  }
}

// SURW's promise: each order of the interesting events is equally likely,
// whatever lies between them. Three threads with 1, 2 and 3 of them have 60.
TEST(Strategies, SurwIsUniformOverInterestingEvents) {
  ToyProgram Program(3);
  uint64_t Place = 100;
  for (size_t T = 0; T != 3; ++T)
    for (size_t I = 0; I <= T; ++I) {
      for (size_t Other = 0; Other != 4 * (2 - T) + I; ++Other)
        Program[T].push_back({9, true, 7});
      Program[T].push_back({1, true, Place++});
    }
  ToyKnowledge K(Program);
  // Group 1 is all there is.
  for (ExpectedPlace &P : K.Places)
    P.Group = P.Group == 1;
  K.Known.Groups = 1;
  std::map<std::string, unsigned> Surw, Walk;
  constexpr unsigned Runs = 30000;
  for (uint64_t Seed = 0; Seed != Runs; ++Seed) {
    StrategySettings Settings = {Seed, 0, 0, 0, &K.Known};
    ++Surw[run(surw(), Settings, Program).Order];
    ++Walk[run(randomWalk(), Settings, Program).Order];
  }
  EXPECT_EQ(Surw.size(), 60u);
  auto ChiSquare = [](const std::map<std::string, unsigned> &Seen) {
    double Sum = 0, Mean = Runs / 60.0;
    for (const auto &[Order, Count] : Seen)
      Sum += (Count - Mean) * (Count - Mean) / Mean;
    return Sum + double(60 - Seen.size()) * Mean;
  };
  // 59 degrees of freedom: 98.3 is exceeded once in a thousand. Seeds are
  // fixed, so this does not depend on luck.
  EXPECT_LT(ChiSquare(Surw), 98.3);
  EXPECT_GT(ChiSquare(Walk), 1000);
}

// PCT's promise for a bug of depth d with n threads and k steps. Depth 2: the
// first thread is stopped between its two steps, the second runs all of its.
TEST(Strategies, PctKeepsItsBound) {
  for (unsigned Length : {2u, 10u, 40u}) {
    ToyProgram Program(2);
    for (unsigned I = 0; I != Length; ++I)
      Program[0].push_back({1, true, 1}), Program[1].push_back({1, true, 2});
    StrategySettings Settings = {0, 2, 0, 3, nullptr};
    Settings.ExpectedSteps = run(pct(), Settings, Program).Steps;
    std::string Wanted =
        "a" + std::string(Length, 'b') + std::string(Length - 1, 'a');
    unsigned Found = 0;
    constexpr unsigned Runs = 20000;
    for (uint64_t Seed = 0; Seed != Runs; ++Seed) {
      Settings.Seed = Seed;
      Found += run(pct(), Settings, Program).Order == Wanted;
    }
    // Three threads with the one that creates them.
    EXPECT_GE(double(Found) / Runs, 1.0 / (3 * double(Settings.ExpectedSteps)))
        << Length;
  }
}

// POS's promise: a long way of one thread does not make it unlikely that its
// last step comes before a racing one of another thread, which it almost is for
// a random walk.
TEST(Strategies, PosDoesNotMindLengths) {
  ToyProgram Program(2);
  for (uint32_t I = 0; I != 12; ++I)
    Program[0].push_back({100 + I, true, I + 2});
  Program[0].push_back({1, true, 20});
  Program[1].push_back({1, true, 21});
  unsigned Pos = 0, Walk = 0;
  for (uint64_t Seed = 0; Seed != 2000; ++Seed) {
    StrategySettings Settings = {Seed, 3, 0, 0, nullptr};
    Pos += run(pos(), Settings, Program).Order == "ab";
    Walk += run(randomWalk(), Settings, Program).Order == "ab";
  }
  EXPECT_GT(Pos, 60u);
  EXPECT_LT(Walk, 10u);
}

// Two reads of one thing do not race, and the second draws anew all the same.
TEST(Strategies, PosDrawsAnewAfterAReadOfTheSameThing) {
  int Value = 0, Read[2] = {};
  ToyProgram Program(2);
  for (unsigned T = 0; T != 2; ++T)
    Program[T] = {{1, false, 10, Op::Read, [&, T] { Read[T] = Value; }},
                  {1, true, 11, Op::Write, [&, T] { Value = Read[T] + 1; }}};
  unsigned Lost = 0;
  for (uint64_t Seed = 0; Seed != 4000; ++Seed) {
    Value = 0;
    run(pos(), {Seed, 3, 0, 0, nullptr}, Program);
    Lost += Value == 1;
  }
  // A quarter if it did not.
  EXPECT_GT(Lost, 1400u);
}

// What is found by a few orders is found early; later the portfolio looks for
// what needs many.
TEST(Strategies, ThePortfolioChangesWithAge) {
  ToyProgram Program(3);
  for (auto &Thread : Program)
    for (uint64_t I = 0; I != 5; ++I)
      Thread.push_back({1, true, 10 + I});
  ToyKnowledge K(Program);
  auto AsPos = [&](uint64_t Runs) {
    K.Known.Runs = Runs;
    unsigned Same = 0;
    for (uint64_t Seed = 0; Seed != 400; ++Seed) {
      StrategySettings Settings = {Seed, 3, 15, 4, &K.Known};
      Same += run(pos(), Settings, Program).Order ==
              run(portfolio(), Settings, Program).Order;
    }
    return Same;
  };
  EXPECT_LT(AsPos(100), 60u);
  EXPECT_GT(AsPos(10000), 100u);
}

TEST(Strategies, FindReorderingsAmongManyThreads) {
  for (unsigned Setters : {3u, 10u, 50u}) {
    Reorder R(Setters);
    ToyKnowledge K(R.Program);
    double Orders = R.mean(conflictOrders(), &K.Known),
           Surw = R.mean(surw(), &K.Known), Mix = R.mean(portfolio(), &K.Known);
    RecordProperty("orders_" + std::to_string(Setters), std::to_string(Orders));
    RecordProperty("surw_" + std::to_string(Setters), std::to_string(Surw));
    RecordProperty("mix_" + std::to_string(Setters), std::to_string(Mix));
    printf("reorder_%u: orders %.1f, surw %.1f, portfolio %.1f, pos %.1f\n",
           Setters, Orders, Surw, Mix,
           Setters <= 10 ? R.mean(pos(), nullptr) : 0);
    EXPECT_LT(Orders, 20);
    EXPECT_LT(Surw, 10 + 3 * Setters);
    EXPECT_LT(Mix, 40);
  }
}

TEST(Strategies, FindADeadlock) {
  ToyProgram Program(2);
  for (uint32_t T = 0; T != 2; ++T)
    Program[T] = {{1 + T, true, 10 + 4 * T, Op::Lock},
                  {2 - T, true, 11 + 4 * T, Op::Lock},
                  {2 - T, true, 12 + 4 * T, Op::Unlock},
                  {1 + T, true, 13 + 4 * T, Op::Unlock}};
  ToyKnowledge K(Program);
  for (const char *Name :
       {"random", "pct", "pos", "surw", "orders", "portfolio"}) {
    StrategySettings Common = {0, 3, 8, 3, &K.Known};
    double Mean = meanToFirst(
        *findStrategy(Name), Program, [](const ToyRun &R) { return R.Stuck; },
        [] {}, Common);
    printf("crossed locks: %s %.1f\n", Name, Mean);
    EXPECT_LT(Mean, 20) << Name;
    // Nothing need be known for a deadlock.
    if (std::string(Name) == "orders" || std::string(Name) == "portfolio") {
      Common.Known = nullptr;
      EXPECT_LT(meanToFirst(
                    *findStrategy(Name), Program,
                    [](const ToyRun &R) { return R.Stuck; }, [] {}, Common),
                3)
          << Name;
    }
  }
}

// An order that no run has had comes first.
TEST(Strategies, OrdersPreferWhatIsNew) {
  Reorder R(20);
  // Much else that is shared.
  for (uint32_t I = 0; I != 12; ++I)
    for (size_t T = 0; T != R.Program.size(); ++T)
      R.Program[T].insert(R.Program[T].begin(),
                          {3 + I, true, 100 + 2 * I + T % 2});
  ToyKnowledge K(R.Program);
  double Before = R.mean(conflictOrders(), &K.Known);
  K.Known.IsSettled = [](uint64_t Key) { return Key != orderKey(13, 11); };
  double After = R.mean(conflictOrders(), &K.Known);
  printf("reorder_20: %.1f, and %.1f where one order is new\n", Before, After);
  EXPECT_LT(3 * After, 2 * Before);
}

// A thread that is to be stopped has a long way to go until then, and all that
// the other one does has to come after.
TEST(Strategies, OrdersStopAThreadBeforeOthersBegin) {
  bool Bad = false;
  int Value = 0, Read = 0;
  ToyProgram Program(2);
  for (uint64_t I = 0; I != 30; ++I)
    Program[0].push_back({2, true, 10});
  Program[0].push_back({1, false, 11, Op::Read, [&] { Read = Value; }});
  Program[0].push_back(
      {1, true, 12, Op::Write, [&] { Bad = Read == 0 && Value == 2; }});
  for (uint64_t I = 0; I != 2; ++I)
    Program[1].push_back({1, true, 13 + I, Op::Write, [&] { ++Value; }});
  ToyKnowledge K(Program);
  StrategySettings Common = {0, 3, 34, 3, &K.Known};
  auto Mean = [&](Strategy &S) {
    return meanToFirst(
        S, Program, [&](const ToyRun &) { return Bad; },
        [&] { Bad = false, Value = Read = 0; }, Common);
  };
  double Orders = Mean(conflictOrders()), Walk = Mean(randomWalk());
  printf("stopped on its way: orders %.1f, random %.1f\n", Orders, Walk);
  EXPECT_LT(Orders, 10);
  EXPECT_GT(Walk, 100);
}

// Whoever waits for another one in a loop must not keep it from going on.
TEST(Strategies, StarveNobodyForEver) {
  for (const char *Name :
       {"random", "pct", "pos", "surw", "orders", "portfolio"}) {
    for (uint64_t Seed = 0; Seed != 40; ++Seed) {
      Strategy &S = *findStrategy(Name);
      S.begin({Seed, 3, 20, 2, nullptr});
      S.created(1, 0);
      S.created(2, 1);
      uint64_t Clock = 0;
      unsigned Rounds = 0;
      for (; Rounds != 10000; ++Rounds) {
        Step Steps[2] = {{1, Op::Yield, false, false, 0, 5, Clock},
                         {2, Op::Write, true, false, 3, 6, 0}};
        unsigned Chosen = S.choose(Steps, 2, 0);
        S.taken(Steps[Chosen]);
        if (Chosen == 1)
          break;
        ++Clock;
      }
      EXPECT_LT(Rounds, 10000u) << Name << " seed " << Seed;
    }
  }
}

} // namespace
