// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The circular wait that goes through a condition variable: it cannot be
// signalled while the waiter holds what every signaller takes first.
#include "lockorder/observed/Report.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace raddle::lockorder {
namespace {

/// What two runs share of a condition variable, or nothing.
std::pair<std::string, uint64_t> globalPlace(const ObservedRun &Run,
                                             uint32_t Condition) {
  const ObservedLock &L = Run.Locks[Condition];
  return {L.Module, L.Module.empty() ? 0 : L.Offset};
}

/// Index of what keeps the signaller out while \p Held is held, or None.
uint32_t keptOut(const Records &R, uint32_t Run, const ObservedSignal &S,
                 uint32_t Node, bool Shared) {
  for (auto [I, H] : enumerate(S.Held))
    if (R.node(Run, H.Lock) == Node &&
        !(Shared && H.How == trace::Mode::Shared))
      return I;
  return None;
}

} // namespace

std::vector<ObservedWaitCycle> findWaitCycles(Records &R, const Classes &C) {
  std::vector<ObservedWaitCycle> Result;
  std::map<std::pair<uint32_t, uint32_t>, std::vector<uint32_t>> Signals;
  std::map<std::pair<std::string, uint64_t>, std::set<uint32_t>> Elsewhere;
  for (uint32_t Run = 0; Run < R.Runs.size(); ++Run)
    for (auto [I, S] : enumerate(R.Runs[Run].Signals))
      if (S.Condition && S.Condition < R.Runs[Run].Locks.size()) {
        Signals[{Run, S.Condition}].push_back(I);
        auto Where = globalPlace(R.Runs[Run], S.Condition);
        if (!Where.first.empty())
          Elsewhere[Where].insert(Run);
      }

  std::set<std::pair<uint32_t, SiteId>> Done;
  uint64_t Steps = 0;
  for (uint32_t Run = 0; Run < R.Runs.size(); ++Run) {
    const ObservedRun &Of = R.Runs[Run];
    for (auto [Index, W] : enumerate(Of.Waits)) {
      auto It = Signals.find({Run, W.Condition});
      if (It == Signals.end() || !W.Thread || W.Thread >= Of.Threads.size() ||
          Steps > CycleSearch::MaxSteps)
        continue;
      auto Around = R.Orders[Run].around(W.Thread, W.Segment, Steps);
      // Who signals before the waiter was made, or only after it was joined,
      // cannot end this wait.
      std::vector<uint32_t> Meeting;
      Steps += It->second.size();
      for (uint32_t S : It->second)
        if (Around->concurrent(Of.Signals[S].Thread, Of.Signals[S].Segment))
          Meeting.push_back(S);
      // Who is not known may be the waiter itself, at another time.
      if (Meeting.empty() ||
          any_of(Meeting, [&](uint32_t S) { return !Of.Signals[S].Thread; }))
        continue;
      for (auto [HeldAt, H] : enumerate(W.Held)) {
        uint32_t Node = R.node(Run, H.Lock);
        bool Shared = H.How == trace::Mode::Shared;
        if (Node == None || H.Lock == W.Mutex)
          continue;
        auto Needs = [&](uint32_t InRun, const ObservedSignal &S) {
          return keptOut(R, InRun, S, Node, Shared) != None;
        };
        if (!all_of(Meeting,
                    [&](uint32_t S) { return Needs(Run, Of.Signals[S]); }))
          continue;
        // In another run somebody may have signalled the same variable freely.
        auto Where = globalPlace(Of, W.Condition);
        bool Freely = false;
        if (auto Runs = Elsewhere.find(Where); Runs != Elsewhere.end())
          for (uint32_t Other : Runs->second)
            Freely |=
                Other != Run &&
                any_of(R.Runs[Other].Signals, [&](const ObservedSignal &S) {
                  return S.Condition &&
                         S.Condition < R.Runs[Other].Locks.size() &&
                         globalPlace(R.Runs[Other], S.Condition) == Where &&
                         !Needs(Other, S);
                });
        if (Freely ||
            !Done.insert({C.Of[Node], R.Stacks.site({Run, W.Stack})}).second)
          continue;
        Result.push_back({Run, uint32_t(Index), uint32_t(HeldAt), Meeting[0],
                          keptOut(R, Run, Of.Signals[Meeting[0]], Node, Shared),
                          unsigned(Meeting.size())});
      }
    }
  }
  return Result;
}

} // namespace raddle::lockorder
