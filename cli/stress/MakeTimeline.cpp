// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stress/MakeTimeline.h"
#include "cli/stress/OpWords.h"
#include "cli/stress/Story.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <utility>

using namespace llvm;

namespace raddle::cli {

using stress::Op;
using stress::RunEventRecord;
using stress::RunSwitchRecord;

namespace {

/// The page folds what the failure does not need; results hold many failures.
constexpr size_t MaxSteps = 1000;
constexpr size_t Around = 2; ///< Steps shown on both sides of a preemption.
constexpr size_t Last = 6;   ///< And of the end of the run.
constexpr size_t MaxHolds = 1000, MaxWaits = 100;

bool isMutexOp(Op Kind) {
  return Kind >= Op::Lock && Kind <= Op::Relock && Kind != Op::Wait;
}

/// A lock from its acquisition to its release, as events.
struct Hold {
  uint32_t Thread, Object;
  size_t Begin, End; ///< End: that of the run, if it was not released.
};

std::vector<Hold> holdsOf(const stress::RunRecords &Run) {
  std::vector<Hold> Result;
  std::map<std::pair<uint32_t, uint32_t>, std::vector<size_t>> Open;
  // An attempt may have failed: it counts when its release is seen.
  std::map<std::pair<uint32_t, uint32_t>, size_t> Tried;
  // Who waits on a condition has given back a mutex; which one, only its Relock
  // says.
  std::map<uint32_t, size_t> Waits;
  for (size_t I = 0; I < Run.Events.size(); ++I) {
    const RunEventRecord &E = Run.Events[I];
    std::pair Key(E.Head.Thread, E.Object);
    switch (E.Kind) {
    case Op::Wait:
      Waits[E.Head.Thread] = I;
      break;
    case Op::Relock:
      if (auto At = Waits.find(E.Head.Thread); At != Waits.end()) {
        auto &Begins = Open[Key];
        if (!Begins.empty() && Begins.back() < At->second) {
          Result.push_back(
              {E.Head.Thread, E.Object, Begins.back(), At->second});
          Begins.pop_back();
        }
        Waits.erase(At);
      }
      [[fallthrough]];
    case Op::Lock:
    case Op::SharedLock:
      Open[Key].push_back(I);
      break;
    case Op::TryLock:
    case Op::TrySharedLock:
      Tried[Key] = I;
      break;
    case Op::Unlock: {
      auto At = Open.find(Key);
      if (At != Open.end() && !At->second.empty()) {
        Result.push_back({E.Head.Thread, E.Object, At->second.back(), I});
        At->second.pop_back();
      } else if (auto Try = Tried.find(Key); Try != Tried.end()) {
        Result.push_back({E.Head.Thread, E.Object, Try->second, I});
        Tried.erase(Try);
      }
      break;
    }
    default:
      break;
    }
  }
  for (const auto &[Key, Begins] : Open)
    for (size_t Begin : Begins) {
      // It still waits: what it took last before is not held.
      auto At = Waits.find(Key.first);
      bool Given = At != Waits.end() && Begin < At->second;
      Result.push_back({Key.first, Key.second, Begin,
                        Given ? At->second : Run.Events.size()});
      if (Given)
        Waits.erase(At);
    }
  return Result;
}

class Maker {
public:
  Maker(const stress::RunRecords &Run, RunPlaces &Places, RunTime &Into)
      : Run(Run), Places(Places), Into(Into), Slices(slicesOf(Run)) {}

  Timeline make(StringRef Says) {
    Told = tellStory(Run, Slices, Places, Says);
    Result.Story = Told.Sentences;
    for (uint32_t T = 1; T < std::max<size_t>(Run.Threads.size(), 2); ++T) {
      TimelineLane L;
      L.Thread = Places.thread(T);
      if (T < Run.Threads.size() && Run.Threads[T].Pc)
        L.Creation = stack(Run.Threads[T].Pc);
      Result.Lanes.push_back(std::move(L));
    }
    choose();
    steps();
    waits();
    holds();
    return std::move(Result);
  }

private:
  /// Of an operation on a lock without the frames of the project's own mutex
  /// class and guard in front: they say nothing of which lock it is.
  Index stack(uint64_t Pc, Op Kind = Op::None) {
    auto [It, New] = Stacks.try_emplace({Pc, isOnLock(Kind)});
    if (New) {
      const std::vector<lockorder::Frame> &All = Places.frames(Pc);
      const lockorder::Frame *From =
          isOnLock(Kind) ? Places.own(Pc, Kind) : nullptr;
      It->second = uint32_t(Into.Stacks.size());
      Into.Stacks.emplace_back(
          From ? All.begin() + (From - All.data()) : All.begin(), All.end());
    }
    return It->second;
  }

  /// Two locks of one name are not one lock.
  std::string lockName(uint32_t Object) {
    auto [It, New] = LockNames.try_emplace(Object, Places.object(Object));
    if (New && It->second.empty())
      It->second = "lock " + std::to_string(Object);
    else if (New)
      if (unsigned Before = LocksOfName[It->second]++)
        It->second += " #" + std::to_string(Before + 1);
    return It->second;
  }

  void show(size_t Event) {
    if (Event < Run.Events.size() && Shown.size() < MaxSteps &&
        !isSilent(Run.Events[Event].Kind))
      Shown.insert(Event);
  }

