// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/TraceReader.h"
#include "cli/trace/TraceSamples.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <random>

using namespace raddle;
using namespace raddle::cli;
using namespace raddle::trace;

namespace {

/// A trace with one record of each kind at least.
std::string sample() {
  TraceMaker M;
  M.program("/bin/jobs");
  M.module(7, 0x1000, 0x2000, 0x1000, "/bin/jobs", "\x01\x02");
  M.module(8, 0x8000, 0x9000, 0x8000, "/lib/libx.so");
  M.thread(1, 0, 0);
  M.stack(3, {0x1100, 0x1200, 0x8100, 0x2000, 0x7777});
  M.stack(9, {0x1100}, StackExactTop | StackTruncated);
  M.thread(2, 1, 3, "worker");
  M.lock(5, 0x1800, 7);
  M.lock(6, 0x99);
  AcquisitionRecord A = {};
  A.Lock = 6;
  A.Thread = 2;
  A.Segment = 4;
  A.Stack = 9;
  A.HeldCount = 1;
  Held H = {5, 1, 3, AcquiredAgain};
  M.add(RecordType::Acquisition, A, TraceMaker::tail(llvm::ArrayRef(H)));
  ConditionWaitRecord W = {};
  W.Condition = 6;
  W.Mutex = 5;
  W.Thread = 1;
  W.Timed = 1;
  M.add(RecordType::ConditionWait, W);
  ConditionSignalRecord S = {};
  S.Condition = 6;
  S.HeldCount = 1;
  M.add(RecordType::ConditionSignal, S, TraceMaker::tail(llvm::ArrayRef(H)));
  LockStatsRecord Stats = {};
  Stats.Lock = 5;
  Stats.Contended = 12;
  Stats.WaitMaxOwner = 2;
  M.add(RecordType::LockStats, Stats);
  LeakRecord L = {};
  L.Kind = TaskKind::Thread;
  L.Id = 2;
  L.State = TaskState::Blocked;
  L.Stack = 9;
  L.On = waitOn(WaitKind::Mutex, 5, 1, 3);
  L.Proven = Proof::OwnerExited;
  M.leak(L, "Queue.Drains", "fd 5");
  TaskRecord Task = {};
  Task.Id = 40;
  Task.Kind = TaskKind::Timer;
  Task.NameLength = 4;
  M.add(RecordType::Task, Task, "tick");
  L.Kind = TaskKind::Timer;
  L.Id = 40;
  L.State = TaskState::Armed;
  M.leak(L);
  M.deadlock(DeadlockKind::Cycle,
             {DeadlockThread{1, 3, waitOn(WaitKind::Mutex, 5, 2)},
              DeadlockThread{2, 9, waitOn(WaitKind::Join, 0, 1)}});
  SnapshotRecord Snap = {};
  Snap.Number = 1;
  Snap.Count = 1;
  M.add(RecordType::Snapshot, Snap);
  SnapshotEntryRecord Entry = {};
  Entry.Id = 2;
  Entry.Stack = 9;
  Entry.Alike = 3;
  M.add(RecordType::SnapshotEntry, Entry);
  IgnoreRuleRecord Rule = {};
  Rule.Matches = 2;
  Rule.TextLength = 3;
  Rule.ReasonLength = 4;
  M.add(RecordType::IgnoreRule, Rule, "tbbpool");
  MessageRecord Message = {};
  Message.TextLength = 5;
  M.add(RecordType::Message, Message, "hello");
  ThreadEndRecord End = {};
  End.Thread = 2;
  End.Time = 5;
  M.add(RecordType::ThreadEnd, End);
  ThreadJoinRecord Join = {};
  Join.Thread = 2;
  Join.By = 1;
  Join.Segment = 8;
  M.add(RecordType::ThreadJoin, Join);
  ThreadDetachRecord Detach = {};
  Detach.Thread = 2;
  M.add(RecordType::ThreadDetach, Detach);
  ModuleGoneRecord Gone = {};
  Gone.Id = 8;
  M.add(RecordType::ModuleGone, Gone);
  M.stack(10, {0x8100});
  return M.Bytes;
}

Trace parsed(llvm::StringRef Bytes) {
  llvm::Expected<Trace> T = parseTrace(Bytes, "t");
  EXPECT_TRUE(bool(T)) << llvm::toString(T.takeError());
  return T ? std::move(*T) : Trace();
}

/// Every index is in range; a use of each would crash otherwise.
uint64_t walk(const Trace &T) {
  uint64_t Sum = 0;
  auto Wait = [&](const TraceWait &W) {
    Sum += T.Locks.at(W.Lock).Address + T.Locks.at(W.Mutex).Address +
           T.Threads.at(W.Owner).Number + T.Stacks.at(W.OwnerStack).ExactTop;
  };
  auto Held = [&](const std::vector<TraceHeld> &All) {
    for (const TraceHeld &H : All)
      Sum += T.Locks.at(H.Lock).Address + T.Stacks.at(H.Stack).ExactTop;
  };
  for (const TraceStack &S : T.Stacks)
    for (const TraceFrame &F : S.Frames)
      Sum += T.Modules.at(F.Module).Bias;
  for (const TraceThread &E : T.Threads)
    Sum += T.Threads.at(E.Parent).Number +
           T.Stacks.at(E.CreationStack).ExactTop +
           T.Modules.at(E.StartRoutine.Module).Bias;
  for (const TraceLock &E : T.Locks)
    Sum += T.Modules.at(E.Module).Bias;
  for (const TraceAcquisition &E : T.Acquisitions) {
    Sum += T.Locks.at(E.Lock).Address + T.Threads.at(E.Thread).Number +
           T.Stacks.at(E.Stack).ExactTop;
    Held(E.Held);
  }
  for (const TraceConditionWait &E : T.ConditionWaits) {
    Sum += T.Locks.at(E.Condition).Address + T.Threads.at(E.Thread).Number;
    Held(E.Held);
  }
  for (const TraceConditionSignal &E : T.ConditionSignals) {
    Sum += T.Locks.at(E.Condition).Address + T.Stacks.at(E.Stack).ExactTop;
    Held(E.Held);
  }
  for (const TraceLockStats &E : T.LockStats)
    Sum += T.Locks.at(E.Lock).Address + T.Threads.at(E.WaitMaxOwner).Number;
  for (const TraceLeak &E : T.Leaks) {
    Sum += T.Threads.at(E.Thread).Number + T.Tasks.at(E.Task).Time +
           T.Stacks.at(E.Stack).ExactTop;
    Wait(E.On);
  }
  for (const TraceDeadlock &D : T.Deadlocks)
    for (const TraceDeadlockThread &E : D.Threads) {
      Sum += T.Threads.at(E.Thread).Number;
      Wait(E.On);
    }
  for (const TraceSnapshot &S : T.Snapshots)
    for (const TraceSnapshotEntry &E : S.Entries) {
      Sum += T.Stacks.at(E.CreationStack).ExactTop;
      Wait(E.On);
    }
  return Sum;
}

} // namespace

