// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What /proc/self/task/TID/ says of a thread (proc(5)). Read by system calls,
// into the caller's memory; the thread may be gone by then, or go on.
#ifndef RADDLE_LEAK_TRACKER_TRACK_TASKFILES_H
#define RADDLE_LEAK_TRACKER_TRACK_TASKFILES_H

#include <stdint.h>

namespace raddle::leaks {

/// "syscall": where the thread is in the kernel.
struct InKernel {
  bool Calls = false; ///< In a system call.
  uint64_t Number = 0, Arguments[6] = {};
  uint64_t Sp = 0, Pc = 0; ///< 0: it runs.
};

/// False: it cannot be told.
bool readCall(int Tid, InKernel &K);

/// True also where it cannot be told.
bool blocksSignal(int Tid, int Signal);

/// How often the thread was put on and off a processor: it has not run if this
/// is as before. ~0: not known.
uint64_t switchesOf(int Tid);

} // namespace raddle::leaks

#endif
