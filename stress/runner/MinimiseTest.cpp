// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Minimising without real programs: a small machine that runs threads of a few
// operations under a schedule, as the controller does. What comes of a run is a
// function of its switches.
#include "stress/runner/Minimise.h"
#include <gmock/gmock.h>
#include <random>

using namespace raddle::stress;
using namespace testing;
using Schedule = std::vector<ScheduleSwitch>;

namespace {

struct SimOp {
  enum Type {
    Load,     ///< The variable into the thread's register.
    Increase, ///< Register + 1 into the variable.
    Set,      ///< Value into the variable.
    Expect,   ///< Fails unless the variable is not Value.
    Lock,
    Unlock,
    Put,  ///< One more into the variable.
    Take, ///< Waits until there is one, and takes it out.
    Nothing
  } What;
  unsigned On = 0;
  int Value = 0;
};

/// All threads run the same code.
uint64_t placeOf(const SimOp &Op) { return 1 + Op.What * 8 + Op.On; }

struct SimProgram {
  std::vector<std::vector<SimOp>> Threads;
  /// Of the variables in the end; may be absent.
  std::function<bool(const std::vector<int> &)> FailsIf;
  unsigned Runs = 0;

  /// Follows \p Told, or is random with \p Seed.
  Attempt run(const Schedule &Told, unsigned Seed = 0) {
    ++Runs;
    std::mt19937 Random(Seed);
    size_t Count = Threads.size();
    std::vector<uint64_t> Clock(Count);
    std::vector<int> Register(Count), Variables(8);
    std::vector<int> Owner(8, -1);
    Attempt A;
    A.Hash = 1469598103934665603u;
    size_t Current = 0;
    auto Ended = [&](size_t T) { return Clock[T] == Threads[T].size(); };
    auto Enabled = [&](size_t T) {
      if (Ended(T))
        return false;
      const SimOp &Op = Threads[T][Clock[T]];
      return Op.What == SimOp::Lock   ? Owner[Op.On] < 0
             : Op.What == SimOp::Take ? Variables[Op.On] > 0
                                      : true;
    };
    while (true) {
      std::vector<size_t> Can;
      bool Left = false;
      for (size_t T = 0; T < Count; ++T) {
        Left |= !Ended(T);
        if (Enabled(T))
          Can.push_back(T);
      }
      if (Can.empty()) {
        A.Fails |= Left; // Deadlock.
        break;
      }
      size_t Next = Enabled(Current) ? Current : Can[0];
      if (Seed)
        Next = Can[Random() % Can.size()];
      for (const ScheduleSwitch &S : Told)
        if (S.Thread == Current + 1 && S.Clock == Clock[Current] &&
            S.Next <= Count && Enabled(S.Next - 1)) {
          Next = S.Next - 1;
          break;
        }
      if (Next != Current) {
        A.Made.push_back(
            {uint32_t(Current + 1), uint32_t(Next + 1), Clock[Current]});
        A.Why.push_back(Enabled(Current) ? RunSwitchRecord::Preempted
                        : Ended(Current) ? RunSwitchRecord::Ended
                                         : RunSwitchRecord::Blocked);
        A.Places.push_back(
            Ended(Current) ? 0 : placeOf(Threads[Current][Clock[Current]]));
      }
      Current = Next;
      A.Course.push_back({uint32_t(Current + 1), Clock[Current],
                          placeOf(Threads[Current][Clock[Current]])});
      const SimOp &Op = Threads[Current][Clock[Current]++];
      A.Hash = (A.Hash ^ (Current * 64 + Op.What * 8 + Op.On)) * 1099511628211u;
      ++A.Events;
      switch (Op.What) {
      case SimOp::Load:
        Register[Current] = Variables[Op.On];
        break;
      case SimOp::Increase:
        Variables[Op.On] = Register[Current] + 1;
        break;
      case SimOp::Set:
        Variables[Op.On] = Op.Value;
        break;
      case SimOp::Expect:
        A.Fails |= Variables[Op.On] == Op.Value;
        break;
      case SimOp::Lock:
        Owner[Op.On] = int(Current);
        break;
      case SimOp::Unlock:
        Owner[Op.On] = -1;
        break;
      case SimOp::Put:
        ++Variables[Op.On];
        break;
      case SimOp::Take:
        --Variables[Op.On];
        break;
      case SimOp::Nothing:
        break;
      }
    }
    A.Fails |= FailsIf && FailsIf(Variables);
    return A;
  }

