// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How to get from a frame to its caller's, for one instruction: the answer of
// a module's .eh_frame section, boiled down to the three registers that a
// stack walk needs.
#ifndef RADDLE_RUNTIME_STACK_CFITABLE_H
#define RADDLE_RUNTIME_STACK_CFITABLE_H

#include <stdint.h>

namespace raddle {

enum class FrameKind : uint8_t {
  Unknown, ///< No unwind information: try the frame pointer.
  Rsp,     ///< CFA = rsp + CfaOffset.
  Rbp,     ///< CFA = rbp + CfaOffset.
  RbpLoad, ///< CFA = *(rbp + CfaOffset): a realigned stack.
  Plt,     ///< CFA = rsp + 8, or + 16 once the stub has pushed.
  Signal,  ///< A signal handler's caller: registers are in the context.
  End,     ///< The outermost frame.
};

struct FrameRule {
  FrameKind Kind = FrameKind::Unknown;
  bool RbpSaved = false;
  int32_t CfaOffset = 0; ///< Fits 28 bits.
  int32_t RbpOffset = 0; ///< Relative to the CFA; fits 28 bits.
};

/// Looks the instruction at \p Address up in the module that it is in. Calls
/// nothing that locks or allocates (_dl_find_object, glibc 2.35). About 1 us.
FrameRule readFrameRule(uint64_t Address);

} // namespace raddle

#endif
