// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Delta debugging: ddmin of Zeller and Hildebrandt, "Simplifying and Isolating
// Failure-Inducing Input" (TSE 2002), over the switches of a schedule, as
// Choi and Zeller did it in "Isolating Failure-Inducing Thread Schedules"
// (ISSTA 2002). It departs from them in four ways:
// - What is left out is not a difference to a run that passes: the thread that
//   runs goes on, which is always possible.
// - Preemptions first, with all other switches kept; then the others. Only the
//   first need an explanation, and they are few.
// - After a run that fails, switches that it did not make are gone at once.
// - Taking out single switches gets stuck where two hold each other up, so
//   neighbours are tried together.
// That ends at a schedule of which nothing can be left out, which need not be
// the shortest one. So schedules with fewer preemptions are tried from the
// other end, fewest first, as Musuvathi and Qadeer's "Iterative Context
// Bounding for Systematic Testing of Multithreaded Programs" (PLDI 2007) does
// it; but only at the places where the schedule that is known stops threads. At
// last each preemption is moved as late as it still fails: then the thread
// stands before the very step that matters, and not somewhere ahead of it.
#include "stress/runner/Minimise.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/xxhash.h"
#include <algorithm>
#include <map>
#include <set>

using namespace llvm;

namespace raddle::stress {

namespace {

using Clock = std::chrono::steady_clock;
using Schedule = std::vector<ScheduleSwitch>;
using Place = std::pair<uint32_t, uint64_t>; ///< Thread and clock.

Place placeOf(const ScheduleSwitch &S) { return {S.Thread, S.Clock}; }

class Minimiser {
public:
  Minimiser(const std::function<Expected<Attempt>(const Schedule &)> &Try,
            const MinimiseLimits &Limits,
            const std::function<void(unsigned, uint64_t)> &Progress)
      : Try(Try), Limits(Limits), Progress(Progress),
        End(Clock::now() + Limits.Time) {}

  Expected<Minimised> run(const Attempt &Failed) {
    Result.PreemptionsBefore = Failed.preemptions();
    // Also shows whether it comes again at all.
    if (!attempt(Failed.Made)) {
      if (Trouble)
        return std::move(Trouble);
      return createStringError(
          "the run did not fail again when its schedule was followed: "
          "something else than the schedule decides");
    }
    // Many bugs need no preemption, and many schedules have thousands.
    if (!attempt({}))
      while (!over()) {
        uint64_t Before = Wanted.size();
        reduce(/*Preemptions=*/true);
        reduce(/*Preemptions=*/false);
        join();
        if (Wanted.size() == Before)
          break;
      }
    Result.Complete = !over();
    search();
    delay();
    if (Trouble)
      return std::move(Trouble);
    return std::move(Result);
  }

private:
  bool over() {
    return Trouble || Result.Runs >= Limits.Runs || Clock::now() >= End;
  }

  /// Runs \p Candidate; keeps it if it fails, and \p Accept is true of it.
  bool attempt(const Schedule &Candidate,
               function_ref<bool(const Attempt &)> Accept = {}) {
    if (over())
      return false;
    uint64_t Hash = xxh3_64bits(
        ArrayRef(reinterpret_cast<const uint8_t *>(Candidate.data()),
                 Candidate.size() * sizeof(ScheduleSwitch)));
    if (!Tried.insert(Hash).second)
      return false; // Passed before.
    Expected<Attempt> A = Try(Candidate);
    ++Result.Runs;
    if (!A) {
      Trouble = A.takeError();
      return false;
    }
    if (!A->Fails || (Accept && !Accept(*A))) {
      report();
      return false;
    }
    keep(std::move(*A), Candidate);
    return true;
  }

  void keep(Attempt A, const Schedule &Candidate) {
    Result.Best = std::move(A);
    Why.clear();
    for (size_t I = 0; I < Result.Best.Made.size(); ++I)
      Why[placeOf(Result.Best.Made[I])] = Result.Best.Why[I];
    Wanted.clear();
    for (const ScheduleSwitch &S : Candidate)
      if (Why.contains(placeOf(S)))
        Wanted.push_back(S);
    report();
  }

  /// A schedule with few preemptions that passes, and from which event on more
  /// can be added.
  struct Passing {
    Schedule Told;
    std::vector<Attempt::Event> Course;
    size_t Begin;
  };

