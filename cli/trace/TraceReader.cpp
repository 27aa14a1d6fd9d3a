// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/TraceReader.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstring>
#include <map>
#include <unordered_map>

using namespace llvm;
using namespace raddle::trace;

namespace raddle::cli {
namespace {

/// The numbers of one kind of record, as the file has them and as we do.
class Ids {
public:
  /// A new one gets \p Next.
  std::pair<uint32_t, bool> define(uint32_t Id, size_t Next) {
    auto [It, New] = Map.try_emplace(Id, static_cast<uint32_t>(Next));
    return {It->second, New};
  }
  /// 0 if there is none.
  uint32_t operator()(uint32_t Id) const {
    auto It = Map.find(Id);
    return It == Map.end() ? 0 : It->second;
  }

private:
  std::unordered_map<uint32_t, uint32_t> Map;
};

/// One record's bytes. What is taken from behind the end is empty, and noted.
class Cursor {
public:
  explicit Cursor(StringRef Bytes) : Rest(Bytes) {}

  template <typename T> T take() {
    T Value{};
    if (Rest.size() < sizeof(T)) {
      Bad = true;
      Rest = "";
    } else {
      std::memcpy(&Value, Rest.data(), sizeof(T));
      Rest = Rest.drop_front(sizeof(T));
    }
    return Value;
  }
  StringRef text(uint64_t Length) {
    if (Length > Rest.size()) {
      Bad = true;
      Length = Rest.size();
    }
    StringRef Text = Rest.take_front(Length);
    Rest = Rest.drop_front(Length);
    return Text;
  }
  /// \p Count elements are there; else as many as are.
  uint32_t count(uint32_t Count, size_t Size) {
    if (Count <= Rest.size() / Size)
      return Count;
    Bad = true;
    return static_cast<uint32_t>(Rest.size() / Size);
  }
  bool bad() const { return Bad; }

private:
  StringRef Rest;
  bool Bad = false;
};

class Reader {
public:
  Reader(StringRef Bytes, Trace &T) : Bytes(Bytes), T(T) {}
  void run();

private:
  void warn(uint64_t Offset, const Twine &Text);
  bool record(RecordType Type, Cursor &C);
  void resolve();

  template <typename E> E enumerated(E Value, E Last) {
    if (static_cast<uint32_t>(Value) <= static_cast<uint32_t>(Last))
      return Value;
    BadValue = true;
    return E{};
  }
  TraceWait wait(TraceWait W) {
    W.Kind = enumerated(W.Kind, WaitKind::SystemCall);
    return W;
  }
  std::vector<TraceHeld> held(Cursor &C, uint32_t Count);
  TraceFrame frame(uint64_t Address) const;
  void module(Cursor &C);
  void stack(Cursor &C);
  void thread(Cursor &C);
  void leak(Cursor &C);
  void deadlock(Cursor &C);
  void snapshotEntry(Cursor &C);
  template <typename Item>
  Item *of(std::vector<Item> &All, Ids &I, uint32_t Id) {
    uint32_t Index = I(Id);
    return Index ? &All[Index] : nullptr;
  }

