// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As much of x86-64's instructions as it takes to move one: where it ends,
// where its memory operand is, and whether it goes somewhere else.
#ifndef RADDLE_STRESS_INJECT_PATCH_DECODE_H
#define RADDLE_STRESS_INJECT_PATCH_DECODE_H

#include <stddef.h>
#include <stdint.h>

namespace raddle::stress {

struct Instruction {
  enum Flow : uint8_t {
    Next,
    Branch, ///< jmp or jcc with Target; not moved.
    Call,   ///< With Target, or 0.
    Away,   ///< ret, an indirect jump, a trap.
    IndirectJump,
  };
  static constexpr uint8_t None = 255;
  uint8_t Length;
  Flow Goes;
  uint64_t Target; ///< Address, of Branch and Call.

  bool HasMemory;   ///< A memory operand that is accessed.
  bool RipRelative; ///< Its 32-bit displacement is from the instruction's end.
  bool Writes, Locked;
  bool Addressable;     ///< It can be computed by lea: no segment, no EVEX.
  uint8_t Base, Index;  ///< Registers, or None.
  uint8_t Modrm;        ///< Offset of that byte.
  uint8_t AddressEnd;   ///< Offset past the displacement.
  uint8_t RexXB;        ///< Bits X and B of the registers, as in REX.
  uint8_t Displacement; ///< Offset of the 32-bit one, if RipRelative.
};

/// \p Code is what stands at \p Address; at most \p Limit bytes. False: there
/// is an instruction that this does not know, and nothing after it is known.
bool decode(const uint8_t *Code, size_t Limit, uint64_t Address,
            Instruction &I);

} // namespace raddle::stress

#endif
