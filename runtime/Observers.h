// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the observers (leak tracker, lock-order recorder, deadlock watchdog,
// jitter) are told. The runtime knows them by this table alone; an entry that
// is null is not called. Entries are set at start-up, before any thread.
#ifndef RADDLE_RUNTIME_OBSERVERS_H
#define RADDLE_RUNTIME_OBSERVERS_H

#include "runtime/thread/Thread.h"

namespace raddle {

struct Observers {
  /// \p New was taken, by a blocking call, while the thread holds all of
  /// T.Held[0 .. T.HeldCount - 1] (New is not among them), in a way not seen
  /// before. \p Site is the acquisition's. False: it could not be noted, tell
  /// again next time.
  bool (*Nested)(Thread &T, const HeldLock &New, const CallSite &Site);
  /// The calling thread has waited \p Ns for \p Lock, which thread number
  /// \p OwnerTid (0: not known) held at first.
  void (*Contended)(Thread &T, const void *Lock, trace::LockKind Kind,
                    uint64_t Ns, int OwnerTid, const CallSite &Site);
  /// \p Lock, measured, was held for \p Ns.
  void (*HeldFor)(Thread &T, const HeldLock &Lock, uint64_t Ns);
  /// The calling thread is about to wait for another one (not for time, files
  /// or signals); T's wait fields are set.
  void (*AboutToWait)(Thread &T);
  void (*ConditionWait)(Thread &T, const void *Condition, const void *Mutex,
                        bool Timed, const CallSite &Site);
  void (*ConditionSignal)(Thread &T, const void *Condition,
                          const CallSite &Site);
  /// The memory at \p Address, \p Size bytes (0: not known) is no longer what
  /// it was: a lock in it is another from now on.
  void (*Freed)(const void *Address, size_t Size);
  /// A timer was made, by timer_create or timerfd_create; \p Handle is what
  /// that returned. Not \p Loud: it tells nobody when its time has come. And: a
  /// timer of timer_create is about to be deleted.
  void (*TimerMade)(Thread &T, trace::TaskKind Kind, uint64_t Handle, bool Loud,
                    const CallSite &Site);
  void (*TimerGone)(uint64_t Handle);
  /// \p New is about to be created by \p Parent, the calling thread; signals
  /// may be blocked. The creation may yet fail.
  void (*ThreadCreated)(Thread &New, Thread &Parent);
  /// In the new thread, once it is known and before any code of the host's.
  void (*ThreadStarts)(Thread &T);
  /// A thread is over; it still has its record.
  void (*ThreadEnds)(Thread &T);
  /// The process exits with \p Status; returns the status to exit with. May
  /// wait. Called once, after all destructors, unless by _exit.
  int (*AtExit)(int Status);
  /// In the child of a fork, whose only thread is \p T (may be null).
  void (*InChild)(Thread *T);
  /// A second thread is about to be created: helpers may be started now.
  void (*FirstThread)();
};

/// One table for each observer, called one after the other.
struct ObserverList {
  static constexpr unsigned Max = 8;
  Observers *All[Max];
  unsigned Count;
  void add(Observers *O) {
    if (Count != Max)
      All[Count++] = O;
  }
  /// Told before all others.
  void addFirst(Observers *O) {
    if (Count == Max)
      return;
    for (unsigned I = Count++; I; --I)
      All[I] = All[I - 1];
    All[0] = O;
  }
};

extern ObserverList TheObservers;

#define RADDLE_TELL(Event, ...)                                                \
  do {                                                                         \
    for (unsigned ObserverIndex = 0;                                           \
         ObserverIndex != ::raddle::TheObservers.Count; ++ObserverIndex)       \
      if (auto *Tell = ::raddle::TheObservers.All[ObserverIndex]->Event)       \
        Tell(__VA_ARGS__);                                                     \
  } while (false)

// Each is defined by its part; one that is not linked in is null.
void startLeakTracker() __attribute__((weak));
void startLockRecorder() __attribute__((weak));
void startDeadlockWatchdog() __attribute__((weak));
void startProfiler() __attribute__((weak));
void startJitter() __attribute__((weak));
/// Once the runtime is active.
void startController() __attribute__((weak));
/// The option fork_server is set, and there is nothing to control.
void refuseForks() __attribute__((weak));

} // namespace raddle

#endif
