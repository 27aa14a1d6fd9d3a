// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Asks a thread where it is, by a signal that the host does not use.
#ifndef RADDLE_LEAK_TRACKER_TRACK_ASKTHREAD_H
#define RADDLE_LEAK_TRACKER_TRACK_ASKTHREAD_H

#include "runtime/stack/Unwind.h"
#include <signal.h>

namespace raddle::leaks {

/// 16 general registers, in the order of ucontext's gregs: REG_R8 and on.
constexpr unsigned RegisterCount = 16, RegisterSp = 15;

struct ThreadAnswer {
  CallSite Site;
  uint64_t Registers[RegisterCount];
};

/// Calls \p WhileStopped while the thread stands still. False: no signal is
/// free, the thread blocks it, or has not answered in 50 ms (one that runs, on
/// a busy machine: up to 2 s more, of all questions together). One question at
/// a time; others wait. The thread must be one whose system call goes on after
/// a signal, or in none.
bool askThread(int Tid,
               void (*WhileStopped)(const ThreadAnswer &A, void *Context),
               void *Context);

/// Sets a handler, with SA_RESTART, where there is none, not even SIG_IGN.
bool handleSignal(int Signal, void (*Handler)(int, siginfo_t *, void *));

} // namespace raddle::leaks

#endif
