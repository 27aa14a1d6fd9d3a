// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How many cores the program's threads share: fewer than it is told of. Each
// thread is limited for itself, and what it creates inherits that; processes
// that the program makes are not limited.
#ifndef RADDLE_STRESS_INJECT_CORES_H
#define RADDLE_STRESS_INJECT_CORES_H

#include <stddef.h>

namespace raddle::stress {

/// How many cores the process may use now.
unsigned coresThere();
/// Which of those, from 0, the calling thread is on.
unsigned currentCore();
/// The calling thread, and those that it creates, may use \p Count of them,
/// from number \p First on. False: it may use no more anyway.
bool limitCores(unsigned Count, unsigned First);
/// Of the calling thread; true if they were limited.
bool unlimitCores();
/// \p Set, of \p Size bytes, is what the kernel said of a thread: what it would
/// have said without us.
void hideLimit(void *Set, size_t Size);
/// Puts functions into the table that hide the limit from the program, and
/// spare its children. Before any thread.
void hideCores();

} // namespace raddle::stress

#endif
