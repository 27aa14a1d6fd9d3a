// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which cores a thread may use. Nothing is observed; jitter, which lets a
// program have fewer of them, stands behind the table and says what it would be
// told without.
#include "runtime/Runtime.h"

using namespace raddle;

RADDLE_EXPORT int sched_getaffinity(pid_t Of, size_t Size,
                                    cpu_set_t *Set) noexcept {
  ensureReal();
  return Real.sched_getaffinity(Of, Size, Set);
}

RADDLE_EXPORT int pthread_getaffinity_np(pthread_t Of, size_t Size,
                                         cpu_set_t *Set) noexcept {
  ensureReal();
  return Real.pthread_getaffinity_np(Of, Size, Set);
}
