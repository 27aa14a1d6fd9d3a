// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Suspended C++20 coroutines, found by their frames: blocks of the heap whose
// first two words are the resume and the destroy function of one coroutine
// (the Itanium ABI's order, which clang and gcc share; both call the functions
// so that they are known by their symbols). Nothing is asked of the program,
// and nothing is done before somebody looks.
//
// Missed are frames that are not at the start of a block of glibc's heap,
// finished ones (their resume function is null), and those of programs without
// symbols. What runs, or might, is not taken for suspended.
#ifndef RADDLE_LEAK_TRACKER_COROUTINE_COROUTINES_H
#define RADDLE_LEAK_TRACKER_COROUTINE_COROUTINES_H

#include "leak_tracker/track/Reach.h"
#include "runtime/core/Print.h"

namespace raddle::leaks {

/// Adds the suspended coroutines; the threads are in \p Tasks already. Reads
/// the heap's headers: some ms each 100 MB.
void lookAtCoroutines(TaskList &Tasks, const HostState &Host);

/// Those that there are belong to the baseline \p Epoch.
void keepCoroutines(uint32_t Epoch, const HostState &Host);

/// Nobody sees a coroutine start, so those that a test leaves are those that
/// were not there when it began; if it was alone all the time. Programs without
/// coroutines pay for one look at their symbols.
void testBegins(uint32_t Test, const HostState &Host);
void testEnds(uint32_t Test);
/// The test that runs, if there was no other since it began; else 0.
uint32_t testAlone();

/// The coroutine as its programmer knows it: "ns::gen(int)". May allocate, as
/// the demangler does.
void nameCoroutine(uint64_t ResumePoint, TextSink &To);

} // namespace raddle::leaks

#endif
