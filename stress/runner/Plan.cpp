// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/Plan.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/xxhash.h"
#include <map>

using namespace llvm;

namespace raddle::stress {

namespace {

constexpr StringRef Names[] = {"native", "jitter", "random", "pct",
                               "pos",    "surw",   "orders", "portfolio"};

/// Runs in a row of one arm, for which a fork server is worth its start.
constexpr uint64_t BatchRuns = 8;

uint64_t mix(uint64_t X) { // splitmix64's finaliser
  X += 0x9e3779b97f4a7c15;
  X = (X ^ (X >> 30)) * 0xbf58476d1ce4e5b9;
  X = (X ^ (X >> 27)) * 0x94d049bb133111eb;
  return X ^ (X >> 31);
}

} // namespace

ArrayRef<StringRef> strategyNames() { return Names; }

bool isControlled(StringRef Strategy) {
  return Strategy != "native" && Strategy != "jitter";
}

std::vector<std::string> defaultStrategies(Build Kind) {
  switch (Kind) {
  case Build::Points:
    return {"surw", "pos", "pct", "orders", "random"};
  case Build::TSanShared:
    return {"jitter", "pos", "pct"};
  case Build::TSanStatic:
    // A race is reported in whatever order; accesses are no points.
    return {"jitter"};
  case Build::ASan:
  case Build::Plain:
    return {"jitter", "pos", "pct"};
  }
  return {"jitter"};
}

StringRef buildName(Build Kind) {
  switch (Kind) {
  case Build::Plain:
    return "plain";
  case Build::Points:
    return "points";
  case Build::TSanStatic:
  case Build::TSanShared:
    return "tsan";
  case Build::ASan:
    return "asan";
  }
  return "plain";
}

uint64_t runSeed(uint64_t Campaign, StringRef Test, uint64_t Index) {
  return mix(mix(Campaign ^ xxh3_64bits(Test)) + Index);
}

std::string runOptions(const CampaignOptions &O, StringRef Strategy,
                       uint64_t Seed, StringRef Knowledge) {
  if (Strategy == "native")
    return "";
  std::string Text = "quiet=1:leaks=" + std::to_string(int(O.Leaks));
  if (O.Leaks)
    Text += ":exitcode=23";
  // A deadlock ends the run at once; for any other hang there is a snapshot.
  if (Strategy == "jitter")
    Text += ":deadlocks=1:on_deadlock=abort:profile_by_trace=1:jitter=1:"
            "slowdown_percent=" +
            std::to_string(O.SlowdownPercent);
  else
    Text += ":schedule=" + Strategy.str() + ":depth=" + std::to_string(O.Depth);
  if (isControlled(Strategy) && O.StepLimit)
    Text += ":step_limit=" + std::to_string(O.StepLimit);
  if (!Knowledge.empty())
    Text += ":knowledge='" + Knowledge.str() + "'";
  return Text + ":seed=" + std::to_string(Seed);
}

Plan::Plan(const CampaignOptions &O) : O(O) {
  Next.resize(std::max<size_t>(1, O.Tests.size()));
  Free.resize(Next.size());
  for (uint32_t Test = 0; Test != Next.size(); ++Test)
    for (uint32_t P = 0; P != O.Programs.size(); ++P) {
      std::vector<std::string> Strategies =
          O.Strategies.empty() ? defaultStrategies(O.Programs[P].Kind)
                               : O.Strategies;
      if (P == 0 && O.NativeRuns && !is_contained(Strategies, "native"))
        Strategies.insert(Strategies.begin(), "native");
      for (std::string &Strategy : Strategies) {
        Arm A;
        A.Test = Test;
        A.Program = P;
        A.Strategy = std::move(Strategy);
        Arms.push_back(std::move(A));
      }
    }
  Handed.resize(Arms.size());
}

/// Fewer where there are not as many for each worker: runs may be long.
uint64_t Plan::batchSize() const {
  if (!O.Runs)
    return BatchRuns;
  uint64_t Left = 0;
  for (size_t Test = 0; Test != Next.size(); ++Test)
    Left +=
        (O.Runs - std::min(O.Runs, Next[Test])) / O.Shards + Free[Test].size();
  return std::clamp(Left / std::max(1u, O.Jobs), uint64_t(1), BatchRuns);
}

bool Plan::isBase(size_t Arm) const {
  return Arms[Arm].Strategy == "native" &&
         !is_contained(O.Strategies, "native");
}

uint64_t Plan::total() const {
  return O.Runs ? (O.Runs + O.Shards - 1) / O.Shards * tests() : 0;
}

bool Plan::isOver(size_t Index) const {
  const Arm &A = Arms[Index];
  if (isBase(Index))
    return Handed[Index] >= O.NativeRuns || Ended.contains(Index);
  if (O.KeepGoing)
    return false;
  return any_of(Arms, [&](const Arm &B) {
    return B.Test == A.Test && B.Program == A.Program && B.Failures &&
           B.Strategy != "native";
  });
}

bool Plan::isDone(size_t Arm) const {
  return isBase(Arm) ? Ended.contains(Arm) : isOver(Arm);
}

std::optional<size_t> Plan::chooseArm(uint32_t Test, uint64_t Index) const {
  // What a way of running found, in any test.
  std::map<std::pair<uint32_t, StringRef>, std::pair<uint64_t, uint64_t>> Known;
  std::vector<size_t> Open;
  for (size_t I = 0; I != Arms.size(); ++I) {
    const Arm &A = Arms[I];
    auto &[Runs, Failures] = Known[{A.Program, A.Strategy}];
    Runs += Handed[I];
    Failures += A.Failures;
    if (A.Test != Test || isOver(I))
      continue;
    if (isBase(I))
      return I; // The base rate comes first.
    Open.push_back(I);
  }
  if (Open.empty())
    return std::nullopt;
  // Half of the budget is shared out evenly, half by what was found: what
  // finds nothing here is still tried.
  std::vector<double> Weight;
  double Sum = 0;
  for (size_t I : Open) {
    auto [Runs, Failures] = Known[{Arms[I].Program, Arms[I].Strategy}];
    Weight.push_back((double(Failures) + 0.5) / (double(Runs) + 10));
    Sum += Weight.back();
  }
  uint64_t Random = mix(mix(O.Seed ^ Test) + Index);
  if (Random & 1 || Sum <= 0)
    return Open[(Random >> 1) % Open.size()];
  double At = double(Random >> 11) * 0x1p-53 * Sum;
  for (size_t I = 0; I != Open.size(); ++I)
    if ((At -= Weight[I]) < 0)
      return Open[I];
  return Open.back();
}

std::optional<Plan::Batch> Plan::next() {
  // The test that has had least; each of its runs belongs to one shard.
  std::vector<uint32_t> Order(tests());
  for (uint32_t I = 0; I != Order.size(); ++I)
    Order[I] = I;
  llvm::sort(Order, [&](uint32_t A, uint32_t B) {
    return std::tie(Next[A], A) < std::tie(Next[B], B);
  });
  for (uint32_t Test : Order) {
    bool HasNext = !O.Runs || Next[Test] < O.Runs;
    if (!HasNext && Free[Test].empty())
      continue;
    std::optional<size_t> Arm =
        chooseArm(Test, HasNext ? Next[Test] : Free[Test].back());
    if (!Arm)
      continue;
    Batch B{*Arm, {}};
    bool IsBase = isBase(*Arm);
    uint64_t Most = batchSize();
    while (B.Indices.size() < Most) {
      uint64_t Index = 0;
      if (!Free[Test].empty()) {
        Index = Free[Test].back();
        Free[Test].pop_back();
      } else if (!O.Runs || Next[Test] < O.Runs) {
        Index = Next[Test]++;
        if (Index % O.Shards != O.Shard - 1)
          continue;
      } else {
        break;
      }
      B.Indices.push_back(Index);
      Out.insert({Test, Index});
      ++Handed[*Arm];
      if (IsBase && isOver(*Arm))
        break;
    }
    if (!B.Indices.empty())
      return B;
  }
  return std::nullopt;
}

void Plan::done(size_t Arm, uint64_t Index) {
  Out.erase({Arms[Arm].Test, Index});
  ++Arms[Arm].Runs;
}

void Plan::giveBack(size_t Arm, ArrayRef<uint64_t> Indices) {
  for (uint64_t Index : Indices) {
    Out.erase({Arms[Arm].Test, Index});
    Free[Arms[Arm].Test].push_back(Index);
  }
  Handed[Arm] -= Indices.size();
}

std::vector<std::vector<uint64_t>> Plan::open() const {
  std::vector<std::vector<uint64_t>> Result = Free;
  for (auto [Test, Index] : Out)
    Result[Test].push_back(Index);
  return Result;
}

void Plan::resume(std::vector<Arm> Before, std::vector<uint64_t> NextOfTests,
                  std::vector<std::vector<uint64_t>> Open) {
  Arms = std::move(Before);
  Next = std::move(NextOfTests);
  Free = std::move(Open);
  Out.clear();
  for (size_t I = 0; I != Arms.size(); ++I)
    Handed[I] = Arms[I].Runs;
}

void Plan::endBase(size_t Arm) { Ended.insert(Arm); }

void Plan::failed(size_t Arm) { ++Arms[Arm].Failures; }

} // namespace raddle::stress