TEST(TraceReader, ReadsEveryKindOfRecord) {
  Trace T = parsed(sample());
  EXPECT_TRUE(T.Warnings.empty()) << T.Warnings.front();
  EXPECT_EQ(T.Program, "/bin/jobs");
  EXPECT_EQ(T.Arguments, (std::vector<std::string>{"/bin/jobs", "--jobs"}));
  ASSERT_EQ(T.Modules.size(), 3u);
  EXPECT_EQ(T.Modules[1].BuildId, "\x01\x02");
  EXPECT_EQ(T.Modules[1].Path, "/bin/jobs");
  ASSERT_EQ(T.Stacks.size(), 4u);
  std::vector<uint32_t> Modules;
  for (const TraceFrame &F : T.Stacks[1].Frames)
    Modules.push_back(F.Module);
  // 0x2000 is where a call at the module's very end returns to.
  EXPECT_EQ(Modules, (std::vector<uint32_t>{1, 1, 2, 1, 0}));
  EXPECT_TRUE(T.Stacks[2].ExactTop && T.Stacks[2].Truncated);
  EXPECT_EQ(T.Stacks[3].Frames[0].Module, 0u) << "its module was gone";
  ASSERT_EQ(T.Threads.size(), 3u);
  EXPECT_EQ(T.Threads[2].Name, "worker");
  EXPECT_EQ(T.Threads[2].CreationStack, 1u);
  EXPECT_TRUE(T.Threads[2].Joined && T.Threads[2].Detached);
  EXPECT_EQ(T.Threads[2].Ended, 5u);
  ASSERT_EQ(T.Acquisitions.size(), 1u);
  EXPECT_EQ(T.Acquisitions[0].Lock, 2u);
  EXPECT_EQ(T.Acquisitions[0].Held[0].Lock, 1u);
  EXPECT_EQ(T.Acquisitions[0].Held[0].How, Mode::Shared);
  ASSERT_EQ(T.Leaks.size(), 2u);
  EXPECT_EQ(T.Leaks[0].Thread, 2u);
  EXPECT_EQ(T.Leaks[0].On.Lock, 1u);
  EXPECT_EQ(T.Leaks[0].Test, "Queue.Drains");
  EXPECT_EQ(T.Leaks[0].Detail, "fd 5");
  EXPECT_EQ(T.Tasks[T.Leaks[1].Task].Name, "tick");
  ASSERT_EQ(T.Deadlocks.size(), 1u);
  EXPECT_EQ(T.Deadlocks[0].Threads[0].On.Owner, 2u);
  ASSERT_EQ(T.Snapshots.size(), 1u);
  EXPECT_EQ(T.Snapshots[0].Entries[0].Alike, 3u);
  ASSERT_EQ(T.Rules.size(), 1u);
  EXPECT_EQ(T.Rules[0].Text, "tbb");
  EXPECT_EQ(T.Rules[0].Reason, "pool");
  EXPECT_EQ(T.Messages, std::vector<std::string>{"hello"});
  EXPECT_EQ(T.LockStats[0].Contended, 12u);
  EXPECT_EQ(T.Joins[0].Segment, 8u);
  walk(T);
}