  /// Schedules of one preemption, then of two, and so on.
  void search() {
    const uint64_t Known = Result.Best.preemptions();
    std::set<uint64_t> Places;
    for (size_t I = 0; I < Result.Best.Places.size(); ++I)
      if (Result.Best.Why[I] == RunSwitchRecord::Preempted)
        Places.insert(Result.Best.Places[I]);
    if (Known < 2 || Places.empty() || over())
      return;
    constexpr unsigned MostRuns = 600;
    unsigned Left = std::min(MostRuns, Limits.Runs - Result.Runs);
    std::vector<Passing> Level, Next;
    std::optional<Passing> Found = tryFewer({}, 0, Left);
    if (Found)
      Level.push_back(std::move(*Found));
    for (uint64_t Depth = 1; Depth < Known && !Level.empty(); ++Depth) {
      for (const Passing &P : Level)
        for (size_t At = P.Begin; At < P.Course.size(); ++At)
          if (Places.contains(P.Course[At].Place))
            for (uint32_t Thread : threadsOf(P.Course)) {
              if (!Left || over())
                return;
              if (Thread == P.Course[At].Thread)
                continue;
              Schedule Told = P.Told;
              Told.push_back({P.Course[At].Thread, Thread, P.Course[At].Clock});
              Found = tryFewer(Told, At + 1, Left);
              if (Result.Best.preemptions() < Known)
                return;
              if (Found)
                Next.push_back(std::move(*Found));
            }
      Level = std::move(Next);
      Next.clear();
    }
  }

  /// Keeps \p Told if it fails; gives it back if it passes.
  std::optional<Passing> tryFewer(const Schedule &Told, size_t Begin,
                                  unsigned &Left) {
    --Left;
    Expected<Attempt> A = Try(Told);
    ++Result.Runs;
    report();
    if (!A) {
      Trouble = A.takeError();
      return std::nullopt;
    }
    // What could not be made was another schedule.
    for (const ScheduleSwitch &S : Told)
      if (!is_contained(A->Made, S))
        return std::nullopt;
    if (!A->Fails)
      return Passing{Told, std::move(A->Course), Begin};
    if (A->preemptions() < Result.Best.preemptions())
      keep(std::move(*A), Told);
    return std::nullopt;
  }

  static std::set<uint32_t> threadsOf(ArrayRef<Attempt::Event> Course) {
    std::set<uint32_t> Result;
    for (const Attempt::Event &E : Course)
      Result.insert(E.Thread);
    return Result;
  }

  void report() {
    if (Progress)
      Progress(Result.Runs, Result.Best.preemptions());
  }

  bool isPreemption(const ScheduleSwitch &S) const {
    auto At = Why.find(placeOf(S));
    return At != Why.end() && At->second == RunSwitchRecord::Preempted;
  }

  /// Indices into Wanted of what is being reduced.
  std::vector<size_t> units(bool Preemptions) const {
    std::vector<size_t> Result;
    for (size_t I = 0; I < Wanted.size(); ++I)
      if (isPreemption(Wanted[I]) == Preemptions)
        Result.push_back(I);
    return Result;
  }

  /// Wanted without those units that are not (or, \p Inside, that are) from
  /// \p Begin to \p Stop.
  Schedule without(const std::vector<size_t> &Units, size_t Begin, size_t Stop,
                   bool Inside) const {
    Schedule Result;
    size_t Unit = 0;
    for (size_t I = 0; I < Wanted.size(); ++I) {
      if (Unit < Units.size() && Units[Unit] == I) {
        bool IsInside = Unit >= Begin && Unit < Stop;
        ++Unit;
        if (IsInside == Inside)
          continue;
      }
      Result.push_back(Wanted[I]);
    }
    return Result;
  }

  void reduce(bool Preemptions) {
    size_t Parts = 1;
    while (!over()) {
      std::vector<size_t> Units = units(Preemptions);
      size_t Count = Units.size();
      if (!Count)
        return;
      Parts = std::min(Parts, Count);
      bool Reduced = false;
      auto Bounds = [&](size_t Part) {
        return std::pair(Count * Part / Parts, Count * (Part + 1) / Parts);
      };
      // With two parts, what is in one is what is not in the other.
      if (Parts > 2)
        for (size_t Part = 0; Part < Parts && !Reduced && !over(); ++Part) {
          auto [Begin, Stop] = Bounds(Part);
          if ((Reduced = attempt(without(Units, Begin, Stop, false))))
            Parts = 2;
        }
      for (size_t Part = 0; Part < Parts && !Reduced && !over(); ++Part) {
        auto [Begin, Stop] = Bounds(Part);
        if ((Reduced = attempt(without(Units, Begin, Stop, true))))
          Parts = std::max<size_t>(Parts - 1, 1);
      }
      if (Reduced)
        continue;
      if (Parts >= Count)
        return;
      Parts *= 2;
    }
  }

