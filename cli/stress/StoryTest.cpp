// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs made by hand, without modules: what is said of them has no places, and
// names come from nowhere. With places: cli/ReplayTest.cpp.
#include "cli/stress/Story.h"
#include "cli/stress/MakeTimeline.h"
#include <gmock/gmock.h>

using namespace raddle::cli;
using namespace testing;
using raddle::stress::Op;
using raddle::stress::RunEventRecord;
using raddle::stress::RunRecords;
using raddle::stress::RunSwitchRecord;

namespace {

struct Recorder {
  RunRecords Run;
  std::map<uint32_t, uint64_t> Clocks;

  Recorder() { Run.Threads.resize(4); }
  void event(uint32_t Thread, Op Kind, uint32_t Object = 0) {
    RunEventRecord E{};
    E.Head.Thread = Thread;
    E.Kind = Kind;
    E.Object = Object;
    E.Clock = Clocks[Thread]++;
    Run.Events.push_back(E);
  }
  void to(uint32_t From, uint32_t Next,
          RunSwitchRecord::Reason Why = RunSwitchRecord::Preempted) {
    RunSwitchRecord S{};
    S.Head.Thread = From;
    S.Next = Next;
    S.Why = Why;
    S.Clock = Clocks[From];
    Run.Switches.push_back(S);
  }
  Timeline timeline(llvm::StringRef Says = "it failed") {
    Symboliser Symbols("/");
    RunPlaces Places(Run, Symbols, "/");
    RunTime Into;
    return makeTimeline(Run, Places, Says, Into);
  }
};

/// Thread 2 loses thread 3's update of object 7.
Recorder lostUpdate() {
  Recorder R;
  R.event(1, Op::Create);
  R.event(1, Op::Create);
  R.to(1, 2, RunSwitchRecord::Blocked);
  R.event(2, Op::ThreadStart);
  R.event(2, Op::Write, 3); // Its own business.
  R.event(2, Op::Read, 7);
  R.to(2, 3);
  R.event(3, Op::ThreadStart);
  R.event(3, Op::Read, 7);
  R.event(3, Op::Write, 7);
  R.event(3, Op::ThreadEnd);
  R.to(3, 2, RunSwitchRecord::Ended);
  R.event(2, Op::Write, 7);
  R.event(2, Op::ThreadEnd);
  R.to(2, 1, RunSwitchRecord::Ended);
  R.event(1, Op::Read, 7);
  return R;
}

TEST(RunSlices, SayWhoRanAndWhyNoMore) {
  Recorder R = lostUpdate();
  std::vector<RunSlice> S = slicesOf(R.Run);
  ASSERT_EQ(S.size(), 5u);
  EXPECT_EQ(S[0].Why, RunSwitchRecord::Blocked);
  EXPECT_EQ(S[1].Thread, 2u);
  EXPECT_EQ(S[1].Why, RunSwitchRecord::Preempted);
  EXPECT_EQ(S[1].Resumes, S[3].Begin);
  EXPECT_EQ(S[2].Why, RunSwitchRecord::Ended);
  EXPECT_EQ(S[2].Resumes, R.Run.Events.size());
  EXPECT_FALSE(S[4].Why);
}

TEST(RunSlices, KeyObjectIsUsedOnBothSidesAndChangedBetween) {
  Recorder R = lostUpdate();
  std::vector<KeyObject> K = keyObjects(R.Run, slicesOf(R.Run));
  ASSERT_EQ(K.size(), 1u);
  EXPECT_EQ(K[0].Object, 7u);
  EXPECT_EQ(K[0].Slice, 1u);
}

TEST(RunSlices, WhatIsDoneNextIsTheKeyWhereOthersChangeIt) {
  // Of "++x" only the write is told; "y" is used on both sides.
  Recorder R;
  R.event(2, Op::Write, 8);
  R.to(2, 3);
  R.event(3, Op::Write, 8);
  R.event(3, Op::Write, 7);
  R.to(3, 2, RunSwitchRecord::Ended);
  R.event(2, Op::Write, 7);
  R.event(2, Op::Write, 8);
  std::vector<KeyObject> K = keyObjects(R.Run, slicesOf(R.Run));
  ASSERT_EQ(K.size(), 1u);
  EXPECT_EQ(K[0].Object, 7u);
}

TEST(Story, TellsALostUpdate) {
  Recorder R = lostUpdate();
  EXPECT_THAT(
      R.timeline().Story,
      ElementsAre("thread 2 is stopped before it writes a variable, after it "
                  "read a variable",
                  "thread 3 runs to its end: it reads a variable, writes a "
                  "variable",
                  "thread 2 goes on: it writes a variable",
                  "thread 1 (main) runs: it reads a variable", "it failed"));
}

TEST(Story, TellsADeadlock) {
  Recorder R;
  R.Run.Threads[2].Name = "writer";
  R.event(2, Op::Lock, 1);
  R.to(2, 3);
  R.event(3, Op::Lock, 2);
  for (uint32_t T : {2u, 3u}) {
    raddle::stress::RunFinal F{};
    F.Record.Head.Thread = T;
    F.Record.Waits = Op::Lock;
    F.Record.Object = 4 - T;
    F.Record.Owner = 5 - T;
    F.Record.InCycle = 1;
    R.Run.Finals.push_back(F);
  }
  EXPECT_THAT(
      R.timeline("deadlock").Story,
      ElementsAre("thread 2 (writer) is stopped before it locks a lock, "
                  "after it locked a lock",
                  "thread 3 runs: it locks a lock",
                  "thread 2 (writer) waits for a lock, which thread 3 "
                  "has",
                  "thread 3 waits for a lock, which thread 2 (writer) "
                  "has"));
}

TEST(Story, OfALockCycleOnlyTheLocksAreTold) {
  Recorder R;
  R.event(2, Op::Lock, 1);
  R.event(2, Op::Write, 9);
  R.to(2, 3);
  R.event(3, Op::Read, 9);
  R.event(3, Op::Lock, 2);
  for (uint32_t T : {2u, 3u}) {
    raddle::stress::RunFinal F{};
    F.Record.Head.Thread = T;
    F.Record.Waits = Op::Lock;
    F.Record.Object = 4 - T;
    F.Record.Owner = 5 - T;
    F.Record.InCycle = 1;
    R.Run.Finals.push_back(F);
    raddle::stress::RunHeldRecord H{};
    H.Head.Thread = T;
    H.Object = T - 1;
    R.Run.Held.push_back(H);
  }
  std::vector<std::string> S = R.timeline("deadlock").Story;
  ASSERT_EQ(S.size(), 4u);
  EXPECT_EQ(S[0], "thread 2 is stopped before it locks a lock, after it locked "
                  "a lock");
  EXPECT_EQ(S[1], "thread 3 runs: it locks a lock");
}

TEST(Story, SaysThatNobodyHasToBeStopped) {
  Recorder R;
  R.event(1, Op::Read, 1);
  R.to(1, 2, RunSwitchRecord::Ended);
  R.event(2, Op::Write, 1);
  std::vector<std::string> S = R.timeline().Story;
  ASSERT_FALSE(S.empty());
  EXPECT_THAT(S[0], StartsWith("no thread has to be stopped"));
}

TEST(Timeline, MarksStopsAndShowsLocks) {
  Recorder R = lostUpdate();
  Timeline T = R.timeline();
  ASSERT_EQ(T.Lanes.size(), 3u);
  EXPECT_EQ(T.Lanes[0].Thread, "thread 1 (main)");
  std::vector<std::string> Marked;
  for (const TimelineStep &S : T.Steps)
    if (S.Stopped || S.Preempted)
      Marked.push_back(std::to_string(S.Lane) + " " + S.Does +
                       (S.Stopped ? " stopped" : " goes on"));
  EXPECT_THAT(Marked, ElementsAre("1 read stopped", "1 write goes on"));
  EXPECT_EQ(T.Steps.size() + T.Left, R.Run.Events.size());

  Recorder L;
  L.event(2, Op::Lock, 5);
  L.event(2, Op::Wait, 6);
  L.event(3, Op::Lock, 5);
  L.event(3, Op::Unlock, 5);
  L.event(2, Op::Relock, 5);
  L.event(2, Op::TryLock, 8); // Gets it, as it is released.
  L.event(2, Op::Unlock, 8);
  L.event(3, Op::TryLock, 8); // Nothing says so.
  T = L.timeline();
  std::vector<std::string> Holds;
  for (const TimelineHold &H : T.Holds)
    Holds.push_back(std::to_string(H.Lane) + ": " + std::to_string(H.Begin) +
                    "-" + (H.End ? std::to_string(*H.End) : "end"));
  EXPECT_THAT(Holds,
              UnorderedElementsAre("1: 0-1", "2: 2-3", "1: 4-end", "1: 5-6"));
}

TEST(Timeline, LongRunsAreCutAndWildOnesSurvived) {
  Recorder R;
  for (unsigned I = 0; I != 60000; ++I) {
    R.event(1 + I % 3, I % 2 ? Op::Read : Op::Write, 1 + I % 50);
    R.to(1 + I % 3, 1 + (I + 1) % 3);
  }
  Timeline T = R.timeline();
  EXPECT_LE(T.Steps.size(), 1000u);
  EXPECT_LE(T.Story.size(), 20u);
  EXPECT_EQ(T.Steps.size() + T.Left, 60000u);
  uint64_t Before = 0;
  for (const TimelineStep &S : T.Steps)
    Before += S.Before;
  EXPECT_EQ(Before, T.Left) << "the last step is the run's";
  EXPECT_THAT(T.Story[0], HasSubstr("earlier switches are left out"));

  Recorder Wild;
  Wild.event(0, Op(999), 4294967295u);
  Wild.event(4294967295u, Op::Lock, 1);
  Wild.to(4294967295u, 0);
  Wild.event(77, Op::Unlock, 1);
  Wild.Run.Finals.emplace_back();
  Wild.Run.Finals[0].Record.Waits = Op(1000);
  Wild.Run.Finals[0].Record.Owner = 4294967295u;
  Wild.timeline();
  Recorder().timeline();
}

std::string best(llvm::StringRef Line, unsigned Column, Op Kind) {
  std::pair<std::string, unsigned> Best;
  for (auto &Each : namesInLine(Line, Column, Kind))
    if (Each.second > Best.second)
      Best = Each;
  return Best.first;
}

TEST(NamesInLine, FindsWhatTheOperationIsOn) {
  EXPECT_EQ(best("  if (size_ > limit)", 7, Op::Read), "size_");
  EXPECT_EQ(best("  account.balance += n;", 0, Op::Write), "balance");
  EXPECT_EQ(best("  x = y + z;", 0, Op::Write), "x");
  EXPECT_EQ(best("  ++counter; // not other", 0, Op::Write), "counter");
  EXPECT_EQ(best("  std::lock_guard<std::mutex> guard(mutex_);", 0, Op::Lock),
            "mutex_");
  EXPECT_EQ(best("  pthread_mutex_lock(&table_lock);", 0, Op::Lock),
            "table_lock");
  EXPECT_EQ(best("  queue->lock.lock();", 0, Op::Lock), "lock");
  EXPECT_EQ(best("  while (!ready.load(std::memory_order_acquire)) spin(n);", 0,
                 Op::AtomicLoad),
            "ready");
  EXPECT_EQ(best("  log(\"count = 1\", 'c');", 0, Op::Read), "");
  EXPECT_EQ(best("", 0, Op::Read), "");
  EXPECT_EQ(best("  std::vector<Job> jobs = other;", 0, Op::Write), "jobs");
}

} // namespace
