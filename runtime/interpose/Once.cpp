// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// pthread_once and call_once: std::call_once ends up here too. Nothing is
// observed; who stands behind the table must know of them. Calls that are the
// last thing done, as exceptions pass through.
#include "runtime/Runtime.h"

using namespace raddle;

RADDLE_EXPORT int pthread_once(pthread_once_t *Control, void (*Routine)()) {
  ensureReal();
  return Real.pthread_once(Control, Routine);
}

RADDLE_EXPORT void call_once(once_flag *Flag, void (*Routine)()) {
  ensureReal();
  Real.call_once(Flag, Routine);
}
