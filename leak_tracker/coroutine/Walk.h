// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows the few kinds of x86-64 instructions that compilers begin a
// coroutine's functions with. Memory is read as it is; what is written is
// written to a stack that exists only here.
#ifndef RADDLE_LEAK_TRACKER_COROUTINE_WALK_H
#define RADDLE_LEAK_TRACKER_COROUTINE_WALK_H

#include <stdint.h>

namespace raddle::leaks {

/// What is known of a register, or of a place on the stack.
struct WalkValue {
  uint64_t Bits = 0;
  bool Known = false;
  bool FromIndex = false; ///< It depends on the number of the suspension.
};

class Walk {
public:
  Walk(uint64_t Frame, uint64_t Function);
  /// Until something is met that is not understood.
  void run();

  uint64_t Target = 0; ///< Where the last branch by the index has led.
  uint64_t IndexAddress = 0, Index = 0;
  unsigned IndexBytes = 0; ///< 0: it was never read.

private:
  struct Place {
    uint64_t Address;
    unsigned Bytes;
    WalkValue Value;
  };
  /// A register, or memory at an address.
  struct Operand {
    bool IsMemory;
    unsigned Register;
    WalkValue Address;
  };
  /// Numbers of registers, as instructions have them.
  static constexpr unsigned Rax = 0, Rsp = 4, Rdi = 7;
  enum class Op { Add, Or, And, Sub, Xor, Compare, Test, Move };

  static uint64_t maskOf(unsigned Bytes) {
    return Bytes == 8 ? ~uint64_t(0) : (uint64_t(1) << Bytes * 8) - 1;
  }

  // WalkInstruction.cpp.
  bool step();
  bool stepTwoBytes();
  template <typename T> bool fetch(T &Value);
  bool readCode(unsigned Bytes);
  bool fetchModRm(Operand &Rm, unsigned &Reg, unsigned ImmediateBytes);
  bool fetchImmediate(unsigned Bytes, uint64_t &Value);

  // Walk.cpp.
  bool load(const Operand &O, unsigned Bytes, WalkValue &Value);
  bool store(const Operand &O, unsigned Bytes, WalkValue Value);
  bool loadMemory(WalkValue Address, unsigned Bytes, WalkValue &Value);
  bool operate(Op What, const Operand &To, WalkValue From, unsigned Bytes);
  bool group(unsigned Code, Op &What) const;
  bool branch(bool Conditional, WalkValue To);
  bool condition(unsigned Code, bool &Holds) const;
  WalkValue reg(unsigned R, unsigned Bytes) const;
  void setReg(unsigned R, unsigned Bytes, WalkValue Value);
  bool isStack(uint64_t Address) const;

  uint64_t Frame, Pc;
  uint8_t Code[64]; ///< Some of it, from CodeAt on.
  uint64_t CodeAt = 0, CodeSize = 0;
  WalkValue Registers[16];
  static constexpr unsigned Most = 64;
  Place Stack[Most];
  unsigned Places = 0;
  // Flags.
  bool Zero = false, Carry = false, Sign = false, Overflow = false;
  bool FlagsKnown = false, FlagsFromIndex = false;
  // Of the instruction.
  uint8_t Rex = 0;
  bool Wide16 = false;
};

} // namespace raddle::leaks

#endif
