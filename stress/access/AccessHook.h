// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What libraddle_stress.so tells libraddle_rt.so, before each access. Weak: a
// program that is linked to the one and runs without the other just works.
#ifndef RADDLE_STRESS_ACCESS_ACCESSHOOK_H
#define RADDLE_STRESS_ACCESS_ACCESSHOOK_H

#include "stress/log/RunLog.h"
#include <stddef.h>

extern "C" {
/// The calling thread is about to access \p Size bytes at \p Address, by the
/// code that returns to \p Pc; \p Kind is an Op. Returns when it may. Address
/// is null for a fence. Preserves errno; may not return at the end of a run.
__attribute__((weak, visibility("default"))) void
__raddle_access(const void *Address, size_t Size, unsigned Kind,
                const void *Pc);
/// The access told last will leave the value in memory as it is: a
/// compare_exchange that fails, an exchange that finds what it brings. A loop
/// of these spins.
__attribute__((weak, visibility("default"))) void __raddle_no_progress();
/// The block at \p Address is about to be given back: what is there next is
/// something else. \p SizeOf tells how long it is; not to be called before the
/// program has started up, when a sanitizer may not be ready for it.
__attribute__((weak, visibility("default"))) void
__raddle_freed(void *Address, size_t (*SizeOf)(void *));
}

#endif
