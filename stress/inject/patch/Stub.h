// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The machine code that runs instead of an instruction that accesses memory.
#ifndef RADDLE_STRESS_INJECT_PATCH_STUB_H
#define RADDLE_STRESS_INJECT_PATCH_STUB_H

#include "stress/inject/Sites.h"
#include "stress/inject/patch/Code.h"
#include "stress/inject/patch/Decode.h"

namespace raddle::stress {

/// Counts \p S down and, when it is at 0, calls the function that stands at
/// \p Entry with the operand's address and the site. All registers and flags
/// stay as they are, and so does what lies below the stack pointer.
void writePoint(CodeBuffer &To, const Instruction &I, uint64_t From,
                PointSite &S, uint64_t Entry);

/// The instruction itself, from another place.
void writeMoved(CodeBuffer &To, const Instruction &I, uint64_t From);

/// Instead of a call of ThreadSanitizer's function at \p Target: the same, and
/// then that function.
void writeCallPoint(CodeBuffer &To, uint64_t Target, PointSite &S,
                    uint64_t Entry);

} // namespace raddle::stress

/// What stubs call; keeps all registers.
extern "C" void raddleStubEntry() __attribute__((visibility("hidden")));

#endif
