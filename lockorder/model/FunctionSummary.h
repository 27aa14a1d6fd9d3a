// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What extraction records of one function: its control flow reduced to the
// events that matter for concurrency.
//
// Held sets are not in here. What a call to a project's own lock wrapper does
// is not known before all translation units are joined, so the linker runs
// the flow-sensitive pass over these graphs (see docs/design/analysis.md).
#ifndef RADDLE_LOCKORDER_MODEL_FUNCTIONSUMMARY_H
#define RADDLE_LOCKORDER_MODEL_FUNCTIONSUMMARY_H

#include "lockorder/model/AccessPath.h"
#include <string>
#include <vector>

namespace raddle::model {

/// A place in the user's sources: never inside a system header (what happens
/// there is placed at the user's line that led to it), macros at the line of
/// their expansion.
struct Location {
  /// Path relative to the project's root.
  StringId File = 0;
  uint32_t Line = 0;      ///< From 1; 0 if there is no place.
  uint32_t Column = 0;    ///< From 1.
  uint32_t EndColumn = 0; ///< One past the last column, same line; or 0.

  bool operator==(const Location &) const = default;
};

enum class LockMode : uint8_t { Exclusive, Shared, Upgrade };

/// How a lock is taken.
enum class Flavor : uint8_t {
  Blocking,
  Try,      ///< Does not wait; held only where Condition says it succeeded.
  Timed,    ///< Waits for a bounded time; else as Try.
  Adopted,  ///< Already held by the thread; the guard becomes responsible.
  Deferred, ///< Not taken yet; only the guard learns of the lock.
};

enum class EventKind : uint8_t {
  /// Object: lock. Mode, How, Group, Recursive.
  Acquire,
  /// Object: lock.
  Release,
  /// A guard object of a known library starts: Object: guard, Args: its locks
  /// (all taken without order among themselves if several). Mode, How.
  GuardInit,
  /// Object: guard; takes its locks. Mode, How.
  GuardAcquire,
  /// Object: guard; gives its locks back, can take them again.
  GuardRelease,
  /// Object: guard; forgets its locks without giving them back.
  GuardDisown,
  /// Object: guard that receives, Args[0]: guard that is left empty.
  GuardMove,
  /// Object and Args[0]: guards.
  GuardSwap,
  /// Its result is true where the guard Object owns its locks.
  GuardOwns,
  /// Object: object whose life ends; Callee: its destructor (0: none written).
  /// Guards inside it give back what they own, jthreads are joined.
  Destroy,
  /// Object := Args[0], for pointers, references, smart pointers, callables.
  Store,
  /// Callee or CalleePath; Object: receiver or 0; Args: arguments in order;
  /// Result: where the returned object is built, or 0. For constructors Object
  /// is the object.
  Call,
  /// Starts a thread or task. Object: handle or 0. Callee or CalleePath: body;
  /// Args: what the body gets as parameters; Args for a member function start
  /// with its object (BodyHasObject). Spawn, InLoop.
  Spawn,
  /// Object: handle that is joined.
  Join,
  /// Object: handle that is detached.
  Detach,
  /// Condition variable wait. Object: condition variable; Args[0]: guard
  /// (ArgIsGuard) or lock that is given back meanwhile. HasPredicate, Timed,
  /// Cancellable; Args[1], if any: the cancellation handle.
  Wait,
  /// Object: condition variable.
  Notify,
  /// May wait for something that is not a lock: Blocks says for what. Timed,
  /// Cancellable. Object: what is waited for, or 0.
  Block,
  /// Looks at something without waiting (see PollKind). Object: what, or 0.
  Poll,
  /// Looks at the cancellation handle Object.
  Consult,
  /// A callback that Object (cancellation handle) runs on cancellation.
  CancelCallback,
  /// Pauses the processor or yields.
  Pause,
  /// Atomic read-modify-write of Object.
  AtomicUpdate,
};

enum class SpawnKind : uint8_t { Thread, JoiningThread, Async, Pool, Timer };

enum class BlockKind : uint8_t {
  None,
  Sleep,      ///< Bounded by its argument.
  Unbounded,  ///< Future, semaphore, latch, barrier, queue, process, poll(-1).
  InputOutput ///< Socket, pipe, file.
};

enum class PollKind : uint8_t {
  None,
  ReadyNow,   ///< select/poll/epoll_wait with a zero timeout, io.poll()
  TryLock,    ///< try_lock
  TryPop,     ///< try_pop/try_dequeue/try_receive
  ZeroWait,   ///< wait_for(0), future.wait_for(0s)
  DontWait,   ///< recv with MSG_DONTWAIT
  AtomicLoad, ///< atomic or atomic_flag read
  QueueEmpty, ///< empty()/size() of a container
  Yield,      ///< yield alone
};

/// Index of an event in its function, in the order of its blocks.
using EventId = uint32_t;

struct Event {
  EventKind Kind = EventKind::Call;
  LockMode Mode = LockMode::Exclusive;
  Flavor How = Flavor::Blocking;
  SpawnKind Spawn = SpawnKind::Thread;
  BlockKind Blocks = BlockKind::None;
  PollKind Poll = PollKind::None;
  bool Recursive = false;   ///< The lock may be taken again by its holder.
  bool Virtual = false;     ///< Callee may be overridden for this call.
  bool Timed = false;       ///< Gives up after a bounded time.
  bool Cancellable = false; ///< Ends when its cancellation handle is triggered.
  bool HasPredicate = false;
  bool ArgIsGuard = false;
  bool BodyHasObject = false;
  bool InLoop = false;
  /// The callee is declared in a system header and has no summary; what it
  /// does to locks is in the built-in model, so it is known to do nothing.
  bool System = false;
  /// Notify: wakes all waiters.
  bool All = false;
  /// Events of one std::lock / scoped_lock share a non-zero number.
  uint32_t Group = 0;
  PathId Object = 0;
  PathId Result = 0;
  PathId CalleePath = 0;
  StringId Callee = 0;
  llvm::SmallVector<PathId, 2> Args;
  /// Bit i: Args[i] is (or holds) a cancellation handle.
  uint32_t CancelArgs = 0;
  /// The event is in a `case` of a switch: it is only reached where SwitchOn
  /// has the value SwitchCase, an enumerator written "=ns::name". Stores of
  /// enumerators write them as Function paths of that name.
  PathId SwitchOn = 0;
  StringId SwitchCase = 0;
  /// What the source calls it ("std::future<int>::get"), for messages.
  StringId Text = 0;
  /// Names of checks that a NOLINT at this line silences, comma separated;
  /// "*" for all; 0 for none.
  StringId NoLint = 0;
  Location Where;
};

/// A branch, or a return value, that tells whether an event succeeded.
struct Condition {
  static constexpr EventId NoEvent = ~0u;
  EventId On = NoEvent;
  /// True: the condition is true where the event did not succeed.
  bool Negated = false;
};

struct Block {
  std::vector<Event> Events;
  /// If Branch is set, Successors[0] is taken where its condition is true.
  llvm::SmallVector<uint32_t, 2> Successors;
  Condition Branch;
  /// Block does something besides its events that can matter to somebody:
  /// writes to memory that outlives the iteration, computes, calls what has
  /// no event. Empty passes of a loop consist of blocks without work.
  bool Work = false;
  /// Ends in `return`: what is returned.
  bool Returns = false;
  PathId ReturnPath = 0;
  Condition ReturnValue;
  /// What is returned is the literal true (non-zero), false (zero), or, -1,
  /// something else.
  int8_t ReturnConstant = -1;
  /// Innermost loop, index into FunctionSummary::Loops, or -1.
  int32_t Loop = -1;
};

struct Loop {
  int32_t Parent = -1;
  uint32_t Head = 0; ///< Block that every pass goes through first.
  Location Where;    ///< The loop's keyword up to its closing parenthesis.
  StringId NoLint = 0;
  /// Number of passes is bounded by something the loop itself counts or
  /// iterates over, or by a clock.
  bool Bounded = false;
  /// Bounded by a variable: the number of passes can grow.
  bool CountsToVariable = false;
  /// Has no condition, or one that is always true.
  bool Forever = false;
  /// Retries a compare-and-swap or test-and-set: lock-free, or a spin lock.
  bool RetriesAtomic = false;
};

enum class HandleKind : uint8_t { None, StopToken, StopSource, Flag, Custom };

struct Variable {
  StringId Name = 0;
  StringId Type = 0;   ///< As the source spells it, for messages.
  StringId Record = 0; ///< Entity key of its class, pointers looked through.
  HandleKind Cancellation = HandleKind::None;
  Location Where;
};

/// A cancellation handle that a function could consult.
struct CancellationHandle {
  PathId Path = 0; ///< Param, capture or field of this.
  HandleKind Kind = HandleKind::None;
  StringId Name = 0;
  Location Where;
};

enum class EffectKind : uint8_t {
  Acquires,
  Releases,
  TryAcquires,
  Requires,
  Excludes
};

/// What Clang's thread safety attributes, or the configuration, promise of a
/// function.
struct DeclaredEffect {
  EffectKind Kind = EffectKind::Acquires;
  LockMode Mode = LockMode::Exclusive;
  PathId Lock = 0;
  bool SuccessValue = true; ///< TryAcquires: what it returns on success.
};

struct FunctionSummary {
  /// Entity key: equal for the same entity in all translation units. Starts
  /// with "<file>#" for entities with internal linkage.
  StringId Key = 0;
  StringId Name = 0;   ///< Qualified, with parameter types; for messages.
  StringId Record = 0; ///< Class of a member function, or 0.
  Location Where;
  bool HasBody = false;
  bool Virtual = false;
  bool Constructor = false;
  bool Destructor = false;
  bool Closure = false; ///< Call operator of a lambda.
  bool Main = false;
  bool InternalLinkage = false;
  bool Coroutine = false;
  bool NoReturn = false;
  /// Nobody outside the translation unit can call it unless it is handed out
  /// (internal linkage, lambda).
  llvm::SmallVector<StringId, 1> Overrides; ///< Keys of overridden methods.
  std::vector<Variable> Params;
  std::vector<Variable> Locals;
  std::vector<CancellationHandle> Handles;
  std::vector<DeclaredEffect> Declared;
  /// Pairs of paths that the function compares by order (`<`, std::less):
  /// instances of one class locked in the order of address or id.
  std::vector<std::pair<PathId, PathId>> Ordered;
  std::vector<Block> Blocks; ///< Blocks[0] is the entry.
  std::vector<Loop> Loops;
};

} // namespace raddle::model

#endif
