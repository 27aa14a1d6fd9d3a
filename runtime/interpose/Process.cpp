// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Forks, and the ends of a process that run no exit handlers.
//
// vfork is not interposed: it returns twice into its caller's frame, which
// would be ours. What its child calls is observed as if the parent did.
#include "runtime/interpose/Process.h"
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "runtime/interpose/ThreadLife.h"
#include "runtime/stack/StackStore.h"
#include "runtime/trace/TraceWriter.h"

using namespace raddle;

namespace {

/// The child has one thread and the parent's locks as they were. It is not
/// observed: what it does between fork and exec must not depend on us.
void inChild() {
  setActive(false);
  TheTrace.abandon();
  TheStacks.resetAfterFork();
  Thread *T = Self;
  if (reinterpret_cast<uint64_t>(T) <= 1)
    T = nullptr;
  TheRegistry.resetAfterFork(T);
  RADDLE_TELL(InChild, T);
}

/// The last handler of quick_exit; it is not told the status.
int QuickStatus = 0;
void atQuickExit() {
  int Wanted = finish(QuickStatus);
  if (Wanted != QuickStatus)
    Real._exit(Wanted);
}

} // namespace

namespace raddle {

void watchProcess() {
  // By libc's own list, so that forks inside libc (daemon, forkpty) are seen.
  pthread_atfork(nullptr, nullptr, inChild);
  at_quick_exit(atQuickExit);
}

} // namespace raddle

/// fork() without what pthread_atfork registered.
RADDLE_EXPORT pid_t _Fork() noexcept {
  ensureReal();
  bool WasActive = isActive();
  pid_t Child = Real._Fork();
  if (Child == 0 && WasActive)
    inChild();
  return Child;
}

RADDLE_EXPORT void _exit(int Status) {
  ensureReal();
  Status = finish(Status);
  Real._exit(Status);
  __builtin_trap();
}

RADDLE_EXPORT void _Exit(int Status) noexcept {
  ensureReal();
  Status = finish(Status);
  Real._Exit(Status);
  __builtin_trap();
}

RADDLE_EXPORT void quick_exit(int Status) noexcept {
  ensureReal();
  QuickStatus = Status;
  Real.quick_exit(Status);
  __builtin_trap();
}

/// Only to see the main thread's end; that of others is seen anyway.
RADDLE_EXPORT void pthread_exit(void *Value) {
  ensureReal();
  if (Thread *T = observed())
    seeEnd(*T);
  Real.pthread_exit(Value);
  __builtin_trap();
}
