// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The token: who has it runs, all others wait. Before a step that others could
// notice, a thread says what it is about to do (Ask), and the strategy chooses
// among all threads whose steps can be taken just now.
//
// What is shared here is changed by the thread that has the token alone, but
// for a thread's State and Turn, which are atomic. A thread that stays away
// for long (in a call that the controller does not know, or in a loop without
// points) loses the token to one that waits: it is Outside then, and goes on
// uncontrolled to its next step.
#ifndef RADDLE_STRESS_SCHEDULE_TOKEN_H
#define RADDLE_STRESS_SCHEDULE_TOKEN_H

#include "runtime/Runtime.h"
#include "runtime/stack/Unwind.h"
#include "runtime/thread/Thread.h"
#include "stress/schedule/Shadow.h"
#include "stress/schedule/Signals.h"
#include "stress/schedule/Strategy.h"
#include <errno.h>

namespace raddle::stress {

struct Controlled;

/// Of a new thread that could not wait for its turn before it began.
enum class Arrival : uint32_t {
  Done,     ///< It has come to its first step.
  OnItsWay, ///< It runs.
  Late,     ///< It still has not: one of a sanitizer's own, likely.
};

/// Whether the step that the thread stands before can be taken.
using CanGo = bool (*)(const Controlled &);

enum class Standing : uint32_t {
  Choosing, ///< Has the token, and is in the controller.
  Running,  ///< Has the token, which can be taken from it.
  Waiting,  ///< Stands before its pending step.
  Outside,  ///< Runs without the token, or waits for the world outside.
  Ended,
};

struct Controlled {
  uint32_t Number;
  uint32_t Turn;   ///< A futex: 1 once the token is passed here; 2: Errand.
  Standing State;  ///< Atomic.
  uint32_t Inside; ///< In the controller: calls go straight through.
  int32_t Tid;     ///< 0: not started.

  // The step that it stands before.
  Step Pending;
  CanGo Ready;     ///< Null: nothing can stop it.
  Shadow *Object;  ///< What the step is about; may be null.
  uint64_t Wanted; ///< What Ready needs to know, by kind.
  uint64_t Until;  ///< Ready is given up at that virtual time; 0: never.
  CallSite Site;   ///< The program's call; Sp 0: only Pc is known.
  bool TimedOut;   ///< The step is taken as its time is up.
  bool GaveUp;     ///< The same, as it is cancelled.
  bool Cancelled;  ///< pthread_cancel was called for it: waits end.
  bool Signalled;  ///< A signal was sent to it.
  int SignalNumber;
  bool SignalRestarts; ///< With SA_RESTART.
  uint64_t Mask;       ///< The program's, while Masked: signals wait then.
  bool Masked;

  uint64_t Clock; ///< Events so far.
  // Held back while it only repeats itself; see Spins.cpp.
  uint64_t BackAt;   ///< Not before the run's event of that number.
  uint32_t Passed;   ///< How often another went on, in a row.
  uint32_t Repeats;  ///< Steps in a row that changed nothing.
  uint64_t Loads[8]; ///< Hashes of loads since its last change.
  uint32_t LoadsUsed, LoadRepeats;
  uint32_t OldRepeats; ///< Before the last access.
  uint64_t OldProgress;
  uint64_t LastAccess; ///< Hash of object and place; 0: nobody else is there.
  uint64_t Futile;     ///< The last one that changed nothing, since a change.
  uint32_t FutileOnes; ///< How many different ones.
  bool Changed;        ///< The last one was a change.

  bool Woken;                   ///< From a futex.
  bool ReallyWaits;             ///< For the world outside: nobody else can run.
  uint64_t LooksAt;             ///< Clock when it read a clock last,
  uint32_t Looks;               ///< and how often since its last event.
  void (*Errand)(Controlled &); ///< To do while it waits for its turn.

