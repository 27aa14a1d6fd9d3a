// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the kernel says of this process and its threads.
#ifndef RADDLE_LOCKORDER_RECORDER_KERNELTHREADS_H
#define RADDLE_LOCKORDER_RECORDER_KERNELTHREADS_H

namespace raddle {

/// How many there are, ours too; 0: it cannot be told.
unsigned kernelThreads();
/// It is in the kernel and nobody has woken it yet.
bool isAsleep(int Tid);
/// A handler may post a semaphore, and those that signal a condition variable
/// get away with it. What handles a thread's own faults does not count.
bool hasSignalHandlers();

} // namespace raddle

#endif
