// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A deadlock or stall, into the trace and to standard error.
#ifndef RADDLE_LOCKORDER_RECORDER_DEADLOCKREPORT_H
#define RADDLE_LOCKORDER_RECORDER_DEADLOCKREPORT_H

#include "lockorder/recorder/WaitGraph.h"

namespace raddle {

/// \p Involved: indices into \p Graph; of a cycle each waits for the next, the
/// last for the first. Any thread but the involved ones, or one of them if it
/// is the caller; without internal locks.
void reportDeadlock(trace::DeadlockKind Kind, WaitGraph &Graph,
                    const uint32_t *Involved, uint32_t Count);

} // namespace raddle

#endif
