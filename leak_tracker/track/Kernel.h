// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a thread is that is in no call of the interposition table, as the
// kernel and the thread itself tell.
#ifndef RADDLE_LEAK_TRACKER_TRACK_KERNEL_H
#define RADDLE_LEAK_TRACKER_TRACK_KERNEL_H

#include "leak_tracker/track/AskThread.h"
#include "leak_tracker/track/TaskInfo.h"

namespace raddle::leaks {

/// The name of an x86-64 system call that threads wait in, or null.
const char *systemCallName(uint64_t Number);

/// Sets the name of \p T, a thread that is alive, from what the kernel knows.
void readThreadName(TaskInfo &T);

/// Sets state, wait and stack of \p T, a thread that is alive. With \p
/// MaySignal a thread that runs user code, or waits in a call that goes on
/// after a signal, is sent one, and answers with its registers; at most 50 ms.
/// Other threads are asked nothing: a stack may then end early, or be missing.
void lookAtKernel(TaskInfo &T, bool MaySignal);

/// Of a thread that is in the kernel; 0: it runs, or it cannot be told.
uint64_t stackPointerOf(int Tid);

/// It is asleep in the kernel.
bool isAsleep(int Tid);

/// It waits on a futex in the \p Size bytes at \p Object.
bool waitsInFutex(int Tid, uint64_t Object, uint64_t Size);

/// The registers of a thread that sleeps in a call that a signal does not
/// disturb: 16 general ones and, at RegisterSp, its stack pointer. False if it
/// does not, or gave no answer.
bool askForRegisters(int Tid, uint64_t (&Registers)[RegisterCount]);

} // namespace raddle::leaks

#endif
