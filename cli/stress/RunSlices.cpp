// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stress/RunSlices.h"
#include <algorithm>
#include <map>

namespace raddle::cli {

using stress::Op;
using stress::RunEventRecord;
using stress::RunSwitchRecord;

namespace {

/// How far from a preemption its reason is looked for.
constexpr size_t Near = 400;
/// What is looked at between a stop and its end, and how many stops, the last
/// ones: a run that was not minimised has thousands.
constexpr size_t MaxBetween = 100000, MaxStops = 64;

/// What a stopped thread did with an object, and others meanwhile.
struct Use {
  size_t Before = 0, After = 0; ///< Distance from the stop; 0: not used.
  bool OwnChange = false;
  bool OthersUse = false, OthersChange = false, Data = false;
};

} // namespace

std::vector<RunSlice> slicesOf(const stress::RunRecords &Run) {
  std::map<std::pair<uint32_t, uint64_t>, RunSwitchRecord::Reason> Switches;
  for (const RunSwitchRecord &S : Run.Switches)
    Switches[{S.Head.Thread, S.Clock}] = S.Why;
  std::vector<RunSlice> Result;
  for (size_t I = 0; I < Run.Events.size(); ++I) {
    const RunEventRecord &E = Run.Events[I];
    if (Result.empty() || Result.back().Thread != E.Head.Thread)
      Result.push_back({E.Head.Thread, I, I, Run.Events.size(), {}});
    Result.back().End = I + 1;
  }
  std::map<uint32_t, size_t> Next;
  for (size_t I = Result.size(); I-- > 0;) {
    auto [At, New] = Next.try_emplace(Result[I].Thread, Run.Events.size());
    Result[I].Resumes = At->second;
    At->second = Result[I].Begin;
  }
  for (RunSlice &S : Result) {
    auto At = Switches.find({S.Thread, Run.Events[S.End - 1].Clock + 1});
    if (At != Switches.end())
      S.Why = At->second;
  }
  return Result;
}

bool isSilent(Op Kind) { return Kind == Op::Other || Kind == Op::None; }

size_t lastOf(const stress::RunRecords &Run, const RunSlice &Slice) {
  for (size_t I = Slice.End; I-- > Slice.Begin;)
    if (!isSilent(Run.Events[I].Kind))
      return I;
  return Slice.End - 1;
}

size_t nextOf(const stress::RunRecords &Run, const RunSlice &Slice) {
  for (size_t I = Slice.Resumes, Seen = 0; I < Run.Events.size() && Seen < Near;
       ++I) {
    if (Run.Events[I].Head.Thread != Slice.Thread)
      continue;
    if (!isSilent(Run.Events[I].Kind))
      return I;
    ++Seen;
  }
  return Slice.Resumes;
}

bool isAccess(Op Kind) { return Kind >= Op::Read && Kind <= Op::AtomicUpdate; }

bool isOnLock(Op Kind) { return Kind >= Op::Lock && Kind <= Op::BarrierWait; }

bool changes(Op Kind) {
  return Kind == Op::Write || Kind == Op::AtomicStore ||
         Kind == Op::AtomicUpdate || isOnLock(Kind);
}

std::vector<KeyObject> keyObjects(const stress::RunRecords &Run,
                                  const std::vector<RunSlice> &Slices) {
  std::vector<KeyObject> Result;
  std::vector<size_t> Stops;
  for (size_t S = Slices.size(); S-- > 0 && Stops.size() < MaxStops;)
    if (Slices[S].Why == RunSwitchRecord::Preempted)
      Stops.insert(Stops.begin(), S);
  for (size_t S : Stops) {
    const RunSlice &Stopped = Slices[S];
    std::map<uint32_t, Use> Uses;
    size_t Seen = 0;
    for (size_t I = Stopped.End;
         I-- > 0 && Seen < Near && Stopped.End - I < MaxBetween;) {
      const RunEventRecord &E = Run.Events[I];
      if (E.Head.Thread != Stopped.Thread || !E.Object || isSilent(E.Kind))
        continue;
      Use &U = Uses[E.Object];
      ++Seen;
      U.Before = U.Before ? U.Before : Seen;
      U.OwnChange |= changes(E.Kind);
      U.Data |= isAccess(E.Kind);
    }
    size_t Resumed = Stopped.Resumes;
    Seen = 0;
    for (size_t I = Resumed;
         I < Run.Events.size() && Seen < Near && I - Resumed < MaxBetween;
         ++I) {
      const RunEventRecord &E = Run.Events[I];
      if (E.Head.Thread != Stopped.Thread || !E.Object || isSilent(E.Kind))
        continue;
      Use &U = Uses[E.Object];
      ++Seen;
      U.After = U.After ? U.After : Seen;
      U.OwnChange |= changes(E.Kind);
      U.Data |= isAccess(E.Kind);
    }
    for (size_t I = Stopped.End; I < Resumed && I - Stopped.End < MaxBetween;
         ++I) {
      const RunEventRecord &E = Run.Events[I];
      auto At = Uses.find(E.Object);
      if (!E.Object || At == Uses.end() || isSilent(E.Kind))
        continue;
      At->second.OthersUse = true;
      At->second.OthersChange |= changes(E.Kind);
    }
    // Data rather than locks. What is done next is what had to come too late;
    // of "++x" compilers tell only the write, after they have read. Used on
    // both sides of the stop is what an atomicity violation is; near rather
    // than far.
    auto Rank = [](const Use &U) {
      return std::tuple(
          !U.Data, !(U.After == 1 && U.OthersChange), !(U.Before && U.After),
          std::min(U.After ? U.After : Near, U.Before ? U.Before : Near));
    };
    const std::pair<const uint32_t, Use> *Best = nullptr;
    for (const auto &Each : Uses)
      if (Each.second.OthersUse &&
          (Each.second.OthersChange || Each.second.OwnChange) &&
          (!Best || Rank(Each.second) < Rank(Best->second)))
        Best = &Each;
    if (Best)
      Result.push_back({Best->first, S});
  }
  return Result;
}

} // namespace raddle::cli
