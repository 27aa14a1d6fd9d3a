// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Signals under control. In the controller, and while it waits for its turn, a
// thread has all signals blocked: their handlers are the program's code, which
// may do anything, and may not come back. A thread that is sent one is let run
// for its handler, and then waits again.
#ifndef RADDLE_STRESS_SCHEDULE_SIGNALS_H
#define RADDLE_STRESS_SCHEDULE_SIGNALS_H

namespace raddle::stress {

struct Controlled;

void maskSignals(Controlled &Me);
void unmaskSignals(Controlled &Me);

/// No thread can run: whether a timer's signal, or a thread that is not
/// controlled, may change that. Waits a little; sees to it that a thread can
/// run handlers.
bool wokenFromOutside();
/// A thread that is not controlled has woken somebody: all those that wait to
/// be woken look again.
void wakeFromOutside();

} // namespace raddle::stress

#endif
