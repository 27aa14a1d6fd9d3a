// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Controlled schedules: one thread of the program runs at a time, and a
// strategy says which. See docs/design/stress.md. What other parts of the
// runtime need of it; inside, see Token.h.
#ifndef RADDLE_STRESS_SCHEDULE_CONTROLLER_H
#define RADDLE_STRESS_SCHEDULE_CONTROLLER_H

#include "stress/schedule/Strategy.h"

namespace raddle::stress {

/// The calling thread as the controller knows it.
struct ControlledView {
  uint32_t Number; ///< From 1, in order of creation; never used twice in a run.
  uint64_t StackLow, StackHigh; ///< 0: not known.
  uint64_t Clock;               ///< Its events so far.
};

/// False: the calling thread is not controlled (the runtime's own, one that
/// libc or a sanitizer made, one in the middle of the controller; or there is
/// no controlled schedule): its accesses are nobody's business.
bool controlledThread(ControlledView &View);

/// The calling thread is about to access \p Object, at \p Pc (a return address
/// into the program). Counts an event; if \p IsPoint, another thread may go on
/// first, and this returns once it is the calling thread's turn. \p Object is
/// null for what needs no number: the thread's own stack, a fence. Numbers, and
/// so the hash of the run, must not depend on IsPoint. Does nothing in a thread
/// that is not controlled. Keeps errno.
void controllerPoint(Op Kind, const void *Object, unsigned Size, uint64_t Pc,
                     bool IsPoint);

/// The access that was told last has changed nothing: a compare_exchange that
/// failed, an exchange that stored what was there. Repeated loads are noticed
/// without. Who only repeats such is held back until others have gone on.
void controllerNoProgress();

/// What is in the \p Size bytes at \p Address from now on are other objects. By
/// a controlled thread.
void forgetObjects(const void *Address, uint64_t Size);

/// Takes control with the options as they are in TheOptions: the calling
/// thread, the only one of the program, becomes number 1, and all that an
/// earlier run left is forgotten. Also in the child of a fork server, where the
/// runtime must be active again (setActive). \p Alone: the process is known to
/// have no other thread. False, with a sentence to the
/// user: it could not be done, and the program runs as it would alone.
bool takeControl(bool Alone);

/// Between takeControl() and the end of the process.
bool inControl();

/// If it is linked in and the option fork_server is set, startController()
/// calls it before it takes control. Returns true in each child, with
/// TheOptions set for the run, and false in the server itself if it refuses to
/// be one.
bool serveForks() __attribute__((weak));

/// Whether the program tells of its accesses (libraddle_stress.so is there).
/// Absent: it does not.
bool accessesArePoints() __attribute__((weak));

/// Sets what earlier runs had, before Strategy::begin.
void expectAsBefore(StrategySettings &S) __attribute__((weak));

/// The process, or a thread of its own that it needs for that, is about to
/// end: what it learnt can be written (AtExit, before leak tracking; and at a
/// verdict of the scheduler's, before _exit).
void controlEnds() __attribute__((weak));

} // namespace raddle::stress

#endif