  Hold *Holds;           ///< What it has.
  uint64_t WaitSequence; ///< When its wait on a condition began.
  Shadow *WaitsOn;       ///< That condition; null: it waits on none.
  uint32_t Parent;
  pthread_t Handle; ///< 0 once nobody may join it.
  Shadow *Self;     ///< What others join.
  bool Detached;
  Arrival Way; ///< Atomic.
  void *(*Start)(void *);
  int (*StartC11)(void *);
  void *Argument;
  void *(*Begins)(void *); ///< Where its creator wanted it to; may be null.
  Controlled *Next;        ///< By number.
};

/// What a thread is about to do.
struct Ask {
  Op Kind;
  Shadow *Object = nullptr;
  CanGo Ready = nullptr;
  uint64_t Wanted = 0;
  uint64_t Until = 0;
  bool Writes = true;
  bool CanCancel = false;
  bool Interrupts = false; ///< A signal's handler ends it.
};

/// All that the run has.
struct RunState {
  Controlled *First, *Last;
  uint32_t Threads; ///< So far.
  uint32_t Alive;
  Controlled *Holder; ///< Who has the token; null: nobody can run just now.
  Controlled *LastRan;
  uint64_t LastClock;    ///< Where that one stands.
  Strategy *Chooser;     ///< Null: a replay.
  uint64_t Now;          ///< Virtual time in ns; see VirtualTime.h.
  uint64_t Sequence;     ///< Orders waits and signals.
  uint32_t ForeignWakes; ///< Atomic; by threads that are not controlled.
  uint32_t WakesSeen;
  uint64_t Transfers;    ///< Counts input and output; see Io.h.
  uint64_t LookedAgain;  ///< LastProgress when all looked again for it.
  uint64_t LastProgress; ///< Number of the last event that changed something.
  uint64_t Seed;
  uint64_t StepLimit, Steps; ///< Since there were several threads.
  /// In the process's last handler: let go when nobody else can run.
  Controlled *Leaver;
  uint64_t LeaverWaits; ///< Or at that event.
  int LeavingTid;       ///< Of a thread that is over, and may still be there.
  /// A sanitizer's part of the program waits for each new thread to begin: such
  /// a thread cannot wait for its turn before it does.
  bool StartsFree;
  void *(*Starts[4])(void *); ///< Where threads begin that took a step.
  int SanitizerTid;  ///< Of the thread that a sanitizer always has; 0: none.
  bool AccessPoints; ///< The program tells of its accesses.
  bool Active;
};

inline void setStanding(Controlled &T, Standing To) {
  __atomic_store(&T.State, &To, __ATOMIC_RELEASE);
}
inline Standing standingOf(const Controlled &T) {
  Standing S;
  __atomic_load(&T.State, &S, __ATOMIC_ACQUIRE);
  return S;
}
inline Arrival wayOf(const Controlled &T) {
  Arrival W;
  __atomic_load(&T.Way, &W, __ATOMIC_ACQUIRE);
  return W;
}
/// False: it stands elsewhere.
inline bool becomes(Controlled &T, Standing From, Standing To) {
  return __atomic_compare_exchange(&T.State, &From, &To, false,
                                   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

extern RunState TheRun;
extern __thread Controlled *Mine __attribute__((tls_model("initial-exec")));

/// The calling thread, if what it calls is to be controlled.
inline Controlled *controlled() {
  Controlled *Me = Mine;
  // Not in the child of a fork, however that was made.
  return Me && !Me->Inside && isActive() ? Me : nullptr;
}

/// The thread is in the controller, with the token, as long as this lives: what
/// it, or a sanitizer below, calls is not controlled. Keeps errno.
class InController {
public:
  /// Call: signals are held back meanwhile, as a handler may jump out.
  /// Access: too often for that; only while it waits.
  enum Kind { Call, Access };
  explicit InController(Controlled &Me, Kind K = Call);
  ~InController();
  InController(const InController &) = delete;

  /// A call that should not wait. If it does all the same, as somebody who is
  /// not controlled has what it wants, the token can be taken meanwhile. Its
  /// errno is the one that is kept.
  template <typename Function> auto real(Function Call) -> decltype(Call()) {
    runs();
    auto Result = Call();
    ran();
    return Result;
  }
  /// A call that ends by itself, however long it takes.
  template <typename Function> auto surely(Function Call) -> decltype(Call()) {
    errno = Errno;
    auto Result = Call();
    Errno = errno;
    return Result;
  }
  /// Instead of a call: what it would have set errno to.
  void fails(int Error) { Errno = Error; }
  /// A call that may wait for the world outside: the token is given back for
  /// as long, and it is noted that no seed decides when it ends.
  template <typename Function>
  auto outside(const char *Name, Function Call) -> decltype(Call()) {
    goOutside(Name);
    auto Result = Call();
    Errno = errno;
    maskSignals(Me);
    errno = Errno;
    ran();
    return Result;
  }

  /// Leaves the controller for a call that may not come back, or that runs
  /// the program's code; and comes back.
  template <typename Function> void leaveFor(Function Call) {
    leaves();
    Call();
    comesBack();
  }

private:
  void runs();
  void ran();
  void leaves();
  void comesBack();
  void goOutside(const char *Function);
  Controlled &Me;
  int Errno;
};

/// Takes a step: returns once it is the thread's turn, with the event noted.
/// False: its time is up, or it is cancelled, and Ready does not hold.
bool takeStep(Controlled &Me, const Ask &A);
/// As takeStep, at a site that is not CurrentSite's.
bool takeStepAt(Controlled &Me, const Ask &A, const CallSite &Site);
/// After a call that lets others go on: in programs that do not tell of their
/// accesses, what comes before the next call could not be overtaken otherwise.
void afterStep(Controlled &Me);
/// \p Me and all threads that \p Which says make \p Call now, at the same time;
/// those wait for their turn before and after it.
void allTogether(Controlled &Me, void (*Call)(Controlled &),
                 bool (*Which)(const Controlled &T, const Controlled &Me));

/// An event that is no call; \p Decides: another thread may go on first.
void takeAccess(Controlled &Me, Op Kind, uint32_t Object, unsigned Size,
                uint64_t Pc, bool Decides);
/// The calling thread's last step.
void takeLastStep(Controlled &Me);

/// A new thread, not yet started; null without memory.
Controlled *addThread(uint32_t Parent, uint64_t Pc);
/// Its creation failed.
void dropThread(Controlled *T);
/// In a new thread, first of all: waits for its turn.
void firstTurn(Controlled &Me);
/// Nobody may join it any more.
void forgetFinished(Controlled &T);
/// By the handle that the program has; null: none that could be joined.
Controlled *threadOf(pthread_t Handle);
/// Forgets all threads and makes the calling one number 1, with the token.
Controlled *firstThread(uint64_t Pc);

} // namespace raddle::stress

#endif
