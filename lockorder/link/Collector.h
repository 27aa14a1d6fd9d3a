// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collects, from one function's fixed point, what the checks look at.
#ifndef RADDLE_LOCKORDER_LINK_COLLECTOR_H
#define RADDLE_LOCKORDER_LINK_COLLECTOR_H

#include "lockorder/link/Analysis.h"

namespace raddle::lockorder {

class Collector : public Observer {
public:
  /// \p Again: a further round over a recursive function.
  Collector(Analysis &A, Interpreter &I, FunctionId F, bool Again);

  void acquires(const State &Before, const model::Event &E, model::EventId Id,
                PathRef Lock, model::Flavor How) override;
  void calls(const State &Before, const model::Event &E, model::EventId Id,
             llvm::ArrayRef<CallTarget> Targets) override;
  void callsUnknown(const State &Before, const model::Event &E,
                    model::EventId Id, PathRef Callable,
                    const CallContext &Context) override;
  void spawns(const State &Before, const model::Event &E, model::EventId Id,
              llvm::ArrayRef<CallTarget> Bodies) override;
  void joins(const State &Before, const model::Event &E, model::EventId Id,
             PathRef Handle) override;
  void waits(const State &Before, const model::Event &E, model::EventId Id,
             PathRef Condition, PathRef Lock) override;
  void notifies(const State &Before, const model::Event &E, model::EventId Id,
                PathRef Condition) override;

private:
  // Bounds on what one function passes on to its callers. They are far above
  // what projects reach; without them, a hostile or generated program could
  // make the lists multiply along call chains.
  static constexpr size_t MaxPending = 32, MaxSteps = 12;

  static std::vector<PathRef> unite(std::vector<PathRef> A,
                                    const std::vector<PathRef> &B);
  /// Lists a place where the lock is taken.
  void acquisition(LockClass Lock, const CallStep &At, model::LockMode Mode,
                   model::Flavor How = model::Flavor::Blocking);
  /// The shortest end of the path that still names the lock's class.
  PathRef shorten(PathRef Lock, LockClass Class);
  void reach(ReachedLock R);
  /// Lock \p R of \p Target, in this function's terms, meets what is held.
  /// \p Steps: from this function to the one that makes the call.
  void meet(const State &Before, const std::vector<HeldLock> &Held,
            const std::vector<CallStep> &HeldAt, const CallTarget &Target,
            const std::vector<CallStep> &Steps, bool NewThread,
            std::pair<PathRef, PathRef> Case = {});
  std::vector<CallStep> heldAt(const std::vector<HeldLock> &Held) const;
  void edge(EdgeSite Site, const std::vector<PathRef> &Released,
            const State &Before, bool NewThread = false);
  void relock(const EdgeSite &Site);
  void pendingEdges(const State &Before, const CallTarget &Target,
                    model::EventId Id, bool NewThread);
  void pendingCalls(const State &Before, const CallTarget &Target,
                    model::EventId Id, bool NewThread);
  /// The object's own lock, while the object is built or destroyed.
  bool ownLock(PathRef Lock) const;
  std::vector<HeldClass> classes(const std::vector<HeldLock> &Held,
                                 PathRef Without = 0);
  static std::vector<uint32_t> sites(const State &S);

  /// Of the event at hand: the `case` of a switch that it is in.
  std::pair<PathRef, PathRef> caseOf(const State &Before,
                                     const model::Event &E);
  static uint32_t keyOf(const ReachedLock &R) {
    return (R.Released * 4 + uint32_t(R.Mode)) ^ R.CaseValue * 0x9E3779B1u;
  }

  Analysis &A;
  Interpreter &I;
  Program &P;
  FunctionId F;
  const Function Fn;
  bool Again;
  /// What A.Reached[F] holds: lock, and mode with released locks.
  llvm::DenseSet<std::pair<PathRef, uint32_t>> Reached;
};

} // namespace raddle::lockorder

#endif
