// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Start and end of the runtime in its host.
#ifndef RADDLE_RUNTIME_RUNTIME_H
#define RADDLE_RUNTIME_RUNTIME_H

#include "runtime/core/Options.h"
#include "runtime/core/Sys.h"
#include "runtime/interpose/Real.h"
#include "runtime/thread/Registry.h"

namespace raddle {

/// Set once start-up is over, cleared at the end: without it all calls go
/// straight through. In a page of its own that the kernel empties in a child,
/// however that is made: by fork(), inside daemon(), or by a bare clone.
struct alignas(4096) ActivePage {
  bool Value;
};
extern ActivePage ActiveState;
inline bool isActive() {
  return __atomic_load_n(&ActiveState.Value, __ATOMIC_RELAXED);
}
inline void setActive(bool To) {
  __atomic_store_n(&ActiveState.Value, To, __ATOMIC_RELEASE);
}
/// A sanitizer's runtime is between us and libc: it must see the calls that the
/// program made, and no others.
extern bool SanitizerBelow;

/// Who stands behind the table of real functions must see one call for each of
/// the program's: such a sanitizer, or the controller of schedules.
extern bool OneCallOnly;

/// Who stands behind the table of real functions (jitter, controlled schedules)
/// wants to know which call of the program it was.
extern bool NoteSites;
/// Sets it; at start-up, before any other thread.
void noteSites();
/// That call, while NoteSites is set.
extern __thread CallSite CurrentSite __attribute__((tls_model("initial-exec")));

/// The real functions are known, and nobody wants to know call sites.
extern bool NothingToEnsure;

/// First of all in every interposed function. Looks up the real functions if
/// nobody has; a call may come before any constructor of ours.
__attribute__((always_inline)) inline void ensureReal() {
  if (RADDLE_LIKELY(__atomic_load_n(&NothingToEnsure, __ATOMIC_ACQUIRE)))
    return;
  if (!__atomic_load_n(&Real.pthread_mutex_unlock, __ATOMIC_ACQUIRE))
    findRealFunctions();
  if (NoteSites)
    CurrentSite = RADDLE_CALL_SITE();
}

/// The calling thread if it is to be observed here, else null.
inline Thread *observed() {
  if (RADDLE_UNLIKELY(!isActive()))
    return nullptr;
  Thread *T = currentThread();
  return RADDLE_UNLIKELY(!T || T->Busy) ? nullptr : T;
}

/// A sentence for the user, on stderr or where log_path says, as one line
/// that starts with "raddle: ".
void say(const char *Sentence);
/// Text as it is.
void print(const char *Text, size_t Size);

/// Starts the controller of schedules, if there is to be one and it has not
/// been: just before main, or when a constructor makes a thread. So a run
/// begins at the same moment whether it is forked there or has a process of its
/// own.
void startControl(bool JustBeforeMain);
/// Whether that is still to come.
bool controlIsDue();
/// Within startControl(): no code of the program's is on the way.
bool isJustBeforeMain();
/// In a child that the fork server has made just before main, which goes on as
/// if it had been started by itself: active, with a trace of its own.
void goOnInChild();

/// The process ends without running exit's handlers.
void leaving(int Status);
/// What exit's last handler and the like do: asks the observers, ends the
/// trace. Returns the status to exit with. Does nothing in a child.
int finish(int Status);

} // namespace raddle

#endif
