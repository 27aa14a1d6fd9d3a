// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/observed/Order.h"
#include <algorithm>
#include <limits>
#include <tuple>

namespace raddle::lockorder {
namespace {

constexpr uint64_t Never = std::numeric_limits<uint64_t>::max();
constexpr size_t MaxRecentBytes = 32 << 20;

} // namespace

Order::Order(const ObservedRun &Run)
    : Threads(Run.Threads.size()), Parent(Threads), Created(Threads),
      Joined(Threads), JoinedBy(Threads) {
  for (uint32_t T = 1; T < Threads; ++T) {
    const ObservedThread &Of = Run.Threads[T];
    // A thread whose creator is not known is ordered after nothing. A parent
    // has the smaller id; anything else would be a loop in a broken trace.
    if (!Of.Parent || Of.Parent >= T)
      continue;
    Parent[T] = {Of.ParentSegment, Of.Parent, 0};
    Created[Of.Parent].push_back({Of.ParentSegment, T, 0});
  }
  for (const ObservedJoin &J : Run.Joins) {
    if (!J.Thread || J.Thread >= Threads || !J.By || J.By >= Threads ||
        J.Thread == J.By)
      continue;
    Joined[J.By].push_back({J.Segment, J.Thread, 0});
    JoinedBy[J.Thread].push_back({0, J.By, J.Segment});
  }
  auto BySegment = [](const Link &X, const Link &Y) {
    return std::tie(X.Segment, X.Other) < std::tie(Y.Segment, Y.Other);
  };
  for (uint32_t T = 0; T < Threads; ++T) {
    std::sort(Created[T].begin(), Created[T].end(), BySegment);
    std::sort(Joined[T].begin(), Joined[T].end(), BySegment);
  }
}

std::shared_ptr<const Surroundings>
Order::around(uint32_t Thread, uint32_t Segment, uint64_t &Steps) {
  ++Steps;
  uint64_t Key = (uint64_t(Thread) << 32) | Segment;
  if (auto It = Index.find(Key); It != Index.end()) {
    Recent.splice(Recent.begin(), Recent, It->second);
    return It->second->second;
  }
  auto Result = compute(Thread, Segment, Steps);
  Recent.emplace_front(Key, Result);
  Index[Key] = Recent.begin();
  size_t Each = 2 * sizeof(uint64_t) * std::max<uint32_t>(1, Threads);
  while (Recent.size() > 1 && Recent.size() * Each > MaxRecentBytes) {
    Index.erase(Recent.back().first);
    Recent.pop_back();
  }
  return Result;
}

std::shared_ptr<const Surroundings>
Order::compute(uint32_t Thread, uint32_t Segment, uint64_t &Steps) const {
  auto Result = std::make_shared<Surroundings>();
  auto &Before = Result->Before;
  auto &After = Result->After;
  Before.assign(Threads, 0);
  After.assign(Threads, Never);
  Steps += Threads / 4;
  if (Thread >= Threads)
    return Result;

  // Everything up to segment Limit - 1 of a thread is before; the part that is
  // new since the last visit brings its joins with it.
  struct Visit {
    uint32_t Thread;
    uint64_t Bound;
  };
  std::vector<Visit> Work{{Thread, uint64_t(Segment) + 1}};
  while (!Work.empty()) {
    auto [T, Limit] = Work.back();
    Work.pop_back();
    uint64_t Known = Before[T];
    if (Known >= Limit)
      continue;
    Before[T] = Limit;
    if (!Known && Parent[T].Other)
      Work.push_back({Parent[T].Other, uint64_t(Parent[T].Segment) + 1});
    const auto &Of = Joined[T];
    auto It = std::lower_bound(
        Of.begin(), Of.end(), Known,
        [](const Link &L, uint64_t Bound) { return L.Segment < Bound; });
    for (; It != Of.end() && It->Segment < Limit; ++It, ++Steps)
      Work.push_back({It->Other, Never});
    ++Steps;
  }

  Work = {{Thread, Segment}};
  while (!Work.empty()) {
    auto [T, First] = Work.back();
    Work.pop_back();
    uint64_t Known = After[T];
    if (Known <= First)
      continue;
    After[T] = First;
    if (Known == Never)
      for (const Link &L : JoinedBy[T])
        Work.push_back({L.Other, L.OtherSegment});
    // What the parent did up to ParentSegment is before the child.
    const auto &Of = Created[T];
    auto It = std::lower_bound(
        Of.begin(), Of.end(), First,
        [](const Link &L, uint64_t Bound) { return L.Segment < Bound; });
    for (; It != Of.end() && It->Segment < Known; ++It, ++Steps)
      Work.push_back({It->Other, 0});
    ++Steps;
  }
  return Result;
}

} // namespace raddle::lockorder
