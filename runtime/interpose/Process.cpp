// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// fork, and the ends of a process that run no exit handlers.
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "runtime/stack/StackStore.h"
#include "runtime/trace/TraceWriter.h"

using namespace raddle;

/// The child has one thread and the parent's locks as they were. It is not
/// observed: what it does between fork and exec must not depend on us.
RADDLE_EXPORT pid_t fork() noexcept {
  ensureReal();
  pid_t Child = Real.fork();
  if (Child == 0 && __atomic_load_n(&Active, __ATOMIC_RELAXED)) {
    __atomic_store_n(&Active, false, __ATOMIC_RELEASE);
    TheTrace.abandon();
    TheStacks.resetAfterFork();
    Thread *T = Self;
    if (reinterpret_cast<uint64_t>(T) <= 1)
      T = nullptr;
    TheRegistry.resetAfterFork(T);
    RADDLE_TELL(InChild, T);
  }
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
