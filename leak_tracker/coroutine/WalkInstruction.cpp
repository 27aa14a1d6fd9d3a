// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One instruction: its bytes (Intel SDM, volume 2: prefixes, ModRM, SIB,
// immediates), and what it does in terms of Walk.
#include "leak_tracker/coroutine/Walk.h"
#include "runtime/core/Sys.h"

namespace raddle::leaks {

namespace {

uint64_t signExtend(uint64_t Value, unsigned Bytes) {
  unsigned Shift = 64 - Bytes * 8;
  return uint64_t(int64_t(Value << Shift) >> Shift);
}

} // namespace

bool Walk::readCode(unsigned Bytes) {
  if (Pc >= CodeAt && Pc + Bytes <= CodeAt + CodeSize)
    return true;
  CodeAt = Pc;
  CodeSize = sys::safeRead(Code, Pc, sizeof(Code)) ? sizeof(Code)
             : sys::safeRead(Code, Pc, Bytes)      ? Bytes
                                                   : 0;
  return CodeSize != 0;
}

template <typename T> bool Walk::fetch(T &Value) {
  if (!readCode(sizeof(T)))
    return false;
  __builtin_memcpy(&Value, Code + (Pc - CodeAt), sizeof(T));
  Pc += sizeof(T);
  return true;
}

bool Walk::fetchImmediate(unsigned Bytes, uint64_t &Value) {
  int8_t Byte;
  int16_t Half;
  int32_t Word;
  if (Bytes == 1 ? !fetch(Byte) : Bytes == 2 ? !fetch(Half) : !fetch(Word))
    return false;
  Value = uint64_t(int64_t(Bytes == 1 ? Byte : Bytes == 2 ? Half : Word));
  return true;
}

bool Walk::fetchModRm(Operand &Rm, unsigned &Reg, unsigned ImmediateBytes) {
  uint8_t ModRm;
  if (!fetch(ModRm))
    return false;
  unsigned Mod = ModRm >> 6, Low = ModRm & 7;
  Reg = (ModRm >> 3 & 7) | (Rex & 4) << 1;
  if (Mod == 3) {
    Rm = {false, Low | (Rex & 1) << 3, {}};
    return true;
  }
  WalkValue A = {0, true, false};
  auto Add = [&](const WalkValue &V, unsigned Shift) {
    A.Bits += V.Bits << Shift;
    A.Known &= V.Known;
    A.FromIndex |= V.FromIndex;
  };
  bool HasWord = Mod == 2;
  bool Relative = false;
  if (Low == 4) {
    uint8_t Sib;
    if (!fetch(Sib))
      return false;
    unsigned Base = Sib & 7, Index = (Sib >> 3 & 7) | (Rex & 2) << 2;
    if (Index != 4)
      Add(Registers[Index], Sib >> 6);
    if (Base == 5 && Mod == 0)
      HasWord = true;
    else
      Add(Registers[Base | (Rex & 1) << 3], 0);
  } else if (Low == 5 && Mod == 0) {
    HasWord = Relative = true;
  } else {
    Add(Registers[Low | (Rex & 1) << 3], 0);
  }
  uint64_t Displacement = 0;
  if ((Mod == 1 && !fetchImmediate(1, Displacement)) ||
      (HasWord && !fetchImmediate(4, Displacement)))
    return false;
  A.Bits += Displacement;
  if (Relative)
    A.Bits += Pc + ImmediateBytes;
  Rm = {true, 0, A};
  return true;
}

bool Walk::stepTwoBytes() {
  uint8_t Code;
  Operand Rm;
  unsigned Reg;
  WalkValue V;
  if (!fetch(Code))
    return false;
  unsigned Bytes = Rex & 8 ? 8 : Wide16 ? 2 : 4;
  if (Code == 0x1F || Code == 0x1E) // nop, endbr64
    return fetchModRm(Rm, Reg, 0);
  if (Code >= 0x80 && Code <= 0x8F) {
    uint64_t Offset;
    bool Holds;
    if (!fetchImmediate(4, Offset) || !condition(Code & 15, Holds))
      return false;
    return branch(FlagsFromIndex, {Pc + (Holds ? Offset : 0), true, false});
  }
  if (Code == 0xB6 || Code == 0xB7 || Code == 0xBE || Code == 0xBF) {
    unsigned From = Code & 1 ? 2 : 1;
    if (!fetchModRm(Rm, Reg, 0) || !load(Rm, From, V))
      return false;
    V.Bits = Code >= 0xBE ? signExtend(V.Bits, From) : V.Bits & maskOf(From);
    setReg(Reg, Bytes, V);
    return true;
  }
  bool Immediate = Code == 0xBA;
  if (Code == 0xA3 || Immediate) { // bt
    uint64_t Number = 0;
    WalkValue Bit;
    if (!fetchModRm(Rm, Reg, Immediate) || Rm.IsMemory ||
        (Immediate && (Reg & 7) != 4) || !load(Rm, Bytes, V) ||
        (Immediate && !fetchImmediate(1, Number)))
      return false;
    Bit = Immediate ? WalkValue{Number, true, false} : reg(Reg, Bytes);
    FlagsKnown = V.Known && Bit.Known;
    FlagsFromIndex = V.FromIndex || Bit.FromIndex;
    Carry = V.Bits >> (Bit.Bits & (Bytes * 8 - 1)) & 1;
    Zero = Sign = Overflow = false; // Nobody asks.
    return true;
  }
  return false;
}

bool Walk::step() {
  uint8_t Code;
  uint64_t Start = Pc;
  Rex = 0;
  Wide16 = false;
  if (!fetch(Code))
    return false;
  while (Code == 0x66 || Code == 0xF3 || Code == 0x2E) {
    Wide16 |= Code == 0x66;
    if (!fetch(Code))
      return false;
  }
  if ((Code & 0xF0) == 0x40) {
    Rex = Code;
    if (!fetch(Code))
      return false;
  }
  unsigned Bytes = Rex & 8 ? 8 : Wide16 ? 2 : 4;
  unsigned ImmediateBytes = Bytes == 2 ? 2 : 4;
  Operand Rm;
  unsigned Reg;
  WalkValue V;
  uint64_t Immediate;
  Op What;
  if (Code == 0x0F)
    return stepTwoBytes();
  if (Code >= 0x50 && Code <= 0x57) { // push
    Registers[Rsp].Bits -= 8;
    return store({true, 0, Registers[Rsp]}, 8,
                 Registers[(Code & 7) | (Rex & 1) << 3]);
  }
  if (Code >= 0x70 && Code <= 0x7F) {
    bool Holds;
    if (!fetchImmediate(1, Immediate) || !condition(Code & 15, Holds))
      return false;
    return branch(FlagsFromIndex, {Pc + (Holds ? Immediate : 0), true, false});
  }
  if (Code >= 0xB8 && Code <= 0xBF) {
    if (Rex & 8 ? !fetch(Immediate) : !fetchImmediate(4, Immediate))
      return false;
    setReg((Code & 7) | (Rex & 1) << 3, Bytes, {Immediate, true, false});
    return !Wide16;
  }
  // add, or, and, sub, xor, cmp: r/m with register, either way, and the
  // accumulator with a number.
  if (Code < 0x40 && (Code & 7) <= 5) {
    if (!group(Code >> 3, What))
      return false;
    unsigned Size = Code & 1 ? Bytes : 1;
    if ((Code & 7) >= 4) {
      if (!fetchImmediate(Code & 1 ? ImmediateBytes : 1, Immediate))
        return false;
      return operate(What, {false, Rax, {}}, {Immediate, true, false}, Size);
    }
    if (!fetchModRm(Rm, Reg, 0))
      return false;
    if (!(Code & 2)) {
      // xor of a register with itself: zero, whatever it was.
      if (What == Op::Xor && !Rm.IsMemory && Rm.Register == Reg)
        setReg(Reg, Size, {0, true, false});
      return operate(What, Rm, reg(Reg, Size), Size);
    }
    return load(Rm, Size, V) && operate(What, {false, Reg, {}}, V, Size);
  }
  switch (Code) {
  case 0x63: // movslq
    if (!fetchModRm(Rm, Reg, 0) || !load(Rm, 4, V))
      return false;
    V.Bits = signExtend(V.Bits, 4);
    setReg(Reg, Bytes, V);
    return true;
  case 0x80:
  case 0x81:
  case 0x83: {
    unsigned Size = Code == 0x80 ? 1 : Bytes;
    unsigned Number = Code == 0x81 ? ImmediateBytes : 1;
    return fetchModRm(Rm, Reg, Number) && fetchImmediate(Number, Immediate) &&
           group(Reg & 7, What) &&
           operate(What, Rm, {Immediate, true, false}, Size);
  }
  case 0x84:
  case 0x85: {
    unsigned Size = Code & 1 ? Bytes : 1;
    return fetchModRm(Rm, Reg, 0) &&
           operate(Op::Test, Rm, reg(Reg, Size), Size);
  }
  case 0x88:
  case 0x89: {
    unsigned Size = Code & 1 ? Bytes : 1;
    return fetchModRm(Rm, Reg, 0) && store(Rm, Size, reg(Reg, Size));
  }
  case 0x8A:
  case 0x8B: {
    unsigned Size = Code & 1 ? Bytes : 1;
    if (!fetchModRm(Rm, Reg, 0) || !load(Rm, Size, V))
      return false;
    setReg(Reg, Size, V);
    return true;
  }
  case 0x8D: // lea
    if (!fetchModRm(Rm, Reg, 0) || !Rm.IsMemory)
      return false;
    setReg(Reg, Bytes, Rm.Address);
    return true;
  case 0x90:
    return true;
  case 0x98: // cltq, cwtl
    V = reg(Rax, Bytes / 2);
    V.Bits = signExtend(V.Bits, Bytes / 2);
    setReg(Rax, Bytes, V);
    return true;
  case 0xA8:
  case 0xA9:
    if (!fetchImmediate(Code & 1 ? ImmediateBytes : 1, Immediate))
      return false;
    return operate(Op::Test, {false, Rax, {}}, {Immediate, true, false},
                   Code & 1 ? Bytes : 1);
  case 0xC6:
  case 0xC7: {
    unsigned Number = Code & 1 ? ImmediateBytes : 1;
    return fetchModRm(Rm, Reg, Number) && fetchImmediate(Number, Immediate) &&
           (Reg & 7) == 0 &&
           store(Rm, Code & 1 ? Bytes : 1, {Immediate, true, false});
  }
  case 0xE9:
  case 0xEB: {
    if (!fetchImmediate(Code == 0xE9 ? 4 : 1, Immediate))
      return false;
    uint64_t To = Pc + Immediate;
    Pc = Start;
    return branch(false, {To, true, false});
  }
  case 0xF6:
  case 0xF7: { // test with a number
    // The operand's length depends on what it does: looked at first.
    uint8_t ModRm;
    if (!sys::safeRead(&ModRm, Pc, 1) || (ModRm >> 3 & 7) != 0)
      return false;
    unsigned Number = Code & 1 ? ImmediateBytes : 1;
    return fetchModRm(Rm, Reg, Number) && fetchImmediate(Number, Immediate) &&
           operate(Op::Test, Rm, {Immediate, true, false},
                   Code & 1 ? Bytes : 1);
  }
  case 0xFE:
  case 0xFF:
    if (!fetchModRm(Rm, Reg, 0))
      return false;
    if (Code == 0xFF && (Reg & 7) == 4) // jmp
      return load(Rm, 8, V) && branch(true, V);
    if ((Reg & 7) > 1)
      return false;
    // inc, dec; the carry, which they leave alone, is asked by nobody.
    return operate((Reg & 7) == 0 ? Op::Add : Op::Sub, Rm, {1, true, false},
                   Code & 1 ? Bytes : 1);
  default:
    return false;
  }
}

} // namespace raddle::leaks