  StringRef Bytes;
  Trace &T;
  Ids Modules, Stacks, Threads, Locks, Tasks;
  std::map<uint64_t, uint32_t> Mapped; ///< Module by start, now.
  bool BadValue = false;
  uint64_t NotKnown = 0; ///< Ids that no record has.
  uint64_t Entries = 0;  ///< Still to come, of the last snapshot.
};

constexpr size_t MaxWarnings = 10;

void Reader::warn(uint64_t Offset, const Twine &Text) {
  if (T.Warnings.size() < MaxWarnings)
    T.Warnings.push_back(
        ("'" + T.File + "', offset " + Twine(Offset) + ": " + Text).str());
}

TraceFrame Reader::frame(uint64_t Address) const {
  auto It = Mapped.upper_bound(Address);
  if (It == Mapped.begin())
    return {Address, 0};
  uint32_t Index = std::prev(It)->second;
  return {Address, Address < T.Modules[Index].End ? Index : 0};
}

void Reader::module(Cursor &C) {
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

void Reader::stack(Cursor &C) {
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

void Reader::thread(Cursor &C) {
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

std::vector<TraceHeld> Reader::held(Cursor &C, uint32_t Count) {
  Count = C.count(Count, sizeof(Held));
  std::vector<TraceHeld> Result(Count);
  for (TraceHeld &Into : Result) {
    Held H = C.take<Held>();
    Into = {H.Lock, H.Stack, H.Flags,
            enumerated(static_cast<Mode>(H.Mode), Mode::Shared)};
  }
  return Result;
}

void Reader::leak(Cursor &C) {
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

void Reader::deadlock(Cursor &C) {
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

void Reader::snapshotEntry(Cursor &C) {
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

/// False: there is no such type.
bool Reader::record(RecordType Type, Cursor &C) {
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

/// Records may be written in another order than their numbers were given out,
/// so numbers are looked up at the end.
void Reader::resolve() {
  auto To = [this](const Ids &Known, auto &...Each) {
    auto One = [&](uint32_t &Id) {
      uint32_t Index = Id ? Known(Id) : 0;
      NotKnown += Id && !Index;
      Id = Index;
    };
    (One(Each), ...);
  };
  auto Wait = [&](TraceWait &W) {
    To(Locks, W.Lock, W.Mutex);
    To(Threads, W.Owner);
    To(Stacks, W.OwnerStack);
  };
  auto Held = [&](std::vector<TraceHeld> &All) {
    for (TraceHeld &H : All) {
      To(Locks, H.Lock);
      To(Stacks, H.Stack);
    }
  };
  for (TraceThread &E : T.Threads) {
    To(Threads, E.Parent);
    To(Stacks, E.CreationStack);
  }
  for (TraceTask &E : T.Tasks) {
    To(Threads, E.CreatedBy);
    To(Stacks, E.CreationStack);
  }
  for (TraceJoin &E : T.Joins)
    To(Threads, E.Thread, E.By);
  for (TraceAcquisition &E : T.Acquisitions) {
    To(Locks, E.Lock);
    To(Threads, E.Thread);
    To(Stacks, E.Stack);
    Held(E.Held);
  }
  for (TraceConditionWait &E : T.ConditionWaits) {
    To(Locks, E.Condition, E.Mutex);
    To(Threads, E.Thread);
    To(Stacks, E.Stack);
    Held(E.Held);
  }
  for (TraceConditionSignal &E : T.ConditionSignals) {
    To(Locks, E.Condition);
    To(Threads, E.Thread);
    To(Stacks, E.Stack);
    Held(E.Held);
  }
  for (TraceLockStats &E : T.LockStats) {
    To(Locks, E.Lock);
    To(Threads, E.WaitMaxThread, E.WaitMaxOwner, E.HoldMaxThread);
    To(Stacks, E.WaitMaxStack, E.WaitMaxOwnerStack, E.HoldMaxStack);
  }
  for (TraceLeak &E : T.Leaks) {
    To(Threads, E.Thread);
    To(Tasks, E.Task);
    To(Stacks, E.Stack);
    Wait(E.On);
  }
  for (TraceDeadlock &D : T.Deadlocks)
    for (TraceDeadlockThread &E : D.Threads) {
      To(Threads, E.Thread);
      To(Stacks, E.Stack);
      Wait(E.On);
    }
  for (TraceSnapshot &S : T.Snapshots)
    for (TraceSnapshotEntry &E : S.Entries) {
      To(Threads, E.Thread);
      To(Tasks, E.Task);
      To(Stacks, E.Stack, E.CreationStack);
      Wait(E.On);
    }
}

void Reader::run() {
  T.Modules.emplace_back();
  T.Stacks.emplace_back();
  T.Threads.emplace_back();
  T.Locks.emplace_back();
  T.Tasks.emplace_back();
  uint64_t Offset = T.Head.HeaderSize;
  bool UnknownType = false;
  while (Bytes.size() - Offset >= sizeof(Record)) {
    Record R;
    std::memcpy(&R, Bytes.data() + Offset, sizeof(R));
    if (R.Type == RecordType::End)
      break;
    if (R.Size < sizeof(Record) || R.Size % 8 != 0) {
      warn(Offset, "a record of " + Twine(R.Size) +
                       " bytes cannot be; what follows is not read");
      break;
    }
    if (R.Size > Bytes.size() - Offset) {
      warn(Offset,
           "the file ends within a record of " + Twine(R.Size) + " bytes");
      break;
    }
    BadValue = false;
    StringRef Body = Bytes.substr(Offset, R.Size);
    // The shortest filler has no room for a message's length.
    if (R.Type != RecordType::Message || R.Size >= sizeof(MessageRecord)) {
      Cursor C(Body);
      if (!record(R.Type, C)) {
        if (!UnknownType)
          warn(Offset, "records of type " + Twine(uint32_t(R.Type)) +
                           " are not known to this raddle; they are left out");
        UnknownType = true;
      } else if (C.bad() || BadValue) {
        warn(Offset, C.bad() ? "a record says that it holds more than it does"
                             : "a record holds a value that cannot be");
      }
    }
    Offset += R.Size;
  }
  resolve();
  if (NotKnown)
    warn(Offset, Twine(NotKnown) +
                     " references name what no record tells of; they count as "
                     "not known");
}

} // namespace

bool isTrace(StringRef Bytes) {
  return Bytes.starts_with(StringRef(Magic, sizeof(Magic)));
}

bool isTraceFile(StringRef Path) {
  auto Start = MemoryBuffer::getFileSlice(Path, sizeof(Magic), 0);
  return Start && isTrace((*Start)->getBuffer());
}

Expected<Trace> parseTrace(StringRef Bytes, StringRef Name) {
  Trace T;
  T.File = Name.str();
  auto Failed = [&](const Twine &Why) {
    return createStringError("'" + Name + "' is no usable trace: " + Why);
  };
  if (!isTrace(Bytes))
    return Failed("it does not begin as one; name a file that 'raddle leaks "
                  "--trace FOLDER' or 'raddle locks --trace FOLDER' wrote");
  if (Bytes.size() < sizeof(Header))
    return Failed("it ends at offset " + Twine(Bytes.size()) +
                  ", within the header");
  std::memcpy(&T.Head, Bytes.data(), sizeof(Header));
  if (T.Head.Version != Version)
    return Failed("its version is " + Twine(T.Head.Version) +
                  ", this raddle reads " + Twine(Version));
  if (T.Head.HeaderSize < sizeof(Header) || T.Head.HeaderSize % 8 != 0 ||
      T.Head.HeaderSize > Bytes.size())
    return Failed("its header cannot have " + Twine(T.Head.HeaderSize) +
                  " bytes");
  if (static_cast<uint32_t>(T.Head.End) >
      static_cast<uint32_t>(Ending::NoSpace)) {
    T.Warnings.push_back(("'" + Name +
                          "': how the program ended is not said in "
                          "a way that is known")
                             .str());
    T.Head.End = Ending::Running;
  }
  Reader(Bytes, T).run();
  return T;
}

Expected<Trace> readTrace(StringRef Path) {
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false,
                                      /*IsVolatile=*/true);
  if (!Buffer)
    return createStringError(
        "'" + Path + "' cannot be read: " + Buffer.getError().message());
  return parseTrace((*Buffer)->getBuffer(), Path);
}

} // namespace raddle::cli
