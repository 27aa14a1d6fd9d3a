// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What was seen at run time, as diagnoses: one for each group of leaked tasks,
// each deadlock and each stall.
#ifndef RADDLE_CLI_TRACE_RUNFINDINGS_H
#define RADDLE_CLI_TRACE_RUNFINDINGS_H

#include "cli/findings/RunTime.h"

namespace raddle::cli {

/// Those of all leaks and deadlocks of \p Run, which they refer to by index.
/// Identity is made of names only: the function that made a task, the one it
/// is in, and what kind of thing it waits for.
std::vector<lockorder::Diagnosis> runFindings(const RunTime &Run);

/// "1.2 s", "35 ms", "4 min 10 s".
std::string durationText(double Seconds);

/// \p D is of \p View, in which threads wait to be woken, and nobody is left
/// who would: says so, at the place of such a wait.
void callLostWakeUp(lockorder::Diagnosis &D, const RunTime &Run,
                    const DeadlockView &View);

} // namespace raddle::cli

#endif
