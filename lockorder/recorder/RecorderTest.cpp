// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs programs of testdata/programs/lock-order under the preload and looks at
// what is recorded of their locks. What is made of it is tested elsewhere.
#include "lockorder/recorder/testing/RunTraced.h"
#include <set>

namespace {

using namespace raddle;
using namespace raddle::testing;
using trace::LockKind;
using trace::Mode;

Traced record(const std::string &Name) {
  Traced R = runTraced(std::string(PROGRAMS "/") + Name, "locks=1");
  EXPECT_EQ(R.Exit, 0);
  EXPECT_EQ(R.Errors, "");
  EXPECT_EQ(R.Head.End, trace::Ending::Exited);
  EXPECT_EQ(R.Head.Observers, trace::ObserverLocks);
  // What is referred to has been written, and stacks have frames.
  auto Known = [&](const auto &Record) {
    EXPECT_TRUE(R.Threads.count(Record.Thread));
    EXPECT_GT(R.Stacks[Record.Stack], 1u);
    for (const trace::Held &H : Record.Items) {
      EXPECT_TRUE(R.Locks.count(H.Lock));
      EXPECT_GT(R.Stacks[H.Stack], 1u);
    }
  };
  for (const Acquisition &A : R.Acquisitions) {
    EXPECT_TRUE(R.Locks.count(A.Lock));
    Known(A);
  }
  for (const ConditionWait &W : R.Waits)
    Known(W);
  for (const ConditionSignal &S : R.Signals)
    Known(S);
  return R;
}

/// (held, taken) of all acquisitions with one lock held, without tries.
std::set<std::pair<uint32_t, uint32_t>> edges(const Traced &R) {
  std::set<std::pair<uint32_t, uint32_t>> Result;
  for (const Acquisition &A : R.Acquisitions)
    for (const trace::Held &H : A.Items)
      Result.insert({H.Lock, A.Lock});
  return Result;
}

TEST(Recorder, BothOrders) {
  Traced R = record("abba");
  ASSERT_EQ(R.Acquisitions.size(), 2u);
  const Acquisition &A = R.Acquisitions[0], &B = R.Acquisitions[1];
  ASSERT_EQ(A.Items.size(), 1u);
  ASSERT_EQ(B.Items.size(), 1u);
  EXPECT_EQ(A.Lock, B.Items[0].Lock);
  EXPECT_EQ(B.Lock, A.Items[0].Lock);
  EXPECT_NE(A.Lock, B.Lock);
  EXPECT_NE(A.Thread, B.Thread);
  EXPECT_NE(A.Stack, A.Items[0].Stack);
  EXPECT_EQ(A.How, Mode::Exclusive);
  EXPECT_EQ(A.Flags, 0u);
  for (const auto &[Id, L] : R.Locks) {
    EXPECT_EQ(L.Kind, LockKind::Mutex);
    EXPECT_NE(L.Module, 0u) << "a global is in a module";
  }
}

TEST(Recorder, OneOrderIsOneEdge) {
  EXPECT_EQ(edges(record("abba-fixed")).size(), 1u);
  EXPECT_EQ(edges(record("three-locks")).size(), 3u);
}

TEST(Recorder, TriesAreNoEdges) {
  for (const Acquisition &A : record("try-lock").Acquisitions)
    EXPECT_TRUE(A.Flags & trace::AcquiredByTry);
}

TEST(Recorder, TimedLocksSaySo) {
  Traced R = record("timed");
  EXPECT_FALSE(R.Acquisitions.empty());
  for (const Acquisition &A : R.Acquisitions)
    EXPECT_TRUE(A.Flags & (trace::AcquiredTimed | trace::AcquiredByTry));
}

TEST(Recorder, RecursionIsNoEdge) {
  Traced R = record("recursive");
  EXPECT_EQ(edges(R).size(), 1u);
  std::set<LockKind> Kinds;
  for (const auto &[Id, L] : R.Locks)
    Kinds.insert(L.Kind);
  EXPECT_TRUE(Kinds.count(LockKind::RecursiveMutex));
  EXPECT_TRUE(Kinds.count(LockKind::Mutex));
}

TEST(Recorder, ReadersAreTold) {
  Traced R = record("shared-mutex");
  ASSERT_EQ(R.Acquisitions.size(), 2u);
  for (const Acquisition &A : R.Acquisitions) {
    ASSERT_EQ(A.Items.size(), 1u);
    bool TakesRwLock = R.Locks[A.Lock].Kind == LockKind::RwLock;
    uint32_t RwLock = TakesRwLock ? A.Lock : A.Items[0].Lock;
    EXPECT_EQ(R.Locks[RwLock].Kind, LockKind::RwLock);
    EXPECT_EQ(A.How, Mode::Exclusive);
    EXPECT_EQ(Mode(A.Items[0].Mode),
              TakesRwLock ? Mode::Exclusive : Mode::Shared);
  }
}

TEST(Recorder, WaitsWithOtherLocksHeld) {
  Traced R = record("condition-held");
  ASSERT_EQ(R.Waits.size(), 1u);
  const ConditionWait &W = R.Waits[0];
  EXPECT_EQ(W.Timed, 1u);
  EXPECT_EQ(R.Locks[W.Condition].Kind, LockKind::Condition);
  EXPECT_EQ(R.Locks[W.Mutex].Kind, LockKind::Mutex);
  ASSERT_EQ(W.Items.size(), 1u);
  EXPECT_NE(W.Items[0].Lock, W.Mutex);
  ASSERT_EQ(R.Signals.size(), 1u);
  EXPECT_EQ(R.Signals[0].Condition, W.Condition);
  EXPECT_EQ(R.Signals[0].Items.size(), 2u);
  EXPECT_EQ(R.Signals[0].Items[0].Lock, W.Items[0].Lock);
}

TEST(Recorder, ReusedMemoryIsAnotherLock) {
  for (const char *Name : {"address-reuse-heap", "address-reuse-stack"}) {
    SCOPED_TRACE(Name);
    Traced R = record(Name);
    auto Edges = edges(R);
    EXPECT_FALSE(Edges.empty());
    for (auto [Held, Taken] : Edges)
      EXPECT_FALSE(Edges.count({Taken, Held}));
  }
}

TEST(Recorder, WaitsAreCounted) {
  Traced R = record("stall");
  ASSERT_EQ(R.Stats.size(), 1u);
  const trace::LockStatsRecord &S = R.Stats[0];
  EXPECT_EQ(S.Contended, 1u);
  EXPECT_EQ(S.LongWaits, 1u);
  EXPECT_GE(S.WaitMax, 1000000000u);
  EXPECT_EQ(S.WaitTotal, S.WaitMax);
  EXPECT_EQ(S.WaitMaxThread, 3u);
  // Not known if it has ended by the time that the wait is over.
  EXPECT_TRUE(S.WaitMaxOwner == 2 || S.WaitMaxOwner == 0);
  EXPECT_GT(R.Stacks[S.WaitMaxStack], 1u);
}

} // namespace