TEST(TraceReader, CutOffAnywhereKeepsWhatCameBefore) {
  std::string Whole = sample();
  size_t Stacks = 0;
  for (size_t Size = 0; Size <= Whole.size(); ++Size) {
    // A copy of that size, so that a sanitizer sees what is read behind it.
    std::string Cut(Whole.data(), Size);
    Cut.shrink_to_fit();
    llvm::Expected<Trace> T = parseTrace(Cut, "cut.trace");
    if (Size < sizeof(Header)) {
      ASSERT_FALSE(bool(T)) << Size;
      EXPECT_NE(llvm::toString(T.takeError()).find("'cut.trace'"),
                std::string::npos);
      continue;
    }
    ASSERT_TRUE(bool(T)) << llvm::toString(T.takeError());
    EXPECT_GE(T->Stacks.size(), Stacks);
    Stacks = T->Stacks.size();
    walk(*T);
  }
  EXPECT_EQ(Stacks, 4u);
}

TEST(TraceReader, NamesFileAndOffsetOfWhatIsCutOff) {
  std::string Whole = sample();
  Trace T = parsed(llvm::StringRef(Whole).drop_back(9));
  ASSERT_EQ(T.Warnings.size(), 1u);
  EXPECT_NE(T.Warnings[0].find("'t', offset "), std::string::npos);
  EXPECT_NE(T.Warnings[0].find("ends within a record"), std::string::npos);
}