  /// Most important first, as there is room for some only.
  void choose() {
    for (size_t I = 0; I < Last && I < Run.Events.size(); ++I)
      show(Run.Events.size() - 1 - I);
    for (size_t Event : Told.Key)
      show(Event);
    for (size_t S = Slices.size(); S-- > 0;) {
      if (Slices[S].Why != RunSwitchRecord::Preempted)
        continue;
      for (size_t I = 0; I < Around; ++I) {
        if (Slices[S].End > Slices[S].Begin + I)
          show(Slices[S].End - 1 - I);
        show(Slices[S].End + I);
      }
      show(lastOf(Run, Slices[S]));
      show(nextOf(Run, Slices[S]));
    }
    // Where a lock is taken and given back around what is shown.
    Holds = holdsOf(Run);
    std::set<size_t> Before = Shown;
    for (const Hold &H : Holds) {
      auto Inside = Before.lower_bound(H.Begin);
      if (Inside == Before.end() || *Inside > H.End)
        continue;
      show(H.Begin);
      show(H.End);
    }
    // A slice that is not seen at all would hide that there was a switch.
    for (const RunSlice &S : llvm::reverse(Slices))
      if (auto At = Shown.lower_bound(S.Begin);
          At == Shown.end() || *At >= S.End)
        show(S.Begin);
    // The rest as far as there is room, what was near the failure first.
    for (size_t I = Run.Events.size(); I-- > 0 && Shown.size() < MaxSteps;)
      show(I);
  }

  /// Threads start and end, and nothing is named by that.
  std::string objectOf(Op Kind, uint32_t Object) {
    if (!Object || !(isAccess(Kind) || isOnLock(Kind) ||
                     Kind == Op::FutexWait || Kind == Op::FutexWake))
      return "";
    if (isMutexOp(Kind))
      return lockName(Object);
    std::string Name = Places.object(Object);
    return Name.empty() ? "object " + std::to_string(Object) : Name;
  }

  /// What threads wait for at a verdict: calls that never came back.
  void waits() {
    for (const stress::RunFinal &F : Run.Finals) {
      const stress::RunFinalRecord &R = F.Record;
      if (R.Waits == Op::None || !R.Head.Thread ||
          R.Head.Thread > Result.Lanes.size() ||
          Result.Steps.size() >= MaxSteps + MaxWaits)
        continue;
      TimelineStep S;
      S.Lane = R.Head.Thread - 1;
      S.Does = opName(R.Waits).str();
      S.Object = objectOf(R.Waits, R.Object);
      if (R.Waits == Op::Join && R.Owner)
        S.Object = Places.thread(R.Owner);
      if (R.Pc)
        S.Stack = stack(R.Pc, R.Waits);
      S.Key = R.InCycle;
      S.Words = "waits for ever";
      if (R.Owner && R.Waits != Op::Join)
        S.Words += ": " + Places.thread(R.Owner) + " has it";
      Result.Steps.push_back(std::move(S));
    }
  }

  void steps() {
    std::set<size_t> Stops, Resumes;
    for (const RunSlice &S : Slices)
      if (S.Why == RunSwitchRecord::Preempted) {
        Stops.insert(lastOf(Run, S));
        Resumes.insert(nextOf(Run, S));
      }
    uint64_t Before = 0;
    uint32_t Made = 1; // Threads are numbered in order of creation.
    for (size_t I = 0; I < Run.Events.size(); ++I) {
      const RunEventRecord &E = Run.Events[I];
      Made += E.Kind == Op::Create;
      uint32_t Lane = E.Head.Thread ? E.Head.Thread - 1 : 0;
      if (!Shown.contains(I) || Lane >= Result.Lanes.size()) {
        Before += !isSilent(E.Kind);
        Result.Left += !isSilent(E.Kind);
        continue;
      }
      TimelineStep S;
      S.Before = std::exchange(Before, 0);
      S.Lane = Lane;
      S.Does = opName(E.Kind).str();
      S.Object = objectOf(E.Kind, E.Object);
      if (E.Kind == Op::Create && Made < Run.Threads.size() &&
          Run.Threads[Made].Parent == E.Head.Thread)
        S.Object = Places.thread(Made);
      if (E.Pc)
        S.Stack = stack(E.Pc, E.Kind);
      S.Stopped = Stops.contains(I);
      S.Preempted = Resumes.contains(I);
      S.Key = Told.Key.contains(I);
      if (auto At = Told.Words.find(I); At != Told.Words.end())
        S.Words = At->second;
      Numbers[I] = uint32_t(Result.Steps.size());
      Result.Steps.push_back(std::move(S));
    }
  }

  void holds() {
    for (const Hold &H : Holds) {
      auto Begin = Numbers.lower_bound(H.Begin);
      if (Begin == Numbers.end() || Begin->first > H.End ||
          Result.Holds.size() >= MaxHolds ||
          H.Thread - 1 >= Result.Lanes.size())
        continue;
      TimelineHold T;
      T.Lane = H.Thread - 1;
      T.Lock = lockName(H.Object);
      T.Begin = Begin->second;
      if (H.End < Run.Events.size()) {
        auto End = Numbers.upper_bound(H.End);
        T.End = std::prev(End)->second;
      }
      Result.Holds.push_back(std::move(T));
    }
  }

  const stress::RunRecords &Run;
  RunPlaces &Places;
  RunTime &Into;
  std::vector<RunSlice> Slices;
  Story Told;
  std::set<size_t> Shown;
  std::vector<Hold> Holds;
  std::map<std::pair<uint64_t, bool>, Index> Stacks;
  std::map<uint32_t, std::string> LockNames;
  std::map<std::string, unsigned> LocksOfName;
  std::map<size_t, uint32_t> Numbers; ///< Event to step.
  Timeline Result;
};

} // namespace

Timeline makeTimeline(const stress::RunRecords &Run, RunPlaces &Places,
                      StringRef Says, RunTime &Into) {
  return Maker(Run, Places, Into).make(Says);
}

} // namespace raddle::cli
