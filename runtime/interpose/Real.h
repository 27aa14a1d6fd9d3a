// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions behind the interposed ones: the next in the order of libraries,
// libc's or a sanitizer's.
#ifndef RADDLE_RUNTIME_INTERPOSE_REAL_H
#define RADDLE_RUNTIME_INTERPOSE_REAL_H

#include "runtime/core/Sys.h"
#include "runtime/interpose/RealFunctions.h"

namespace raddle {

struct RealTable {
#define RADDLE_FUNCTION(Name) decltype(&::Name) Name;
#include "runtime/interpose/RealFunctions.def"
#undef RADDLE_FUNCTION
};

extern RealTable Real;

/// Looks all of them up. A function that this libc does not have is null, and
/// nobody can call it.
void findRealFunctions();

/// One that has not been looked up because start-up is not over; by name.
void *findNext(const char *Name);

} // namespace raddle

#endif
