// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each rule that tells a deadlock from what only looks like one, with a run
// that breaks it and one that does not.
#include "lockorder/observed/RunBuilder.h"
#include "gtest/gtest.h"

using namespace raddle;
using namespace raddle::lockorder;
using trace::LockKind;
using trace::Mode;

namespace {

ObservedResult look(const RunBuilder &B) { return observe({B.Run}, nullptr); }
size_t count(const RunBuilder &B) { return look(B).Diagnoses.size(); }

TEST(Observed, FindsBothOrders) {
  RunBuilder B;
  uint32_t M = B.global("a", 8), N = B.global("b", 16);
  uint32_t X = B.thread(), Y = B.thread();
  B.nest(X, {M, N});
  B.nest(Y, {N, M});
  ObservedResult R = look(B);
  ASSERT_EQ(R.Diagnoses.size(), 1u);
  const Diagnosis &D = R.Diagnoses[0];
  EXPECT_EQ(D.Message, "lock order inversion between 'a' and 'b'");
  EXPECT_EQ(D.Check, "raddle-lock-order-inversion");
  EXPECT_EQ(D.Identity, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(D.Severity, Level::Error);
  ASSERT_EQ(D.Witnesses.size(), 2u);
  EXPECT_EQ(D.Witnesses[0].Title, "'a' is held, then 'b' is taken");
  EXPECT_EQ(D.Witnesses[0].Steps.back().Text, "takes 'b' while 'a' is held");
  EXPECT_EQ(D.Witnesses[0].Steps.back().Where.Line, 11u);
  ASSERT_EQ(R.Graph.Edges.size(), 2u);
  for (const Edge &E : R.Graph.Edges) {
    EXPECT_TRUE(E.Seen && E.Inversion && !E.Static);
    EXPECT_EQ(E.Places.size(), 1u);
  }
  EXPECT_FALSE(R.Incomplete);
}

TEST(Observed, OneOrderIsFine) {
  RunBuilder B;
  uint32_t M = B.lock(), N = B.lock();
  uint32_t X = B.thread(), Y = B.thread();
  B.nest(X, {M, N});
  B.nest(Y, {M, N});
  EXPECT_EQ(count(B), 0u);
  EXPECT_EQ(look(B).Graph.Edges.size(), 1u);
}

TEST(Observed, OneThreadAloneIsFine) {
  RunBuilder B;
  uint32_t M = B.lock(), N = B.lock();
  uint32_t X = B.thread();
  B.nest(X, {M, N});
  B.nest(X, {N, M});
  EXPECT_EQ(count(B), 0u);
}

TEST(Observed, JoinAndCreationOrder) {
  for (bool Overlap : {false, true}) {
    RunBuilder B;
    uint32_t M = B.lock(), N = B.lock();
    if (!Overlap)
      B.nest(B.Main, {N, M}); // Before the thread is there.
    uint32_t X = B.thread();
    B.nest(X, {M, N});
    if (Overlap)
      B.nest(B.Main, {N, M});
    B.join(X);
    if (!Overlap)
      B.nest(B.Main, {N, M});
    uint32_t Y = B.thread();
    B.nest(Y, {N, M});
    EXPECT_EQ(count(B), Overlap ? 1u : 0u);
  }
}

TEST(Observed, JoinByAnotherThreadOrdersToo) {
  for (bool Joined : {true, false}) {
    RunBuilder B;
    uint32_t M = B.lock(), N = B.lock();
    uint32_t Helper = B.thread();
    uint32_t X = B.thread(Helper);
    B.nest(X, {M, N});
    if (Joined)
      B.join(X, Helper);
    B.join(Helper);
    B.nest(B.Main, {N, M});
    EXPECT_EQ(count(B), Joined ? 0u : 1u);
  }
}

TEST(Observed, GateLock) {
  for (bool Same : {true, false}) {
    RunBuilder B;
    uint32_t M = B.lock(), N = B.lock(), G = B.lock(), H = B.lock();
    uint32_t X = B.thread(), Y = B.thread();
    B.nest(X, {G, M, N});
    B.nest(Y, {Same ? G : H, N, M});
    EXPECT_EQ(count(B), Same ? 0u : 1u);
  }
}

TEST(Observed, ReadersPassAGateTogether) {
  for (bool Writer : {true, false}) {
    RunBuilder B;
    uint32_t M = B.lock(), N = B.lock(), G = B.lock(LockKind::RwLock);
    uint32_t X = B.thread(), Y = B.thread();
    B.shared(X, G, 1);
    B.nest(X, {M, N});
    B.take(Y, G, 2, 0, Writer ? Mode::Exclusive : Mode::Shared);
    B.nest(Y, {N, M});
    EXPECT_EQ(count(B), Writer ? 0u : 1u);
  }
}

TEST(Observed, GateOfOnlyTwoOfThree) {
  for (bool Gate : {true, false}) {
    RunBuilder B;
    uint32_t L = B.lock(), M = B.lock(), N = B.lock(), G = B.lock();
    uint32_t X = B.thread(), Y = B.thread(), Z = B.thread();
    if (Gate)
      B.take(X, G, 1);
    B.nest(X, {L, M});
    B.nest(Y, {M, N});
    if (Gate)
      B.take(Z, G, 1);
    B.nest(Z, {N, L});
    EXPECT_EQ(count(B), Gate ? 0u : 1u);
  }
}

TEST(Observed, ThreeLocksNeedThreeThreads) {
  for (bool Three : {true, false}) {
    RunBuilder B;
    uint32_t L = B.lock(), M = B.lock(), N = B.lock();
    uint32_t X = B.thread(), Y = B.thread();
    B.nest(X, {L, M});
    B.nest(Y, {M, N});
    B.nest(Three ? B.thread() : X, {N, L});
    ObservedResult R = look(B);
    ASSERT_EQ(R.Diagnoses.size(), Three ? 1u : 0u);
    if (Three) {
      EXPECT_EQ(R.Diagnoses[0].Witnesses.size(), 3u);
    }
  }
}

TEST(Observed, HeldTogetherCannotBeThreeSides) {
  // Both of the two that hold 'a' cannot be there at once.
  RunBuilder B;
  uint32_t A = B.lock(), M = B.lock(), N = B.lock(), P = B.lock();
  uint32_t X = B.thread(), Y = B.thread(), Z = B.thread();
  B.nest(X, {A, M, N});
  B.nest(Y, {A, N, P});
  B.nest(Z, {P, M});
  EXPECT_EQ(count(B), 0u);
}

TEST(Observed, ARingOfAnyLength) {
  for (unsigned Size : {7u, 200u}) {
    RunBuilder B;
    std::vector<uint32_t> Ring;
    for (unsigned I = 0; I < Size; ++I)
      Ring.push_back(B.lock());
    for (unsigned I = 0; I < Size; ++I)
      B.nest(B.thread(), {Ring[I], Ring[(I + 1) % Size]});
    ObservedResult R = look(B);
    ASSERT_EQ(R.Diagnoses.size(), 1u);
    EXPECT_EQ(R.Diagnoses[0].Witnesses.size(), Size);
    EXPECT_FALSE(R.Incomplete);
  }
}

TEST(Observed, TryAndTimedMakeNoEdgeButAreHeld) {
  for (uint32_t Flag : {trace::AcquiredByTry, trace::AcquiredTimed}) {
    RunBuilder B;
    uint32_t M = B.lock(), N = B.lock(), O = B.lock();
    uint32_t X = B.thread(), Y = B.thread();
    B.take(X, M, 1);
    B.take(X, N, 2, Flag);
    B.nest(Y, {N, M});
    EXPECT_EQ(count(B), 0u);
    B.take(X, O, 3); // Waits with N held.
    B.nest(Y, {O, N}, 50);
    EXPECT_EQ(count(B), 1u);
  }
}

TEST(Observed, RecursionIsNoEdge) {
  RunBuilder B;
  uint32_t M = B.lock(LockKind::RecursiveMutex), N = B.lock();
  uint32_t X = B.thread(), Y = B.thread();
  B.take(X, M, 1);
  B.take(X, N, 2);
  B.take(X, M, 3, trace::AcquiredAgain);
  B.nest(Y, {M, N});
  EXPECT_EQ(count(B), 0u);
  B.nest(Y, {N, M});
  EXPECT_EQ(count(B), 1u);
}

TEST(Observed, ReleasedBeforeTheNext) {
  RunBuilder B;
  uint32_t L = B.lock(), M = B.lock(), N = B.lock();
  uint32_t X = B.thread(), Y = B.thread();
  B.take(X, L, 1);
  B.take(X, M, 2);
  B.release(X, L);
  B.take(X, N, 3);
  B.nest(Y, {N, L});
  EXPECT_EQ(count(B), 0u);
}

TEST(Observed, ReadersDoNotBlockReaders) {
  // 0: readers only; 1: a third thread writes; 2: one of the two sides writes.
  for (unsigned Case : {0u, 1u, 2u}) {
    RunBuilder B;
    uint32_t M = B.lock(LockKind::RwLock), N = B.lock(LockKind::RwLock),
             O = B.lock();
    uint32_t X = B.thread(), Y = B.thread(), Z = B.thread();
    B.shared(X, M, 1);
    Case == 2 ? B.take(X, N, 2) : B.shared(X, N, 2);
    B.shared(Y, N, 3);
    Case == 2 ? B.take(Y, M, 4) : B.shared(Y, M, 4);
    if (Case == 1) {
      B.nest(Z, {O, M});
      B.nest(Z, {O, N});
    }
    ObservedResult R = look(B);
    ASSERT_EQ(R.Diagnoses.size(), Case ? 1u : 0u);
    if (Case) {
      EXPECT_EQ(R.Diagnoses[0].Severity,
                Case == 1 ? Level::Note : Level::Error);
    }
  }
}

TEST(Observed, SemaphoresHaveNoOwner) {
  RunBuilder B;
  uint32_t M = B.lock(LockKind::Semaphore), N = B.lock();
  uint32_t X = B.thread(), Y = B.thread();
  B.nest(X, {M, N});
  B.nest(Y, {N, M});
  EXPECT_EQ(count(B), 0u);
}

TEST(Observed, AnAddressUsedAgainIsAnotherLock) {
  RunBuilder B;
  uint32_t M = B.lock(), N = B.lock(), Again = B.lock();
  B.Run.Locks[Again].Address = B.Run.Locks[M].Address;
  uint32_t X = B.thread(), Y = B.thread();
  B.nest(X, {M, N});
  B.nest(Y, {N, Again});
  EXPECT_EQ(count(B), 0u);
}

TEST(Observed, ManyInstancesAreOneFinding) {
  RunBuilder B;
  uint32_t X = B.thread(), Y = B.thread();
  for (unsigned I = 0; I < 100; ++I) {
    uint32_t M = B.lock(), N = B.lock();
    B.nest(X, {M, N}, 10);
    B.nest(Y, {N, M}, 20);
  }
  ObservedResult R = look(B);
  ASSERT_EQ(R.Diagnoses.size(), 1u);
  EXPECT_EQ(R.Graph.Locks.size(), 2u);
  EXPECT_EQ(R.Diagnoses[0].Notes[0],
            "the same holds for 99 other sets of instances of these locks that "
            "were seen");
}

TEST(Observed, SwappedInstancesOfOneClass) {
  for (bool Swapped : {true, false}) {
    RunBuilder B;
    std::vector<uint32_t> Accounts;
    for (unsigned I = 0; I < 30; ++I)
      Accounts.push_back(B.lock());
    uint32_t X = B.thread(), Y = B.thread();
    for (uint32_t From : Accounts)
      for (uint32_t To : Accounts)
        if (From != To)
          B.nest(From < To ? X : Y,
                 Swapped || From < To ? std::vector<uint32_t>{From, To}
                                      : std::vector<uint32_t>{To, From},
                 10);
    ObservedResult R = look(B);
    ASSERT_EQ(R.Diagnoses.size(), Swapped ? 1u : 0u);
    if (Swapped) {
      EXPECT_EQ(R.Diagnoses[0].Identity.back(), "instances");
      EXPECT_TRUE(R.Graph.Edges.empty());
    }
  }
}

TEST(Observed, LockFunctionsAreSeenThrough) {
  // Both locks are taken in the guard's constructor; who calls it takes them.
  RunBuilder B;
  uint32_t M = B.lock(), N = B.lock();
  uint32_t X = B.thread(), Y = B.thread();
  auto At = [](unsigned Line) {
    return std::vector<RunBuilder::At>{
        {"pthread_mutex_lock", "", 0},
        {"std::mutex::lock()", "/usr/include/c++/12/bits/std_mutex.h", 100},
        {"MutexLock::MutexLock(Mutex&)", "mutex.h", 20},
        {"work()", "b.cpp", Line},
        {"run()", "b.cpp", 99}};
  };
  B.takeAt(X, M, At(1));
  B.takeAt(X, N, At(2));
  B.takeAt(Y, N, At(3));
  B.takeAt(Y, M, At(4));
  ObservedResult R = look(B);
  ASSERT_EQ(R.Diagnoses.size(), 1u);
  EXPECT_EQ(R.Diagnoses[0].Message,
            "lock order inversion between 'mutex in work() (b.cpp:1)' "
            "and 'mutex in work() (b.cpp:2)'");
}

TEST(Observed, RunsMeetInGlobals) {
  // 0: such threads are there together; 1: heap locks; 2: ordered by the join.
  for (unsigned Case : {0u, 1u, 2u}) {
    std::vector<ObservedRun> Runs;
    for (bool First : {true, false}) {
      RunBuilder B;
      uint32_t M = Case == 1 ? B.lock() : B.global("a", 8);
      uint32_t N = Case == 1 ? B.lock() : B.global("b", 16);
      uint32_t X = B.thread(B.Main, 5);
      if (First)
        B.nest(X, {M, N}, 10);
      if (Case == 2)
        B.join(X);
      uint32_t Y = B.thread(B.Main, 6);
      if (!First)
        B.nest(Y, {N, M}, 20);
      Runs.push_back(B.Run);
    }
    EXPECT_EQ(observe(Runs, nullptr).Diagnoses.size(), Case == 0 ? 1u : 0u);
  }
}

TEST(Observed, WaitWithWhatTheSignallerNeeds) {
  // 0: needs it; 1: one signal is free; 2: only before the waiter was made;
  // 3: its own; 4: with a time limit; 5: by who is not known.
  for (unsigned Case = 0; Case < 6; ++Case) {
    RunBuilder B;
    uint32_t A = B.global("a", 8), M = B.global("m", 16);
    uint32_t C = B.lock(LockKind::Condition);
    auto Signal = [&](uint32_t Thread) {
      B.take(Thread, A, 30);
      B.take(Thread, M, 31);
      B.signal(Thread, C);
      B.release(Thread, M);
      B.release(Thread, A);
    };
    if (Case == 2)
      Signal(B.Main);
    uint32_t X = B.thread(), Y = B.thread();
    B.take(X, A, 1);
    B.take(X, M, 2);
    B.wait(X, C, M, Case == 4);
    if (Case == 3)
      B.signal(X, C);
    if (Case != 2 && Case != 3)
      Signal(Y);
    if (Case == 1)
      B.signal(Y, C);
    if (Case == 5)
      B.Run.Signals[0].Thread = 0;
    ObservedResult R = look(B);
    ASSERT_EQ(R.Diagnoses.size(), Case == 0 || Case == 4 ? 1u : 0u) << Case;
    if (Case == 0 || Case == 4) {
      EXPECT_EQ(R.Diagnoses[0].Severity,
                Case == 4 ? Level::Warning : Level::Error);
      EXPECT_EQ(R.Diagnoses[0].Identity,
                (std::vector<std::string>{"'a'", "waiter()", "wait"}));
    }
  }
}

TEST(Observed, BrokenRecordsAreLeftOut) {
  RunBuilder B;
  uint32_t M = B.lock(), N = B.lock();
  uint32_t X = B.thread(), Y = B.thread();
  B.nest(X, {M, N});
  B.nest(Y, {N, M});
  for (ObservedAcquisition &A : B.Run.Acquisitions) {
    A.Stack = 77777;
    for (ObservedHeld &H : A.Held)
      H.Stack = 88888;
  }
  B.Run.Threads[X].CreationStack = 99999;
  B.Run.Threads[Y].Parent = Y;
  EXPECT_EQ(count(B), 1u);
  B.Run.Joins.push_back({4444, 1, 0});
  B.Run.Joins.push_back({X, Y, 0});
  B.Run.Joins.push_back({Y, X, 0});
  B.Run.Waits.push_back({5555, 6666, 7777, 0, 8888, false, {{9999}}});
  B.Run.Waits.push_back({M, N, X, 0, 8888, false, {{9999}, {N}}});
  B.Run.Signals.push_back({5555, 0, 0, 0, {{9999}}});
  B.Run.Signals.push_back({M, 7777, 0, 0, {{9999}}});
  look(B);
  for (ObservedAcquisition &A : B.Run.Acquisitions)
    A.Lock = 12345;
  EXPECT_EQ(count(B), 0u);
}

} // namespace
