// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs that would take for ever if the search were not bounded; and what must
// be found in them all the same.
#include "lockorder/observed/RunBuilder.h"
#include "gtest/gtest.h"
#include <random>

using namespace raddle::lockorder;

namespace {

TEST(ObservedScale, ThreadsOneAfterTheOther) {
  // 3,000 threads, each joined before the next; either order, never together.
  RunBuilder B;
  uint32_t M = B.lock(), N = B.lock();
  for (unsigned I = 0; I < 3000; ++I) {
    uint32_t T = B.thread(B.Main, 1);
    if (I % 2)
      B.nest(T, {M, N}, 10);
    else
      B.nest(T, {N, M}, 20);
    B.join(T);
  }
  ObservedResult R = observe({B.Run}, nullptr);
  EXPECT_TRUE(R.Diagnoses.empty());
  EXPECT_FALSE(R.Incomplete);
}

TEST(ObservedScale, ThousandsOfLocksInAllOrders) {
  // Two classes, 200,000 acquisitions at random: a dense graph full of cycles,
  // of which there are three kinds.
  RunBuilder B;
  std::mt19937 Random(7);
  std::vector<uint32_t> Locks, Threads;
  for (unsigned I = 0; I < 4000; ++I)
    Locks.push_back(B.lock());
  for (unsigned I = 0; I < 8; ++I)
    Threads.push_back(B.thread(B.Main, 1));
  for (unsigned I = 0; I < 200000; ++I) {
    uint32_t X = Random() % 4000, Y = Random() % 4000;
    if (X == Y)
      continue;
    // A class has its own lines.
    uint32_t T = Threads[Random() % 8];
    B.take(T, Locks[X], X < 2000 ? 10 : 20);
    B.take(T, Locks[Y], Y < 2000 ? 11 : 21);
    B.release(T, Locks[X]);
    B.release(T, Locks[Y]);
  }
  ObservedResult R = observe({B.Run}, nullptr);
  EXPECT_EQ(R.Diagnoses.size(), 3u);
}

TEST(ObservedScale, ADeepHierarchyIsSearchedInFull) {
  // 3,000 locks, always in one order: nothing, and it is known to be nothing.
  RunBuilder B;
  std::mt19937 Random(7);
  std::vector<uint32_t> Locks, Threads;
  for (unsigned I = 0; I < 3000; ++I)
    Locks.push_back(B.lock());
  for (unsigned I = 0; I < 8; ++I)
    Threads.push_back(B.thread());
  for (unsigned I = 0; I < 100000; ++I) {
    uint32_t X = Random() % 3000, Y = Random() % 3000;
    if (X != Y)
      B.nest(Threads[Random() % 8],
             {Locks[std::min(X, Y)], Locks[std::max(X, Y)]}, 1 + X % 50);
  }
  ObservedResult R = observe({B.Run}, nullptr);
  EXPECT_TRUE(R.Diagnoses.empty());
  EXPECT_FALSE(R.Incomplete);
}

TEST(ObservedScale, AGateOverACompleteGraphEnds) {
  // All orders of 60 locks of classes of their own, under one gate: every
  // cycle has to be turned down. The bound may end it, it may not hang.
  RunBuilder B;
  uint32_t Gate = B.lock();
  std::vector<uint32_t> Locks;
  for (unsigned I = 0; I < 60; ++I)
    Locks.push_back(B.global("lock" + std::to_string(I), 64 * I));
  std::vector<uint32_t> Threads;
  for (unsigned I = 0; I < 60; ++I)
    Threads.push_back(B.thread());
  unsigned Turn = 0;
  for (uint32_t X : Locks)
    for (uint32_t Y : Locks)
      if (X != Y)
        B.nest(Threads[Turn++ % 60], {Gate, X, Y});
  ObservedResult R = observe({B.Run}, nullptr);
  EXPECT_TRUE(R.Diagnoses.empty());
}

} // namespace
