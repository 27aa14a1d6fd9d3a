// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who goes on: which threads can, what the strategy or the replay says of them,
// and what is to be done where none can.
#ifndef RADDLE_STRESS_SCHEDULE_CHOICE_H
#define RADDLE_STRESS_SCHEDULE_CHOICE_H

#include "stress/schedule/Token.h"

namespace raddle::stress {

/// Who is next; null: nobody just now, but somebody is outside, or nobody is
/// left at all. Ends the process when no thread can run.
Controlled *pick();

} // namespace raddle::stress

#endif