TEST(TraceReader, ZeroesAreTheEndOfWhatWasWritten) {
  Trace T = parsed(sample() + std::string(4096, '\0'));
  EXPECT_TRUE(T.Warnings.empty());
  EXPECT_EQ(T.Stacks.size(), 4u);
}

TEST(TraceReader, AnyFlippedByteIsHarmless) {
  std::string Whole = sample();
  for (size_t At = 0; At < Whole.size(); ++At)
    for (unsigned char Value : {0x00, 0x01, 0x08, 0x7f, 0x80, 0xff}) {
      std::string Bad = Whole;
      Bad[At] = static_cast<char>(Value);
      llvm::Expected<Trace> T = parseTrace(Bad, "bad");
      if (T)
        walk(*T);
      else
        llvm::consumeError(T.takeError());
    }
}

TEST(TraceReader, NoiseIsHarmless) {
  std::mt19937 Random(1);
  std::string Start = sample().substr(0, sizeof(Header));
  for (int Round = 0; Round < 300; ++Round) {
    std::string Bad = Start;
    while (Bad.size() < 4000) {
      // Mostly well-formed heads, so that more than the first record is read.
      uint32_t Type = 1 + Random() % 24, Size = 8 * (1 + Random() % 20);
      Bad.append(reinterpret_cast<char *>(&Type), 4);
      Bad.append(reinterpret_cast<char *>(&Size), 4);
      for (uint32_t I = 8; I < Size; I += 4) {
        uint32_t Word = Random() % 4 ? Random() % 12 : Random();
        Bad.append(reinterpret_cast<char *>(&Word), 4);
      }
    }
    walk(parsed(Bad));
  }
}

TEST(TraceReader, UnknownReferencesCountAsNotKnown) {
  TraceMaker M;
  LeakRecord L = {};
  L.Kind = TaskKind::Thread;
  L.Id = 0xffffffff;
  L.Stack = 0xfffffffe;
  M.leak(L);
  Trace T = parsed(M.Bytes);
  EXPECT_EQ(T.Leaks[0].Thread, 0u);
  EXPECT_EQ(T.Leaks[0].Stack, 0u);
  ASSERT_EQ(T.Warnings.size(), 1u);
  EXPECT_NE(T.Warnings[0].find("2 references"), std::string::npos);
}

TEST(TraceReader, RecordsMayComeInAnotherOrderThanTheirNumbers) {
  TraceMaker M;
  M.thread(2, 1, 5);
  M.stack(5, {1});
  M.thread(1, 0, 0);
  Trace T = parsed(M.Bytes);
  EXPECT_TRUE(T.Warnings.empty());
  EXPECT_EQ(T.Threads[T.Threads[1].Parent].Number, 1u);
  EXPECT_EQ(T.Threads[1].CreationStack, 1u);
}

TEST(TraceReader, RecordsOfLaterVersionsAreLeftOut) {
  TraceMaker M;
  M.add(static_cast<RecordType>(99), MessageRecord{});
  M.stack(5, {1});
  Trace T = parsed(M.Bytes);
  EXPECT_EQ(T.Stacks.size(), 2u);
  ASSERT_EQ(T.Warnings.size(), 1u);
  EXPECT_NE(T.Warnings[0].find("type 99"), std::string::npos);
}

TEST(TraceReader, OtherFilesAreNoTraces) {
  EXPECT_FALSE(isTrace("RDLTRAC"));
  EXPECT_TRUE(isTrace(sample()));
  llvm::Expected<Trace> T = parseTrace("{}", "x.json");
  ASSERT_FALSE(bool(T));
  EXPECT_NE(llvm::toString(T.takeError()).find("does not begin as one"),
            std::string::npos);
  std::string Later = sample();
  Later[8] = 2;
  T = parseTrace(Later, "later");
  ASSERT_FALSE(bool(T));
  EXPECT_NE(llvm::toString(T.takeError()).find("its version is 2"),
            std::string::npos);
}
