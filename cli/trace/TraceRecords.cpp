// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/TraceRecords.h"

using namespace llvm;
using namespace raddle::trace;

namespace raddle::cli {

RecordReader::RecordReader(Trace &T) : T(T) {
  T.Modules.emplace_back();
  T.Stacks.emplace_back();
  T.Threads.emplace_back();
  T.Locks.emplace_back();
  T.Tasks.emplace_back();
}

TraceFrame RecordReader::frame(uint64_t Address) const {
  auto It = Mapped.upper_bound(Address);
  if (It == Mapped.begin())
    return {Address, 0};
  uint32_t Index = std::prev(It)->second;
  return {Address, Address < T.Modules[Index].End ? Index : 0};
}

void RecordReader::module(Cursor &C) {
  auto R = C.take<ModuleRecord>();
  if (C.bad())
    return;
  uint32_t Index = Modules.define(R.Id, T.Modules.size()).first;
  if (Index == T.Modules.size())
    T.Modules.emplace_back();
  TraceModule &M = T.Modules[Index];
  M.Bias = R.Bias;
  M.Start = R.Start;
  M.End = R.End;
  M.BuildId = C.text(R.BuildIdLength).str();
  M.Path = C.text(R.PathLength).str();
  Mapped[R.Start] = Index;
}

void RecordReader::stack(Cursor &C) {
  auto R = C.take<StackRecord>();
  if (C.bad())
    return;
  auto [Index, New] = Stacks.define(R.Id, T.Stacks.size());
  if (!New) {
    BadValue = true;
    return;
  }
  TraceStack &S = T.Stacks.emplace_back();
  S.ExactTop = R.Flags & StackExactTop;
  S.Truncated = R.Flags & StackTruncated;
  uint32_t Count = C.count(R.Count, sizeof(uint64_t));
  for (uint32_t I = 0; I < Count; ++I) {
    auto Address = C.take<uint64_t>();
    // A return address can be the first byte of what lies behind the module.
    TraceFrame F = frame(Address - (Address && (I || !S.ExactTop) ? 1 : 0));
    S.Frames.push_back({Address, F.Module});
  }
}

void RecordReader::thread(Cursor &C) {
  auto R = C.take<ThreadRecord>();
  if (C.bad())
    return;
  // A second record says what was not known when the first was written.
  uint32_t Index = Threads.define(R.Id, T.Threads.size()).first;
  if (Index == T.Threads.size())
    T.Threads.emplace_back();
  TraceThread &Into = T.Threads[Index];
  Into.Number = R.Id;
  Into.Tid = R.Tid;
  Into.Kind = enumerated(R.Kind, ThreadKind::Foreign);
  Into.Parent = R.Parent;
  Into.ParentSegment = R.ParentSegment;
  Into.CreationStack = R.CreationStack;
  Into.StartRoutine = frame(R.StartRoutine);
  Into.Time = R.Time;
}

std::vector<TraceHeld> RecordReader::held(Cursor &C, uint32_t Count) {
  Count = C.count(Count, sizeof(Held));
  std::vector<TraceHeld> Result(Count);
  for (TraceHeld &Into : Result) {
    Held H = C.take<Held>();
    Into = {H.Lock, H.Stack, H.Flags,
            enumerated(static_cast<Mode>(H.Mode), Mode::Shared)};
  }
  return Result;
}

void RecordReader::leak(Cursor &C) {
  auto R = C.take<LeakRecord>();
  if (C.bad())
    return;
  TraceLeak &L = T.Leaks.emplace_back();
  L.Kind = enumerated(R.Kind, TaskKind::Coroutine);
  (L.Kind == TaskKind::Thread ? L.Thread : L.Task) = R.Id;
  L.State = enumerated(R.State, TaskState::Idle);
  L.Stack = R.Stack;
  L.On = wait(R.On);
  L.Proven = enumerated(R.Proven, Proof::Unreachable);
  L.Check = R.Check;
  L.Time = R.Time;
  L.ResumePoint = frame(R.ResumePoint);
  L.ResumeIndex = R.ResumeIndex;
  L.Test = C.text(R.TestLength).str();
  L.Detail = C.text(R.DetailLength).str();
}

void RecordReader::deadlock(Cursor &C) {
  auto R = C.take<DeadlockRecord>();
  if (C.bad())
    return;
  TraceDeadlock &D = T.Deadlocks.emplace_back();
  D.Kind = enumerated(R.Kind, DeadlockKind::Stall);
  D.Time = R.Time;
  uint32_t Count = C.count(R.Count, sizeof(DeadlockThread));
  for (uint32_t I = 0; I < Count; ++I) {
    auto E = C.take<DeadlockThread>();
    D.Threads.push_back({E.Thread, E.Stack, wait(E.On)});
  }
}

void RecordReader::snapshotEntry(Cursor &C) {
  auto R = C.take<SnapshotEntryRecord>();
  if (C.bad())
    return;
  if (T.Snapshots.empty() || !Entries) {
    BadValue = true;
    return;
  }
  --Entries;
  TraceSnapshotEntry &E = T.Snapshots.back().Entries.emplace_back();
  E.Kind = enumerated(R.Kind, TaskKind::Coroutine);
  (E.Kind == TaskKind::Thread ? E.Thread : E.Task) = R.Id;
  E.State = enumerated(R.State, TaskState::Idle);
  E.Stack = R.Stack;
  E.CreationStack = R.CreationStack;
  E.Alike = std::max(1u, R.Alike);
  E.On = wait(R.On);
}

bool RecordReader::read(RecordType Type, Cursor &C) {
  BadValue = false;
  switch (Type) {
  case RecordType::End:
    return true;
  case RecordType::Program: {
    auto R = C.take<ProgramRecord>();
    StringRef Rest = C.text(R.TextLength);
    auto [Path, Arguments] = Rest.split('\0');
    T.Program = Path.str();
    Rest = Arguments;
    for (uint32_t I = 0; I < R.Arguments && !Rest.empty(); ++I) {
      auto [Argument, After] = Rest.split('\0');
      T.Arguments.push_back(Argument.str());
      Rest = After;
    }
    return true;
  }
  case RecordType::Module:
    module(C);
    return true;
  case RecordType::ModuleGone: {
    auto R = C.take<ModuleGoneRecord>();
    if (uint32_t Index = Modules(R.Id)) {
      auto It = Mapped.find(T.Modules[Index].Start);
      if (It != Mapped.end() && It->second == Index)
        Mapped.erase(It);
    }
    return true;
  }
  case RecordType::Stack:
    stack(C);
    return true;
  case RecordType::Thread:
    thread(C);
    return true;
  case RecordType::ThreadName: {
    auto R = C.take<ThreadNameRecord>();
    StringRef Name = C.text(R.NameLength);
    if (TraceThread *Into = of(T.Threads, Threads, R.Thread))
      Into->Name = Name.str();
    return true;
  }
  case RecordType::ThreadEnd: {
    auto R = C.take<ThreadEndRecord>();
    if (TraceThread *Into = of(T.Threads, Threads, R.Thread))
      Into->Ended = R.Time;
    return true;
  }
  case RecordType::ThreadJoin: {
    auto R = C.take<ThreadJoinRecord>();
    T.Joins.push_back({R.Thread, R.By, R.Segment});
    if (TraceThread *Into = of(T.Threads, Threads, R.Thread))
      Into->Joined = true;
    return true;
  }
  case RecordType::ThreadDetach: {
    auto R = C.take<ThreadDetachRecord>();
    if (TraceThread *Into = of(T.Threads, Threads, R.Thread))
      Into->Detached = true;
    return true;
  }
  case RecordType::Lock: {
    auto R = C.take<LockRecord>();
    if (C.bad())
      return true;
    auto [Index, New] = Locks.define(R.Id, T.Locks.size());
    if (New)
      T.Locks.emplace_back();
    T.Locks[Index] = {enumerated(R.Kind, LockKind::Futex), R.Address,
                      Modules(R.Module)};
    return true;
  }
  case RecordType::LockGone:
    C.take<LockGoneRecord>();
    return true;
  case RecordType::Acquisition: {
    auto R = C.take<AcquisitionRecord>();
    if (C.bad())
      return true;
    T.Acquisitions.push_back({R.Lock, R.Thread, R.Segment, R.Stack, R.Flags,
                              enumerated(R.How, Mode::Shared),
                              held(C, R.HeldCount)});
    return true;
  }
  case RecordType::ConditionWait: {
    auto R = C.take<ConditionWaitRecord>();
    if (C.bad())
      return true;
    T.ConditionWaits.push_back({R.Condition, R.Mutex, R.Thread, R.Segment,
                                R.Stack, R.Timed != 0, held(C, R.HeldCount)});
    return true;
  }
  case RecordType::ConditionSignal: {
    auto R = C.take<ConditionSignalRecord>();
    if (C.bad())
      return true;
    T.ConditionSignals.push_back(
        {R.Condition, R.Thread, R.Segment, R.Stack, held(C, R.HeldCount)});
    return true;
  }
  case RecordType::LockStats: {
    auto R = C.take<LockStatsRecord>();
    if (!C.bad())
      T.LockStats.push_back(R);
    return true;
  }
  case RecordType::Task: {
    auto R = C.take<TaskRecord>();
    if (C.bad())
      return true;
    auto [Index, New] = Tasks.define(R.Id, T.Tasks.size());
    if (New)
      T.Tasks.emplace_back();
    T.Tasks[Index] = {enumerated(R.Kind, TaskKind::Coroutine),
                      R.CreationStack,
                      R.CreatedBy,
                      R.Time,
                      R.Address,
                      C.text(R.NameLength).str()};
    return true;
  }
  case RecordType::Leak:
    leak(C);
    return true;
  case RecordType::Deadlock:
    deadlock(C);
    return true;
  case RecordType::Snapshot: {
    auto R = C.take<SnapshotRecord>();
    if (C.bad())
      return true;
    T.Snapshots.push_back({R.Number, R.Time, {}});
    Entries = R.Count;
    return true;
  }
  case RecordType::SnapshotEntry:
    snapshotEntry(C);
    return true;
  case RecordType::IgnoreRule: {
    auto R = C.take<IgnoreRuleRecord>();
    if (C.bad())
      return true;
    TraceRule &Into = T.Rules.emplace_back();
    Into.Origin = enumerated(R.Origin, RuleOrigin::Code);
    Into.Matches = R.Matches;
    Into.Text = C.text(R.TextLength).str();
    Into.Reason = C.text(R.ReasonLength).str();
    return true;
  }
  case RecordType::Message: {
    auto R = C.take<MessageRecord>();
    // An empty one fills the end of a window.
    if (StringRef Text = C.text(R.TextLength); !Text.empty())
      T.Messages.push_back(Text.str());
    return true;
  }
  }
  return false;
}

} // namespace raddle::cli