  /// The first of the random runs that fails, with many preemptions.
  Attempt failing(unsigned Begin = 1) {
    for (unsigned Seed = Begin; Seed < 10000; ++Seed)
      if (Attempt A = run({}, Seed); A.Fails)
        return A;
    ADD_FAILURE() << "no seed fails";
    return {};
  }

  Minimised minimised(MinimiseLimits Limits = {}, unsigned Begin = 1) {
    Attempt First = failing(Begin);
    Runs = 0;
    llvm::Expected<Minimised> M = minimise(
        First,
        [&](const Schedule &S) -> llvm::Expected<Attempt> { return run(S); },
        Limits);
    if (!M) {
      ADD_FAILURE() << llvm::toString(M.takeError());
      return {};
    }
    EXPECT_EQ(M->Runs, Runs);
    EXPECT_EQ(M->PreemptionsBefore, First.preemptions());
    // The result is the schedule of its own run.
    Attempt Again = run(M->Best.Made);
    EXPECT_TRUE(Again.Fails);
    EXPECT_EQ(Again.Made, M->Best.Made);
    EXPECT_EQ(Again.Hash, M->Best.Hash);
    return std::move(*M);
  }
};

std::vector<SimOp> padded(std::vector<SimOp> Ops, unsigned Around) {
  std::vector<SimOp> Result(Around, {SimOp::Nothing});
  for (const SimOp &Op : Ops) {
    Result.push_back(Op);
    Result.insert(Result.end(), Around, {SimOp::Nothing});
  }
  return Result;
}

TEST(Minimise, LostUpdateNeedsOnePreemptionBeforeItsWrite) {
  SimProgram P;
  for (int I = 0; I < 3; ++I)
    P.Threads.push_back(padded({{SimOp::Load}, {SimOp::Increase}}, 20));
  P.FailsIf = [](auto &V) { return V[0] != 3; };
  Minimised M = P.minimised();
  EXPECT_TRUE(M.Complete);
  EXPECT_GT(M.PreemptionsBefore, 10u);
  ASSERT_EQ(M.Best.preemptions(), 1u);
  // It is moved to stand right before the step that goes wrong.
  for (size_t I = 0; I < M.Best.Made.size(); ++I)
    if (M.Best.Why[I] == RunSwitchRecord::Preempted) {
      const ScheduleSwitch &S = M.Best.Made[I];
      EXPECT_EQ(P.Threads[S.Thread - 1][S.Clock].What, SimOp::Increase);
    }
}

TEST(Minimise, CrossedLocksNeedOnePreemption) {
  SimProgram P;
  for (unsigned First : {0u, 1u})
    P.Threads.push_back(padded({{SimOp::Lock, First},
                                {SimOp::Lock, 1 - First},
                                {SimOp::Unlock, 1 - First},
                                {SimOp::Unlock, First}},
                               10));
  Minimised M = P.minimised();
  EXPECT_EQ(M.Best.preemptions(), 1u);
}

TEST(Minimise, TwoPreemptionsAreKeptWhereBothAreNeeded) {
  // The second thread has to see 1 first and then 2: both are stopped once.
  SimProgram P;
  P.Threads.push_back(padded({{SimOp::Set, 0, 1}, {SimOp::Set, 0, 2}}, 5));
  P.Threads.push_back(padded({{SimOp::Load, 0},
                              {SimOp::Increase, 1},
                              {SimOp::Load, 0},
                              {SimOp::Increase, 2}},
                             5));
  P.Threads.push_back(padded({{SimOp::Load, 3}}, 5));
  P.FailsIf = [](auto &V) { return V[1] == 2 && V[2] == 3; };
  Minimised M = P.minimised();
  EXPECT_TRUE(M.Complete);
  EXPECT_EQ(M.Best.preemptions(), 2u);
}

// Where taking out ends depends on where it began; one preemption is enough.
TEST(Minimise, TheFewestAreFoundFromEverySchedule) {
  for (unsigned Begin = 1; Begin <= 600; Begin += 20) {
    SCOPED_TRACE(Begin);
    SimProgram P;
    P.Threads.push_back(padded(
        {{SimOp::Put, 1}, {SimOp::Put, 1}, {SimOp::Put, 1}, {SimOp::Put, 1}},
        2));
    for (int I = 0; I < 2; ++I)
      P.Threads.push_back(padded({{SimOp::Take, 1},
                                  {SimOp::Load, 0},
                                  {SimOp::Increase, 0},
                                  {SimOp::Take, 1},
                                  {SimOp::Load, 0},
                                  {SimOp::Increase, 0}},
                                 2));
    P.FailsIf = [](auto &V) { return V[0] != 4; };
    Minimised M = P.minimised({}, Begin);
    EXPECT_EQ(M.Best.preemptions(), 1u);
  }
}

TEST(Minimise, FailsByItself) {
  SimProgram P;
  P.Threads = {{{SimOp::Nothing}, {SimOp::Expect, 0, 0}}, {{SimOp::Nothing}}};
  Minimised M = P.minimised();
  EXPECT_EQ(M.Best.preemptions(), 0u);
  EXPECT_LE(M.Runs, 2u);
}

TEST(Minimise, KeepsItsLimits) {
  SimProgram P;
  for (int I = 0; I < 4; ++I)
    P.Threads.push_back(padded({{SimOp::Load}, {SimOp::Increase}}, 200));
  P.FailsIf = [](auto &V) { return V[0] != 4; };
  MinimiseLimits Limits;
  Limits.Runs = 5;
  Minimised M = P.minimised(Limits);
  EXPECT_EQ(M.Runs, 5u);
  EXPECT_FALSE(M.Complete);
}

TEST(Minimise, FewRunsForLongSchedules) {
  SimProgram P;
  for (int I = 0; I < 4; ++I)
    P.Threads.push_back(padded({{SimOp::Load}, {SimOp::Increase}}, 1000));
  P.FailsIf = [](auto &V) { return V[0] != 4; };
  Minimised M = P.minimised();
  EXPECT_GT(M.PreemptionsBefore, 1000u);
  EXPECT_EQ(M.Best.preemptions(), 1u);
  EXPECT_TRUE(M.Complete);
  EXPECT_LT(M.Runs, 200u);
}

TEST(Minimise, SaysThatItDoesNotComeAgain) {
  llvm::Expected<Minimised> M = minimise(
      Attempt(),
      [&](const Schedule &) -> llvm::Expected<Attempt> { return Attempt(); },
      {});
  ASSERT_FALSE(bool(M));
  EXPECT_THAT(llvm::toString(M.takeError()), HasSubstr("did not fail again"));
}

TEST(Minimise, PassesErrorsOn) {
  llvm::Expected<Minimised> M =
      minimise(Attempt(),
               [&](const Schedule &) -> llvm::Expected<Attempt> {
                 return llvm::createStringError("no such program");
               },
               {});
  ASSERT_FALSE(bool(M));
  EXPECT_EQ(llvm::toString(M.takeError()), "no such program");
}

TEST(Minimise, WithoutAllSwitchesARunIsNoneToFollow) {
  RunResult R;
  R.Log.Switches = 1;
  EXPECT_FALSE(attemptOf(R, true).Fails);
  R.Records.Switches.push_back({});
  EXPECT_TRUE(attemptOf(R, true).Fails);
  R.Log.Lost = 1;
  EXPECT_FALSE(attemptOf(R, true).Fails);
}

} // namespace
