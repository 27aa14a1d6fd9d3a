// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RADDLE_CLI_STRESS_RUNDEADLOCK_H
#define RADDLE_CLI_STRESS_RUNDEADLOCK_H

#include "cli/findings/RunTime.h"
#include "cli/stress/RunPlaces.h"

namespace raddle::cli {

/// Who waits for whom at the end of a run that the scheduler has ended: the
/// cycle, or all that wait. Without threads: the log does not say. Stacks
/// become part of \p Into.
DeadlockView runDeadlock(const stress::RunRecords &Run, RunPlaces &Places,
                         RunTime &Into);

} // namespace raddle::cli

#endif
