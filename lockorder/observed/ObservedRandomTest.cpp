// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The search against one that tries everything, on small runs at random: each
// must find a deadlock exactly where the other does.
#include "lockorder/observed/RunBuilder.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <random>
#include <set>

using namespace raddle;
using namespace raddle::lockorder;

namespace {

/// Whether segment X of one thread is before Y of another, by walking all
/// creates and joins until nothing new is reached.
class Reachable {
public:
  explicit Reachable(const ObservedRun &Run) {
    for (uint32_t T = 1; T < Run.Threads.size(); ++T)
      for (uint32_t S = 0; S < Max; ++S)
        From[{T, S}];
    auto Mark = [&](uint32_t T, uint32_t S, uint32_t U, uint32_t V) {
      return From[{T, S}].insert({U, V}).second;
    };
    bool More = true;
    while (More) {
      More = false;
      for (auto &[At, To] : From) {
        if (At.second + 1 < Max)
          More |= Mark(At.first, At.second, At.first, At.second + 1);
        for (uint32_t T = 2; T < Run.Threads.size(); ++T)
          if (Run.Threads[T].Parent == At.first &&
              Run.Threads[T].ParentSegment == At.second)
            More |= Mark(At.first, At.second, T, 0);
        for (const ObservedJoin &J : Run.Joins)
          if (J.Thread == At.first)
            More |= Mark(At.first, At.second, J.By, J.Segment);
        for (auto Next : std::set(To))
          for (auto Far : From[Next])
            More |= To.insert(Far).second;
      }
    }
  }
  bool before(const ObservedAcquisition &X,
              const ObservedAcquisition &Y) const {
    return From.at({X.Thread, X.Segment}).contains({Y.Thread, Y.Segment});
  }

private:
  static constexpr uint32_t Max = 12;
  using Point = std::pair<uint32_t, uint32_t>;
  std::map<Point, std::set<Point>> From;
};

class Everything {
public:
  explicit Everything(const ObservedRun &Run) : Run(Run), Order(Run) {}

  bool deadlocks() {
    for (const ObservedAcquisition &A : Run.Acquisitions)
      for (const ObservedHeld &H : A.Held)
        if (waits(A) && from(A, H.Lock))
          return true;
    return false;
  }

private:
  static bool waits(const ObservedAcquisition &A) {
    if (A.Flags)
      return false;
    for (const ObservedHeld &H : A.Held)
      if (H.Lock == A.Lock)
        return false;
    return true;
  }
  /// \p A wants a lock; whether a chain of waiters leads back to \p Start,
  /// which \p A's first on the way holds.
  bool from(const ObservedAcquisition &A, uint32_t Start) {
    for (const ObservedAcquisition *Other : Way) {
      if (Other->Thread == A.Thread || Order.before(*Other, A) ||
          Order.before(A, *Other))
        return false;
      for (const ObservedHeld &H : Other->Held)
        for (const ObservedHeld &K : A.Held)
          if (H.Lock == K.Lock)
            return false;
    }
    if (A.Lock == Start)
      return true;
    Way.push_back(&A);
    bool Found = false;
    for (const ObservedAcquisition &Next : Run.Acquisitions)
      for (const ObservedHeld &H : Next.Held)
        if (H.Lock == A.Lock && waits(Next))
          Found = Found || from(Next, Start);
    Way.pop_back();
    return Found;
  }

  const ObservedRun &Run;
  Reachable Order;
  std::vector<const ObservedAcquisition *> Way;
};

TEST(ObservedRandom, FindsWhatAnExhaustiveSearchFinds) {
  std::mt19937 Random(20);
  unsigned Deadlocks = 0;
  constexpr unsigned Rounds = 3000;
  for (unsigned Round = 0; Round < Rounds; ++Round) {
    RunBuilder B;
    std::vector<uint32_t> Locks, Alive{B.Main};
    bool OneClass = Round % 3 == 0;
    for (unsigned I = 0; I < 3 + Random() % 3; ++I)
      Locks.push_back(OneClass ? B.lock()
                               : B.global("l" + std::to_string(I), I * 64));
    unsigned Threads = 0;
    for (unsigned I = 0; I < 12; ++I) {
      unsigned What = Random() % 8;
      uint32_t By = Alive[Random() % Alive.size()];
      if (What < 2 && Threads < 4) {
        ++Threads;
        Alive.push_back(B.thread(By));
      } else if (What == 2 && Alive.size() > 1) {
        uint32_t At = 1 + Random() % (Alive.size() - 1);
        uint32_t Ended = Alive[At];
        Alive.erase(Alive.begin() + At);
        if (By != Ended)
          B.join(Ended, By);
      } else {
        std::shuffle(Locks.begin(), Locks.end(), Random);
        unsigned Depth = 2 + Random() % 2;
        for (unsigned D = 0; D < Depth; ++D)
          B.take(By, Locks[D], 1 + Random() % 5,
                 D && Random() % 6 == 0 ? trace::AcquiredByTry : 0);
        for (unsigned D = 0; D < Depth; ++D)
          B.release(By, Locks[D]);
      }
    }
    ObservedResult R = observe({B.Run}, nullptr);
    bool Truth = Everything(B.Run).deadlocks();
    Deadlocks += Truth;
    ASSERT_EQ(!R.Diagnoses.empty(), Truth) << "round " << Round;
    ASSERT_FALSE(R.Incomplete);
    for (const Diagnosis &D : R.Diagnoses) {
      ASSERT_GE(D.Witnesses.size(), 2u);
    }
  }
  // Both answers are common, or the comparison says little.
  EXPECT_GT(Deadlocks, Rounds / 10);
  EXPECT_LT(Deadlocks, Rounds * 9 / 10);
}

} // namespace
