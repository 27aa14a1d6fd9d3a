// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What /proc/self/task/TID/ says of a thread (proc(5)). Read by system calls,
// into the caller's memory; the thread may be gone by then, or go on.
#ifndef RADDLE_LEAK_TRACKER_TRACK_TASKFILES_H
#define RADDLE_LEAK_TRACKER_TRACK_TASKFILES_H

#include <stddef.h>
#include <stdint.h>

namespace raddle::leaks {

/// The beginning of the file, as a text of less than \p Size bytes. False: it
/// is empty, or there is no such thread.
bool readTaskFile(int Tid, const char *File, char *To, size_t Size);
template <size_t N>
bool readTaskFile(int Tid, const char *File, char (&To)[N]) {
  return readTaskFile(Tid, File, To, N);
}

/// The number that \p P begins with; \p P is behind it then.
uint64_t decimal(const char *&P);

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

/// As ps has it; 0: there is no such thread.
char stateOf(int Tid);

/// How often the thread was put on and off a processor: it has not run if this
/// is as before. ~0: not known.
uint64_t switchesOf(int Tid);

} // namespace raddle::leaks

#endif
