// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What was found, in words: the graph of lock classes and one diagnosis for
// each cycle and each circular wait.
#ifndef RADDLE_LOCKORDER_OBSERVED_REPORT_H
#define RADDLE_LOCKORDER_OBSERVED_REPORT_H

#include "lockorder/observed/Cycles.h"

namespace raddle::lockorder {

/// A thread waits for a condition with a lock held that all who signal it need.
struct ObservedWaitCycle {
  uint32_t Run, Wait, HeldAt;
  uint32_t Signal; ///< One of them.
  uint32_t SignalHeldAt;
  unsigned Signals; ///< How many there were.
};

std::vector<ObservedWaitCycle> findWaitCycles(Records &R, const Classes &C);

class Report {
public:
  Report(const Records &R, const Classes &C, ObservedResult &Out)
      : R(R), C(C), Out(Out) {}

  void graph();
  void cycles(const std::vector<ObservedCycle> &Cycles);
  void wait(const ObservedWaitCycle &W);

private:
  uint32_t lockIndex(uint32_t Node) const { return IndexOf[C.Of[Node]]; }
  std::string threadText(uint32_t Run, uint32_t Thread) const;
  std::string startOf(uint32_t Run, uint32_t Thread, StackRef S) const;
  void startStep(uint32_t Run, uint32_t Thread, StackRef S, Witness &W) const;
  /// Calls of \p S from frame \p Outer down to its site.
  void calls(StackRef S, size_t Outer, const std::vector<uint32_t> &Held,
             Witness &W) const;
  Step atSite(StackRef S, StepKind Kind, std::string Text,
              std::vector<uint32_t> Held) const;
  /// From the thread's start to \p Now, over where \p Held[HeldAt] was taken.
  Witness witness(uint32_t Run, uint32_t Thread,
                  const std::vector<ObservedHeld> &Held, uint32_t HeldAt,
                  StackRef Now, StepKind Kind, std::string Text) const;
  Witness witness(const CycleStep &S) const;
  void cycle(const ObservedCycle &X, const std::map<uint32_t, unsigned> &Uses);
  void notes(const ObservedCycle &X, Diagnosis &Found) const;
  uint32_t classEdge(const CycleStep &S) const;

  const Records &R;
  const Classes &C;
  ObservedResult &Out;
  std::vector<uint32_t> IndexOf; ///< [class] -> index in the graph, or None.
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> EdgeOf;
};

} // namespace raddle::lockorder

#endif
