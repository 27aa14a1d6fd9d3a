// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The end of a run that the scheduler itself finds at fault: what each thread
// waits for, who has that, and where all of them are, into the run log; then
// the process ends, without running any code of the program's.
#ifndef RADDLE_STRESS_SCHEDULE_VERDICTS_H
#define RADDLE_STRESS_SCHEDULE_VERDICTS_H

#include "stress/schedule/Token.h"

namespace raddle::stress {

/// No thread can run: a deadlock, or a wake-up that was lost.
[[noreturn]] void endStuck();
[[noreturn]] void endRun(Verdict V);

/// The token goes from \p From to \p To. \p Could: \p From could have gone on.
void noteSwitch(const Controlled &From, const Controlled &To, bool Could);

} // namespace raddle::stress

#endif