  /// Moves each preemption towards the end of its thread's time.
  void delay() {
    const Schedule Begin = Wanted;
    for (size_t I = Begin.size(); I-- > 0 && !over();) {
      auto Found = std::find(Wanted.begin(), Wanted.end(), Begin[I]);
      if (Found == Wanted.end() || !isPreemption(*Found))
        continue;
      size_t At = size_t(Found - Wanted.begin());
      // Galloping, and then by halves: it fails up to some event, as a rule.
      bool Grows = true;
      for (uint64_t Step = 1; Step && !over();) {
        bool Fails = attemptLater(At, Step);
        if (Fails && (At >= Wanted.size() || !isPreemption(Wanted[At])))
          return; // Even fewer: what is left has other places.
        Grows &= Fails;
        Step = Grows ? Step * 2 : Step / 2;
      }
    }
  }

  /// With switch \p At made \p Step events later, it fails, and has not more to
  /// explain.
  bool attemptLater(size_t At, uint64_t Step) {
    Schedule Later = Wanted;
    if (Later[At].Clock > UINT64_MAX - Step)
      return false;
    Later[At].Clock += Step;
    Place Moved = placeOf(Later[At]);
    if (Why.contains(Moved))
      return false; // Another switch is there.
    uint64_t Preemptions = Result.Best.preemptions();
    return attempt(Later, [&](const Attempt &A) {
      if (A.preemptions() != Preemptions)
        return A.preemptions() < Preemptions;
      // Only if it is this switch that is made now, and all others are.
      for (const ScheduleSwitch &S : Later)
        if (!is_contained(A.Made, S))
          return false;
      for (size_t I = 0; I < A.Made.size(); ++I)
        if (placeOf(A.Made[I]) == Moved)
          return A.Why[I] == RunSwitchRecord::Preempted;
      return false;
    });
  }

  /// What taking out one by one does not find: two switches that are in each
  /// other's way, and a thread that is let run only to be stopped at once.
  void join() {
    for (size_t I = 0; I + 1 < Wanted.size() && !over();) {
      auto Better = [Before = Result.Best.preemptions(),
                     Size = Result.Best.Made.size()](const Attempt &A) {
        return A.preemptions() < Before ||
               (A.preemptions() == Before && A.Made.size() < Size);
      };
      Schedule Less = Wanted;
      Less.erase(Less.begin() + I, Less.begin() + I + 2);
      bool Found = attempt(Less, Better);
      if (!Found && Wanted[I].Next == Wanted[I + 1].Thread) {
        Less = Wanted;
        Less[I].Next = Wanted[I + 1].Next;
        Less.erase(Less.begin() + I + 1);
        Found = Less[I].Next != Less[I].Thread && attempt(Less, Better);
      }
      I = Found ? 0 : I + 1;
    }
  }

  const std::function<Expected<Attempt>(const Schedule &)> &Try;
  const MinimiseLimits &Limits;
  const std::function<void(unsigned, uint64_t)> &Progress;
  Clock::time_point End;
  Minimised Result;
  Schedule Wanted; ///< What the best run was told, and did.
  std::map<Place, RunSwitchRecord::Reason> Why; ///< Of the best run.
  std::set<uint64_t> Tried;
  Error Trouble = Error::success();
};

} // namespace

uint64_t Attempt::preemptions() const {
  return uint64_t(
      std::count(Why.begin(), Why.end(), RunSwitchRecord::Preempted));
}

namespace {
uint64_t placeIn(const RunRecords &R, uint64_t Pc) {
  for (size_t I = 0; I < R.Modules.size(); ++I)
    if (Pc >= R.Modules[I].Begin && Pc < R.Modules[I].End)
      return uint64_t(I + 1) << 48 ^ (Pc - R.Modules[I].Begin);
  return 0;
}
} // namespace

Attempt attemptOf(const RunResult &R, bool Fails) {
  Attempt A;
  A.Made = scheduleOf(R.Records);
  for (const RunSwitchRecord &S : R.Records.Switches)
    A.Why.push_back(S.Why);
  for (const RunSwitchRecord &S : R.Records.Switches)
    A.Places.push_back(placeIn(R.Records, S.Pc));
  // Of long runs the beginning: there are more than can be tried.
  constexpr size_t MostEvents = 20000;
  for (const RunEventRecord &E : R.Records.Events) {
    if (A.Course.size() == MostEvents)
      break;
    A.Course.push_back({E.Head.Thread, E.Clock, placeIn(R.Records, E.Pc)});
  }
  A.Events = R.Log.Events;
  A.Hash = R.Log.Hash;
  // Without all switches it could not be followed.
  A.Fails = Fails && !R.Log.Lost && R.Log.Switches == A.Made.size();
  return A;
}

Expected<Minimised>
minimise(const Attempt &Failed,
         const std::function<Expected<Attempt>(const Schedule &)> &Try,
         const MinimiseLimits &Limits,
         const std::function<void(unsigned, uint64_t)> &Progress) {
  return Minimiser(Try, Limits, Progress).run(Failed);
}

} // namespace raddle::stress
