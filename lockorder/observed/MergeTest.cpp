// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A run's locks and inversions meet those of the sources.
#include "lockorder/observed/RunBuilder.h"
#include "gtest/gtest.h"

using namespace raddle::lockorder;

namespace {

/// As `raddle lint` has it: 'Queue::mutex_' and 'Pool::mutex_', taken in both
/// orders, in a.cpp at lines 10 to 13.
LinkResult sources() {
  LinkResult L;
  auto Taken = [](unsigned Line) {
    return Acquisition{{"a.cpp", Line, 3, 9}, "f()", "exclusive"};
  };
  L.Graph.Locks = {
      {"Queue::mutex_", "Queue", "std::mutex", {}, {Taken(10), Taken(13)}},
      {"Pool::mutex_", "Pool", "std::mutex", {}, {Taken(11), Taken(12)}}};
  Edge Forth, Back;
  Forth.From = Back.To = 0;
  Forth.To = Back.From = 1;
  Forth.Inversion = Back.Inversion = true;
  Forth.Places = {Taken(11)};
  Back.Places = {Taken(13)};
  L.Graph.Edges = {Forth, Back};
  L.Graph.Order = {0, 1};
  Diagnosis D;
  D.Check = "raddle-lock-order-inversion";
  D.Severity = Level::Error;
  D.Message = "lock order inversion between 'Queue::mutex_' and 'Pool::mutex_'";
  D.Identity = {"Pool::mutex_", "Queue::mutex_"};
  D.Cycle = {0, 1};
  D.Witnesses.resize(2);
  L.Diagnoses = {D};
  return L;
}

bool hasNote(const Diagnosis &D, const std::string &Start) {
  for (const std::string &Note : D.Notes)
    if (Note.starts_with(Start))
      return true;
  return false;
}

TEST(ObservedMerge, NamesComeFromTheSources) {
  LinkResult L = sources();
  RunBuilder B;
  uint32_t M = B.lock(), N = B.lock(), O = B.lock();
  uint32_t X = B.thread(), Y = B.thread();
  B.nest(X, {M, N}, 10);
  B.nest(Y, {N, M}, 12);
  B.nest(Y, {N, O}, 50);
  ObservedResult R = observe({B.Run}, &L.Graph);
  ASSERT_EQ(R.Diagnoses.size(), 1u);
  EXPECT_EQ(R.Diagnoses[0].Message,
            "lock order inversion between 'Queue::mutex_' and 'Pool::mutex_'");
  // Line 50 is not known: taken with another name.
  EXPECT_EQ(R.LockNames[0][M], "Queue::mutex_");
  EXPECT_EQ(R.LockNames[0][O], "mutex in f() (a.cpp:51)");
}

TEST(ObservedMerge, ALineThatTakesTwoIsToldApartByOthers) {
  LinkResult L = sources();
  // Line 30 takes either, line 10 only the first.
  Acquisition Both{{"a.cpp", 30, 3, 9}, "g()", "exclusive"};
  for (Lock &Of : L.Graph.Locks)
    Of.Acquisitions.push_back(Both);
  RunBuilder B;
  uint32_t M = B.lock(), N = B.lock(), O = B.lock();
  uint32_t X = B.thread();
  B.nest(X, {O, M}, 29); // M at 30
  B.nest(X, {M, N}, 10); // M at 10
  B.nest(X, {O, N}, 29); // N at 30 and 11
  ObservedResult R = observe({B.Run}, &L.Graph);
  EXPECT_EQ(R.LockNames[0][M], "Queue::mutex_");
  EXPECT_EQ(R.LockNames[0][N], "Pool::mutex_");
}

TEST(ObservedMerge, FoundBothWaysIsOneFinding) {
  LinkResult L = sources();
  RunBuilder B;
  uint32_t M = B.lock(), N = B.lock(), O = B.lock();
  uint32_t X = B.thread(), Y = B.thread();
  B.nest(X, {M, N}, 10);
  B.nest(Y, {N, M}, 12);
  B.nest(X, {N, O}, 60);
  ObservedResult R = observe({B.Run}, &L.Graph);
  mergeWithStatic(L, R);
  ASSERT_EQ(L.Diagnoses.size(), 1u);
  EXPECT_EQ(L.Diagnoses[0].Witnesses.size(), 4u);
  EXPECT_TRUE(hasNote(L.Diagnoses[0], "exercised: both orders were taken"));
  // The edges of the witnesses are those of the merged graph.
  for (size_t I = 2; I < 4; ++I)
    EXPECT_TRUE(*L.Diagnoses[0].Witnesses[I].Edge < 2);
  ASSERT_EQ(L.Graph.Locks.size(), 3u);
  ASSERT_EQ(L.Graph.Edges.size(), 3u);
  EXPECT_TRUE(L.Graph.Edges[0].Static && L.Graph.Edges[0].Seen);
  EXPECT_TRUE(!L.Graph.Edges[2].Static && L.Graph.Edges[2].Seen);
  EXPECT_EQ(L.Graph.Edges[2].From, 1u);
  EXPECT_EQ(L.Graph.Edges[2].To, 2u);
  EXPECT_EQ(L.Graph.Order.size(), 3u);
  EXPECT_EQ(R.LockIndex[0][O], 2u);
}

TEST(ObservedMerge, SaysWhatWasNotExercised) {
  for (unsigned Case : {0u, 1u, 2u}) {
    LinkResult L = sources();
    RunBuilder B;
    uint32_t M = B.lock(), N = B.lock();
    uint32_t X = B.thread();
    if (Case > 0)
      B.nest(X, {M, N}, 10);
    if (Case > 1)
      B.nest(X, {N, M}, 12); // By the same thread.
    ObservedResult R = observe({B.Run}, &L.Graph);
    mergeWithStatic(L, R);
    ASSERT_EQ(L.Diagnoses.size(), 1u);
    const Diagnosis &D = L.Diagnoses[0];
    EXPECT_EQ(D.Witnesses.size(), 2u);
    if (Case == 0) {
      EXPECT_TRUE(hasNote(D, "not exercised: 'Queue::mutex_' before "
                             "'Pool::mutex_' was never taken"));
    }
    if (Case == 1) {
      EXPECT_TRUE(hasNote(D, "exercised in part: 'Pool::mutex_' before "
                             "'Queue::mutex_' was never taken"));
    }
    if (Case == 2) {
      EXPECT_TRUE(hasNote(D, "exercised in part: the run took all"));
    }
  }
}

TEST(ObservedMerge, OnlySeenIsAdded) {
  LinkResult L = sources();
  RunBuilder B;
  uint32_t M = B.lock(), N = B.lock();
  uint32_t X = B.thread(), Y = B.thread();
  B.nest(X, {M, N}, 70);
  B.nest(Y, {N, M}, 80);
  ObservedResult R = observe({B.Run}, &L.Graph);
  mergeWithStatic(L, R);
  ASSERT_EQ(L.Diagnoses.size(), 2u);
  EXPECT_EQ(L.Diagnoses[1].Cycle, (std::vector<uint32_t>{2, 3}));
  EXPECT_EQ(L.Diagnoses[1].Witnesses[0].Steps.back().Held,
            (std::vector<uint32_t>{2}));
  EXPECT_TRUE(hasNote(L.Diagnoses[1], "seen in the run only"));
}

} // namespace
