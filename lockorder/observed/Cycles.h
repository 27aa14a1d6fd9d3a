// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The search for circular waits, over lock instances and the ways their edges
// were taken: Havelund's GoodLock, generalised as by Bensalem and Havelund
// (Dynamic Deadlock Analysis of Multi-threaded Programs, 2005) to cycles of any
// length with gate locks and creation/join order. We depart from it in that
// held sets know readers, that several runs may add edges to one cycle, and
// that the search is bounded: the problem is exponential in the worst case.
#ifndef RADDLE_LOCKORDER_OBSERVED_CYCLES_H
#define RADDLE_LOCKORDER_OBSERVED_CYCLES_H

#include "lockorder/observed/Classes.h"
#include "llvm/ADT/ArrayRef.h"

namespace raddle::lockorder {

struct CycleStep {
  uint32_t Edge, Way;
  uint32_t At; ///< Index into the way's At.
};

struct ObservedCycle {
  /// Each edge starts where the one before ends.
  std::vector<CycleStep> Steps;
  bool ReadersMeet = false; ///< Only a deadlock if a writer comes between.
  bool AcrossRuns = false;
  /// Cycles of other instances of the same classes, as far as counted.
  uint64_t Alike = 0;
};

class CycleSearch {
public:
  CycleSearch(Records &R, const Classes &C) : R(R), C(C) {}

  static constexpr uint64_t MaxSteps = 200'000'000;
  static constexpr uint32_t MaxLength = 1000;
  static constexpr size_t MaxCycles = 2000;

  void run();
  std::vector<ObservedCycle> Found; ///< One for each multiset of classes.
  bool Incomplete = false;

private:
  struct PathStep {
    CycleStep Step;
    const Way *W;
    std::shared_ptr<const Surroundings> Around;
  };
  using Key = std::vector<uint32_t>;

  void prepare();
  void pairs(bool Readers);
  void longer(bool Readers);
  /// \p Nodes: of a component, the smallest one that cycles start at first.
  void longerFrom(llvm::ArrayRef<uint32_t> Nodes, uint32_t MaxOfComponent,
                  bool Readers, uint64_t Allowance);
  void extend(uint32_t Edge, bool Closes, bool Readers, uint32_t Limit);
  void search(uint32_t At, uint32_t Limit, bool Readers);

  bool findPair(uint32_t Forth, uint32_t Back, bool Readers, uint64_t Until,
                ObservedCycle &Result);
  /// Both can be at their acquisition at once, as far as locks tell.
  bool locksAllow(const Way &X, const Way &Y);
  /// \p X wants what \p Y holds.
  bool waits(const Way &X, const Way &Y, uint32_t Node, bool Readers) const;
  bool thirdWrites(uint32_t Node, const Way &X, const Way &Y) const;
  bool acrossRuns(const Way &X, const Taking &AtX, const Way &Y,
                  const Taking &AtY);
  bool meets(const Way &X, const Taking &AtX, uint32_t Like);
  uint32_t threadClass(uint32_t Run, uint32_t Thread);
  void add(ObservedCycle Cycle, Key Classes);
  bool isKnown(const Key &Classes, uint32_t Newest) const;
  bool spent() const { return Steps >= StopAt; }

  Records &R;
  const Classes &C;
  uint64_t Steps = 0, StopAt = MaxSteps;
  std::vector<std::vector<uint32_t>> Out; ///< Edges by source.
  std::unordered_map<uint64_t, uint32_t> EdgeOf;
  std::vector<Key> Keys; ///< Of Found.
  std::vector<std::vector<uint32_t>> KeysOfClass;
  std::map<Key, size_t> ByKey;

  // Of the search that is under way.
  std::vector<PathStep> Path;
  std::vector<uint32_t> Distance; ///< To the start, or None.
  std::vector<bool> OnPath;
  uint32_t Start = 0;

  /// By run: the class of each thread, None until asked for; 0 is "like no
  /// other".
  std::vector<std::vector<uint32_t>> ThreadClasses;
  std::map<std::vector<uint32_t>, uint32_t> ThreadClassIds;
};

} // namespace raddle::lockorder

#endif
