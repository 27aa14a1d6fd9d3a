// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Unloading of libraries: other code may be at their addresses from then on.
//
// dlopen is not interposed: it finds libraries relative to its caller, which
// would be us. Those that are new are met when a stack goes through them.
#include "runtime/Runtime.h"
#include "runtime/stack/StackStore.h"

using namespace raddle;

RADDLE_EXPORT int dlclose(void *Library) noexcept {
  ensureReal();
  int Result = Real.dlclose(Library);
  if (Thread *T = observed()) {
    Busy B(T);
    writeModules();
  }
  return Result;
}
