// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The flow-sensitive pass over one function.
#ifndef RADDLE_LOCKORDER_LINK_INTERPRETER_H
#define RADDLE_LOCKORDER_LINK_INTERPRETER_H

#include "lockorder/link/CallGraph.h"
#include "lockorder/link/State.h"
#include "llvm/ADT/DenseSet.h"

namespace raddle::lockorder {

/// A place where threads are started.
struct SpawnSite {
  FunctionId In = NoFunction;
  model::EventId Event = 0;
  model::SpawnKind Kind = model::SpawnKind::Thread;
  bool InLoop = false;
  std::vector<FunctionId> Bodies;
  PathRef Handle = 0; ///< In terms of In.
};

/// How a call's callee sees its surroundings: its roots as the caller's paths.
struct CallContext {
  PathRef Object = 0;
  llvm::SmallVector<PathRef, 4> Args;
  PathRef Result = 0;
};

struct CallTarget {
  FunctionId Callee = NoFunction;
  CallContext Context;
  /// One of several that a callable variable can hold.
  bool Ambiguous = false;
};

/// What the interpreter knows beyond the function at hand.
struct Knowledge {
  Knowledge(Program &P, CallGraph &Calls) : P(P), Calls(Calls) {}
  Program &P;
  CallGraph &Calls;
  std::vector<Effect> Effects;
  std::vector<SpawnSite> Spawns;
  llvm::DenseMap<std::pair<FunctionId, model::EventId>, uint32_t> SpawnIds;
};

/// Is told of every event with the state before it, once the fixed point is
/// reached.
class Observer {
public:
  virtual ~Observer() = default;
  /// A lock is taken; \p How is Blocking, Try or Timed.
  virtual void acquires(const State &Before, const model::Event &E,
                        model::EventId Id, PathRef Lock, model::Flavor How) {}
  virtual void calls(const State &Before, const model::Event &E,
                     model::EventId Id, llvm::ArrayRef<CallTarget> Targets) {}
  /// A call of something that only the caller can know (a parameter).
  virtual void callsUnknown(const State &Before, const model::Event &E,
                            model::EventId Id, PathRef Callable,
                            const CallContext &Context) {}
  virtual void spawns(const State &Before, const model::Event &E,
                      model::EventId Id, llvm::ArrayRef<CallTarget> Bodies) {}
  virtual void joins(const State &Before, const model::Event &E,
                     model::EventId Id, PathRef Handle) {}
  /// \p Lock is given back during the wait.
  virtual void waits(const State &Before, const model::Event &E,
                     model::EventId Id, PathRef Condition, PathRef Lock) {}
  virtual void notifies(const State &Before, const model::Event &E,
                        model::EventId Id, PathRef Condition) {}
};

class Interpreter {
public:
  Interpreter(Knowledge &K, FunctionId F);

  /// Runs to the fixed point.
  void run();
  /// What the function does to its caller; after run().
  Effect effect();
  /// Walks every reachable block once more; after run().
  void walk(Observer &O);

  /// The event takes a lock on one of several ways that meet again: whether
  /// it happens depends on what the caller passes or set before. After run().
  bool conditional(model::EventId Event) const {
    return Conditional.contains(Event);
  }

  PathRef path(model::PathId Id);
  /// A callee's path in terms of this function at \p S.
  PathRef substitute(const State &S, const CallContext &C, PathRef P);

private:
  void transfer(State &S, const model::Event &E, model::EventId Id);
  void leave(const State &S, const model::Block &B, uint32_t Index);
  void acquire(State &S, const model::Event &E, model::EventId Id, PathRef Lock,
               model::Flavor How);
  void addHeld(State &S, const HeldLock &H);
  void release(State &S, PathRef Lock, bool OnlyIfHeld);
  void guardEvent(State &S, const model::Event &E, model::EventId Id);
  GuardState guardAt(State &S, PathRef Guard);
  void destroy(State &S, const model::Event &E, model::EventId Id);
  void call(State &S, const model::Event &E, model::EventId Id);
  void spawn(State &S, const model::Event &E, model::EventId Id);
  void wait(State &S, const model::Event &E, model::EventId Id);
  void joinTask(State &S, PathRef Handle);
  void apply(State &S, const Effect &Eff, const CallContext &C,
             model::EventId Id);
  void applyDeclared(State &S, const model::Event &E, FunctionId Callee,
                     const CallContext &C, model::EventId Id);
  /// Applies what the callee is known to do, by its body or else its
  /// declaration.
  void applyCallee(State &S, const model::Event &E, FunctionId Callee,
                   const CallContext &C, model::EventId Id);
  void branch(State &S, const model::Condition &C, bool Taken);
  CallContext contextOf(const State &S, const model::Event &E,
                        model::EventId Id);
  void targetsOf(const State &S, const model::Event &E, model::EventId Id,
                 llvm::SmallVectorImpl<CallTarget> &Out,
                 PathRef &UnknownCallable);

  Knowledge &K;
  Program &P;
  PathTable &Paths;
  FunctionId Id;
  const Function Fn;
  const model::FunctionSummary &Summary;
  std::vector<State> In;
  std::vector<model::EventId> FirstEvent; ///< Of each block.
  llvm::DenseMap<model::PathId, PathRef> PathCache;
  llvm::DenseSet<model::EventId> Conditional;
  Observer *Watching = nullptr;
};

} // namespace raddle::lockorder

#endif
