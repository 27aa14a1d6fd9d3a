// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Jitter: threads are held up now and then, so that they meet in other orders
// than usual. On with the option jitter=1; see docs/design/jitter.md.
#ifndef RADDLE_STRESS_INJECT_JITTER_H
#define RADDLE_STRESS_INJECT_JITTER_H

#include "stress/inject/Sites.h"
#include "stress/inject/Threads.h"

namespace raddle::stress {

/// Jitter is at work in this process.
extern bool JitterOn;

/// The calling thread is about to access \p Object, by the code that returns to
/// \p Pc. For points at accesses; does nothing without jitter. Keeps errno. Any
/// thread, also in signal handlers.
void jitterAtAccess(const void *Object, Op Kind, uint64_t Pc)
    __attribute__((weak));

// For the parts of jitter.

/// The calling thread, or null: it is none of the program's, or must not be
/// held up here.
JitterThread *jitterThread();
/// \p T has come to \p S, which stands for \p Times hits.
void jitterPoint(JitterThread &T, PointSite &S, uint32_t Times,
                 uint64_t Object);
/// A call of the program's, at \p Pc.
void jitterCall(JitterThread &T, Op Kind, bool After, const void *Object,
                uint64_t Pc);

/// Puts jitter's functions into the table of real functions.
void hookCalls();

} // namespace raddle::stress

#endif
