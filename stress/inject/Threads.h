// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program's threads as jitter knows them: what each was dealt, whether it
// runs, waits or is held, and the holding itself.
#ifndef RADDLE_STRESS_INJECT_THREADS_H
#define RADDLE_STRESS_INJECT_THREADS_H

#include "runtime/core/Sys.h"
#include "stress/inject/Decide.h"

namespace raddle::stress {

struct alignas(128) JitterThread {
  enum State : uint32_t { Free, Running, Blocked, Held, Ended };
  uint32_t Now = Free; ///< Atomic; a State.
  uint32_t Number = 0; ///< In order of creation, from 1.
  uint32_t Points = 0; ///< It came to so far; for others to see it move.
  uint32_t Busy =
      0; ///< In the middle of a point: handlers' calls pass through.
  uint64_t HeldAt = 0; ///< While Held: the object that it was about to use.
  uint32_t Met = 0;    ///< While Held: another thread was at that object.
  /// It has begun, and its first point is its start.
  bool AtStart = false;
  Hand Cards;
  const void *Tried =
      nullptr; ///< Lock whose try has just failed: the wait follows.
  JitterThread *LastChild = nullptr;
};

class JitterThreads {
public:
  static constexpr unsigned Max = 256;
  /// Null: there are too many; the thread is left alone.
  JitterThread *add(uint64_t Seed, JitterThread *Parent);
  void ended(JitterThread &T);
  /// Of those that are not over.
  unsigned alive() const { return __atomic_load_n(&Alive, __ATOMIC_RELAXED); }
  unsigned started() const { return __atomic_load_n(&Last, __ATOMIC_RELAXED); }

  void setState(JitterThread &T, JitterThread::State To) {
    __atomic_store_n(&T.Now, To, __ATOMIC_SEQ_CST);
    if (To != JitterThread::Running && anyHeld())
      wake();
  }
  bool anyHeld() const {
    return __atomic_load_n(&HeldCount, __ATOMIC_SEQ_CST) != 0;
  }

  /// Holds \p Me for \p Ns at the longest, and until the other threads have all
  /// ended or wait: then nothing more can come of it. \p Object: with
  /// \p UntilMet, until another thread is at it. \p OnlyHigher: less
  /// important threads are not waited for. Returns the time it took.
  struct Outcome {
    uint64_t Ns;
    bool Met;     ///< Another thread got at the object.
    bool Nothing; ///< No other thread came to a point.
  };
  Outcome hold(JitterThread &Me, uint64_t Object, uint64_t Ns, bool UntilMet,
               bool OnlyHigher);
  /// Thread \p Me is at \p Object: tells those that are held there.
  void meet(const JitterThread &Me, uint64_t Object);
  /// Any thread that could go on and, with \p OnlyHigher, goes before.
  bool othersRun(const JitterThread &Me, bool OnlyHigher) const;

private:
  uint64_t pointsOfOthers(const JitterThread &Me) const;
  void wake();
  JitterThread All[Max];
  unsigned Used = 0; ///< Rows that were ever used.
  unsigned Alive = 0, Last = 0, HeldCount = 0;
  uint32_t Changes = 0; ///< A futex.
};

extern JitterThreads TheJitterThreads;

} // namespace raddle::stress

#endif
