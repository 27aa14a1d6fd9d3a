// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which leaked tasks wait for something that nobody else can reach, and so
// wait for ever. The idea is LeakSanitizer's and Go's (V.-C. Saioc et al.,
// Dynamic partial deadlock detection via garbage collection): marking starts
// at everything that is not a blocked task's; a task whose object gets marked
// may be woken and is a root from then on; what is left is proven.
#ifndef RADDLE_LEAK_TRACKER_TRACK_REACH_H
#define RADDLE_LEAK_TRACKER_TRACK_REACH_H

#include "leak_tracker/track/TaskInfo.h"

namespace raddle::leaks {

/// Where the host called into the runtime: its registers, and its stack from
/// there on. What lies below is the runtime's own and holds addresses of
/// everything. Taken first of all, by the function that the host calls.
struct HostState {
  uint64_t Registers[6];
  uint64_t Sp;
};

#define RADDLE_HOST_STATE(State)                                               \
  __asm__ volatile("movq %%rbx, %0\n movq %%rbp, %1\n movq %%r12, %2\n"        \
                   "movq %%r13, %3\n movq %%r14, %4\n movq %%r15, %5\n"        \
                   : "=m"((State).Registers[0]), "=m"((State).Registers[1]),   \
                     "=m"((State).Registers[2]), "=m"((State).Registers[3]),   \
                     "=m"((State).Registers[4]), "=m"((State).Registers[5]));  \
  (State).Sp = reinterpret_cast<uint64_t>(__builtin_frame_address(0))

/// Sets Proven to Unreachable where that is so. Reads all writable memory;
/// proves nothing when there is too much, when the heap is not glibc's, or when
/// a thread could change it meanwhile. \p IsLeak: who counts as leaked.
void proveByReach(TaskList &Tasks, const HostState &Host,
                  bool (*IsLeak)(const TaskInfo &));

} // namespace raddle::leaks

#endif
