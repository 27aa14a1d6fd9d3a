// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The threads of this process as the kernel has them, of /proc/self/task
// (proc(5)): also those that nobody has told us of. By system calls, on the
// stack alone.
#ifndef RADDLE_RUNTIME_CORE_KERNELTASKS_H
#define RADDLE_RUNTIME_CORE_KERNELTASKS_H

#include <stddef.h>

namespace raddle {

/// Calls \p Each for every one, ours too. False: it cannot be told.
bool forEachKernelThread(void (*Each)(int Tid, void *Context), void *Context);

/// Also true if it cannot be told.
bool threadExists(int Tid);

/// As ps has it: 'R', 'S', 'D', 'Z'; 0: there is no such thread, or it cannot
/// be told.
char stateOf(int Tid);

/// The beginning of /proc/self/task/TID/\p File, as a text of less than \p Size
/// bytes. False: it is empty, or cannot be read.
bool readTaskFile(int Tid, const char *File, char *To, size_t Size);
template <size_t N>
bool readTaskFile(int Tid, const char *File, char (&To)[N]) {
  return readTaskFile(Tid, File, To, N);
}

} // namespace raddle

#endif
