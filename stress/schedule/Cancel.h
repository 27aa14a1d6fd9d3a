// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cancellation. A thread that waits in the controller is not in one of libc's
// cancellation points, so that it has to be let go to meet one.
#ifndef RADDLE_STRESS_SCHEDULE_CANCEL_H
#define RADDLE_STRESS_SCHEDULE_CANCEL_H

#include "stress/schedule/Token.h"

namespace raddle::stress {

/// At each call that is a cancellation point: does not return if the thread is
/// cancelled and may be. False: it is, but has that disabled.
bool testCancel(Controlled &Me, InController &In);

} // namespace raddle::stress

#endif
