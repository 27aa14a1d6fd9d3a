// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The whole-program analysis: effects of all functions, then all places where
// a lock is taken while others are held.
#ifndef RADDLE_LOCKORDER_LINK_ANALYSIS_H
#define RADDLE_LOCKORDER_LINK_ANALYSIS_H

#include "lockorder/link/Interpreter.h"
#include "lockorder/link/LockClasses.h"
#include <map>

namespace raddle::lockorder {

/// A lock that calling the function may take, in terms of its roots.
struct ReachedLock {
  PathRef Lock = 0;
  model::LockMode Mode = model::LockMode::Exclusive;
  bool Recursive = false;
  /// Caller's locks given back by then: Analysis::released().
  uint32_t Released = 0;
  /// Reached only where CaseOn (in terms of the function) is CaseValue.
  PathRef CaseOn = 0, CaseValue = 0;
  /// Taken on one of several ways that meet again.
  bool Conditional = false;
  /// First step of the call chain: an event of this function, and the callee's
  /// entry that it leads to, unless the event takes the lock itself.
  model::EventId Event = 0;
  FunctionId Callee = NoFunction;
  uint32_t Index = 0;
};

/// A lock that is held around something, as a gate for it.
struct HeldClass {
  LockClass Class = NoClass;
  bool Shared = false;
  auto operator<=>(const HeldClass &) const = default;
};

using CallStep = std::pair<FunctionId, model::EventId>;

/// "From is held, then To is taken", seen in one function.
struct EdgeSite {
  PathRef From = 0, To = 0; ///< In terms of In.
  LockClass FromClass = NoClass, ToClass = NoClass;
  model::LockMode FromMode = model::LockMode::Exclusive,
                  ToMode = model::LockMode::Exclusive;
  FunctionId In = NoFunction;
  /// Calls that lead from In to the function Origin where both happen.
  std::vector<CallStep> Steps;
  FunctionId Origin = NoFunction;
  bool FromDeclared = false;      ///< Held on entry, says a declaration.
  bool Recursive = false;         ///< The holder may take the lock again.
  CallStep HeldAt;                ///< The event that took From.
  model::EventId Event = 0;       ///< Event of Origin that leads to To.
  FunctionId Callee = NoFunction; ///< ReachedLock that it leads to, or none.
  uint32_t Index = 0;
  std::vector<HeldClass> AlsoHeld; ///< Besides From; sorted.
  std::vector<uint32_t> Alive;     ///< Spawn sites that may run; sorted.
};

/// A call with what is held and running around it.
struct CallSite {
  FunctionId Caller = NoFunction;
  model::EventId Event = 0;
  std::vector<HeldClass> Held; ///< Sorted.
  std::vector<uint32_t> Alive; ///< Sorted.
};

/// The same lock taken twice by one thread.
struct Relock {
  FunctionId In = NoFunction;
  PathRef Lock = 0; ///< In terms of In.
  model::LockMode FirstMode = model::LockMode::Exclusive,
                  Mode = model::LockMode::Exclusive;
  bool FirstDeclared = false;
  CallStep FirstAt;
  /// Calls that lead from In to the function Origin where it is taken again.
  std::vector<CallStep> Steps;
  FunctionId Origin = NoFunction;
  model::EventId Event = 0;
  FunctionId Callee = NoFunction;
  uint32_t Index = 0;
};

/// A wait, signal or join with the locks held around it.
struct SyncSite {
  FunctionId In = NoFunction;
  model::EventId Event = 0;
  PathRef Object = 0;
  std::vector<HeldLock> Held; ///< Without the lock that a wait gives back.
  std::vector<uint32_t> Alive;
};

class Analysis {
public:
  Analysis(Program &P, LockOrderGraph &Graph);
  void run();

  /// Sets of locks are stored once; set 0 is empty. \p Locks is sorted.
  uint32_t intern(std::vector<PathRef> Locks);
  const std::vector<PathRef> &released(const ReachedLock &R) const {
    return *Sets[R.Released];
  }

  Program &P;
  CallGraph Calls;
  Knowledge K;
  LockClasses Classes;
  LockOrderGraph &Graph;

  std::vector<EdgeSite> Edges;
  std::vector<Relock> Relocks;
  std::vector<SyncSite> Waits, Notifies, Joins;
  /// By function; only functions that touch locks have entries.
  std::vector<std::vector<ReachedLock>> Reached;
  std::vector<std::vector<CallSite>> Callers;
  /// By function: indices into K.Spawns of the sites that start it.
  std::vector<std::vector<uint32_t>> StartedBy;

private:
  friend class Collector;
  struct PendingEdge {
    EdgeSite Site;
    std::vector<PathRef> Released;
    /// A thread start lies on the way: what callers hold is not held here.
    bool NewThread = false;
  };
  struct PendingCall {
    PathRef Callable = 0;
    CallContext Context;
    std::vector<HeldLock> Held;
    std::vector<CallStep> HeldAt; ///< Where each of Held was taken.
    std::vector<PathRef> Released;
    std::vector<CallStep> Steps; ///< From the function to the call itself.
    bool NewThread = false;      ///< As for PendingEdge.
  };
  void findSpawns();
  void computeEffects();
  void findWrappers();
  void bindLockPointers();
  void collect();

  llvm::DenseMap<std::pair<LockClass, LockClass>, unsigned> SitesOfEdge;
  std::map<std::vector<PathRef>, uint32_t> SetIds;
  std::vector<const std::vector<PathRef> *> Sets;
  std::vector<std::vector<PendingEdge>> PendingEdges;
  std::vector<std::vector<PendingCall>> PendingCalls;
};

} // namespace raddle::lockorder

#endif
