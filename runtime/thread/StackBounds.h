// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the stack of a thread lies that the runtime did not start.
#ifndef RADDLE_RUNTIME_THREAD_STACKBOUNDS_H
#define RADDLE_RUNTIME_THREAD_STACKBOUNDS_H

#include "runtime/thread/Thread.h"

namespace raddle {

/// Sets the bounds of the calling thread's stack in \p T, from
/// /proc/self/maps: for threads that were not started under our eyes.
void findStackBounds(Thread &T);

} // namespace raddle

#endif
