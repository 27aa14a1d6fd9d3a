// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Points at the program's accesses to memory without a rebuild: in this
// process's copy of the code, instructions that access memory which threads may
// share are replaced by a jump to where a counter is decremented, now and then
// the thread is held up, and the instruction is executed.
//
// The tactic is that of E9Patch (Duck, Gao and Roychoudhury, "Binary rewriting
// without control flow recovery", PLDI 2020): no jump of the program's is
// moved, so nothing needs to be known of where they go. An instruction that is
// shorter than the jump is moved together with its neighbours, if no branch
// leads between them; there we depart from it, as the functions' bounds are
// known from the unwind tables.
#ifndef RADDLE_STRESS_INJECT_PATCH_PATCH_H
#define RADDLE_STRESS_INJECT_PATCH_PATCH_H

#include "stress/inject/Sites.h"

namespace raddle::stress {

/// At start-up, before there are threads. Patches the executable and the
/// libraries that came with it. What cannot be patched for certain stays as it
/// is. Returns how many places were made points.
unsigned patchAccesses(uint64_t Seed);

/// Called by what was patched, once in a while. \p Sp: within the stack.
void patchedAccess(uint64_t Address, PointSite *S, uint64_t Sp);

/// A program that has ThreadSanitizer in itself tells it of each access: then
/// the calls are made points. Where its runtime's code lies.
bool findStaticSanitizer(uint64_t &Begin, uint64_t &End);

} // namespace raddle::stress

#endif
