// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// After the opcode maps in the Intel SDM, volume 2, appendix A.
#include "stress/inject/patch/Decode.h"

namespace raddle::stress {

namespace {

/// What follows an opcode.
enum Shape : uint8_t {
  X,  // No such instruction in 64-bit mode, or one that compilers do not make.
  N,  // Nothing.
  M,  // ModRM.
  M1, // ModRM and an 8-bit immediate.
  MZ, // ModRM and an immediate of 32 bits, or 16.
  I1, // An immediate of 8 bits,
  I2, // 16,
  IZ, // 32 or 16,
  IV, // as wide as the register,
  IA, // an address.
  E1, // 16 and 8 bits.
  P0, // Prefix, or the way to another map.
};

constexpr uint8_t OneByte[256] = {
    // 0 1 2 3 4 5 6 7 8 9 a b c d e f
    M,  M,  M,  M,  I1, IZ, X,  X,  M,  M,  M,  M,  I1, IZ, X,  P0, // 00
    M,  M,  M,  M,  I1, IZ, X,  X,  M,  M,  M,  M,  I1, IZ, X,  X,  // 10
    M,  M,  M,  M,  I1, IZ, P0, X,  M,  M,  M,  M,  I1, IZ, P0, X,  // 20
    M,  M,  M,  M,  I1, IZ, P0, X,  M,  M,  M,  M,  I1, IZ, P0, X,  // 30
    P0, P0, P0, P0, P0, P0, P0, P0, P0, P0, P0, P0, P0, P0, P0, P0, // 40
    N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  // 50
    X,  X,  P0, M,  P0, P0, P0, P0, IZ, MZ, I1, M1, N,  N,  N,  N,  // 60
    I1, I1, I1, I1, I1, I1, I1, I1, I1, I1, I1, I1, I1, I1, I1, I1, // 70
    M1, MZ, X,  M1, M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  // 80
    N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  X,  N,  N,  N,  N,  N,  // 90
    IA, IA, IA, IA, N,  N,  N,  N,  I1, IZ, N,  N,  N,  N,  N,  N,  // a0
    I1, I1, I1, I1, I1, I1, I1, I1, IV, IV, IV, IV, IV, IV, IV, IV, // b0
    M1, M1, I2, N,  P0, P0, M1, MZ, E1, N,  I2, N,  N,  I1, X,  N,  // c0
    M,  M,  M,  M,  X,  X,  X,  N,  M,  M,  M,  M,  M,  M,  M,  M,  // d0
    I1, I1, I1, I1, I1, I1, I1, I1, IZ, IZ, X,  I1, N,  N,  N,  N,  // e0
    P0, N,  P0, P0, N,  N,  M,  M,  N,  N,  N,  N,  N,  N,  M,  M,  // f0
};

constexpr uint8_t TwoByte[256] = {
    M,  M,  M,  M,  X,  N,  N,  N,  N,  N,  X,  N,  X,  M,  N,  X,  // 00
    M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  // 10
    M,  M,  M,  M,  X,  X,  X,  X,  M,  M,  M,  M,  M,  M,  M,  M,  // 20
    N,  N,  N,  N,  N,  N,  X,  N,  P0, X,  P0, X,  X,  X,  X,  X,  // 30
    M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  // 40
    M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  // 50
    M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  // 60
    M1, M1, M1, M1, M,  M,  M,  N,  M,  M,  X,  X,  M,  M,  M,  M,  // 70
    IZ, IZ, IZ, IZ, IZ, IZ, IZ, IZ, IZ, IZ, IZ, IZ, IZ, IZ, IZ, IZ, // 80
    M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  // 90
    N,  N,  N,  M,  M1, M,  X,  X,  N,  N,  N,  M,  M1, M,  M,  M,  // a0
    M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M1, M,  M,  M,  M,  M,  // b0
    M,  M,  M1, M,  M1, M1, M1, M,  N,  N,  N,  N,  N,  N,  N,  N,  // c0
    M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  // d0
    M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  // e0
    M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  // f0
};

struct Prefixes {
  bool Operand16 = false, Address32 = false, Segment = false, Lock = false,
       Repeat = false;
  uint8_t Rex = 0;
};

/// Whether the memory operand of a one-byte opcode is written to.
bool writesOne(uint8_t Op, unsigned Reg) {
  if (Op < 0x40)
    return (Op & 7) < 2 && (Op & 0x38) != 0x38;
  switch (Op) {
  case 0x80:
  case 0x81:
  case 0x83:
    return Reg != 7;
  case 0x86:
  case 0x87:
  case 0x88:
  case 0x89:
  case 0x8c:
  case 0x8f:
  case 0xc0:
  case 0xc1:
  case 0xc6:
  case 0xc7:
  case 0xd0:
  case 0xd1:
  case 0xd2:
  case 0xd3:
    return true;
  case 0xf6:
  case 0xf7:
    return Reg == 2 || Reg == 3;
  case 0xfe:
  case 0xff:
    return Reg < 2;
  default:
    return false;
  }
}

bool writesTwo(uint8_t Op, unsigned Reg, bool Repeat) {
  if (Op >= 0x90 && Op <= 0x9f)
    return true;
  switch (Op) {
  case 0x11:
  case 0x13:
  case 0x17:
  case 0x29:
  case 0x2b:
  case 0x7f:
  case 0xab:
  case 0xb0:
  case 0xb1:
  case 0xb3:
  case 0xbb:
  case 0xc0:
  case 0xc1:
  case 0xc3:
  case 0xc7:
  case 0xd6:
  case 0xe7:
    return true;
  case 0x7e:
    return !Repeat;
  case 0xba:
    return Reg > 4;
  default:
    return false;
  }
}

/// Names memory without accessing it: lea, nop, prefetch, cache lines.
bool onlyNames(unsigned Map, uint8_t Op, unsigned Reg) {
  if (Map == 0)
    return Op == 0x8d;
  return Map == 1 &&
         (Op == 0x0d || (Op >= 0x18 && Op <= 0x1f) || Op == 0x01 || Op == 0xae);
}

} // namespace

bool decode(const uint8_t *Code, size_t Limit, uint64_t Address,
            Instruction &I) {
  I = {};
  I.Base = I.Index = Instruction::None;
  if (Limit > 15)
    Limit = 15;
  size_t At = 0;
  Prefixes P;
  uint8_t Op = 0;
  unsigned Map = 0; // 0: one byte, 1: 0f, 2: 0f38, 3: 0f3a.
  bool Evex = false, Vex = false;
#define NEED(Count)                                                            \
  if (At + (Count) > Limit)                                                    \
  return false
  for (;;) {
    NEED(1);
    Op = Code[At++];
    if (Op == 0x66)
      P.Operand16 = true;
    else if (Op == 0x67)
      P.Address32 = true;
    else if (Op == 0xf0)
      P.Lock = true;
    else if (Op == 0xf2 || Op == 0xf3)
      P.Repeat = true;
    else if (Op == 0x64 || Op == 0x65)
      P.Segment = true;
    else if (Op != 0x26 && Op != 0x2e && Op != 0x36 && Op != 0x3e)
      break;
  }
  if ((Op & 0xf0) == 0x40) {
    P.Rex = Op;
    NEED(1);
    Op = Code[At++];
    if ((Op & 0xf0) == 0x40)
      return false;
  }
  uint8_t Shape;
  if (Op == 0xc5 || Op == 0xc4 || Op == 0x62) {
    Vex = true;
    Evex = Op == 0x62;
    // Register bits are stored inverted.
    if (Op == 0xc5) {
      NEED(2);
      Map = 1;
      At += 1;
    } else {
      NEED(Evex ? 4 : 3);
      Map = Code[At] & (Evex ? 7 : 31);
      P.Rex = uint8_t((~Code[At] >> 5) & 3); // X and B.
      At += Evex ? 3 : 2;
    }
    Op = Code[At++];
    if (Map == 1)
      Shape = Op == 0x77 && !Evex ? uint8_t(N) : TwoByte[Op];
    else if (Map == 2 || ((Map == 5 || Map == 6) && Evex))
      Shape = M;
    else if (Map == 3)
      Shape = M1;
    else
      return false;
    if (Shape != N && Shape != M && Shape != M1)
      return false;
  } else if (Op == 0x0f) {
    NEED(1);
    Op = Code[At++];
    Map = 1;
    Shape = TwoByte[Op];
    if (Op == 0x38 || Op == 0x3a) {
      Map = Op == 0x38 ? 2 : 3;
      Shape = Op == 0x38 ? M : M1;
      NEED(1);
      Op = Code[At++];
    }
  } else {
    Shape = OneByte[Op];
  }
  if (Shape == X || Shape == P0)
    return false;

  bool HasModrm = Shape == M || Shape == M1 || Shape == MZ;
  unsigned Reg = 0;
  if (HasModrm) {
    NEED(1);
    I.Modrm = uint8_t(At);
    uint8_t Modrm = Code[At++];
    unsigned Mod = Modrm >> 6, Rm = Modrm & 7;
    Reg = Modrm >> 3 & 7;
    if (Map == 0 && Op == 0x8f && Reg != 0)
      return false; // AMD's XOP.
    if (Mod != 3) {
      bool Sib = Rm == 4;
      unsigned Displacement = Mod == 1 ? 1 : Mod == 2 ? 4 : 0;
      if (Sib) {
        NEED(1);
        uint8_t Byte = Code[At++];
        unsigned Index = (Byte >> 3 & 7) | (P.Rex & 2) << 2;
        if (Index != 4)
          I.Index = uint8_t(Index);
        if ((Byte & 7) == 5 && Mod == 0)
          Displacement = 4;
        else
          I.Base = uint8_t((Byte & 7) | (P.Rex & 1) << 3);
      } else if (Rm == 5 && Mod == 0) {
        Displacement = 4;
        I.RipRelative = true;
        I.Displacement = uint8_t(At);
      } else {
        I.Base = uint8_t(Rm | (P.Rex & 1) << 3);
      }
      NEED(Displacement);
      At += Displacement;
      I.AddressEnd = uint8_t(At);
      I.HasMemory = !onlyNames(Map, Op, Reg);
      I.Addressable = !P.Segment && !P.Address32 && !Evex;
      I.RexXB = P.Rex & 3;
      I.Writes = Map == 0   ? writesOne(Op, Reg)
                 : Map == 1 ? writesTwo(Op, Reg, P.Repeat)
                            : false;
      I.Locked = P.Lock || (Map == 0 && (Op == 0x86 || Op == 0x87));
    }
  }
  bool Wide = P.Rex & 8;
  unsigned Z = P.Operand16 && !Wide ? 2 : 4;
  unsigned Immediate = 0;
  switch (Shape) {
  case M1:
  case I1:
    Immediate = 1;
    break;
  case MZ:
  case IZ:
    Immediate = Z;
    break;
  case I2:
    Immediate = 2;
    break;
  case E1:
    Immediate = 3;
    break;
  case IV:
    Immediate = Wide ? 8 : Z;
    break;
  case IA:
    Immediate = P.Address32 ? 4 : 8;
    break;
  default:
    break;
  }
  if (Map == 0 && (Op == 0xf6 || Op == 0xf7) && Reg < 2)
    Immediate = Op == 0xf6 ? 1 : Z;
  // A near branch's operand has 32 bits whatever the prefix says.
  bool Near = (Map == 0 && (Op == 0xe8 || Op == 0xe9)) ||
              (Map == 1 && !Vex && Op >= 0x80 && Op <= 0x8f);
  if (Near)
    Immediate = 4;
  NEED(Immediate);
  At += Immediate;
#undef NEED
  I.Length = uint8_t(At);

  bool Short = Map == 0 && ((Op >= 0x70 && Op <= 0x7f) || Op == 0xeb ||
                            (Op >= 0xe0 && Op <= 0xe3));
  if (Near || Short) {
    int64_t Offset;
    if (Short) {
      Offset = int8_t(Code[At - 1]);
    } else {
      int32_t Value;
      __builtin_memcpy(&Value, Code + At - 4, 4);
      Offset = Value;
    }
    I.Goes = Map == 0 && Op == 0xe8 ? Instruction::Call : Instruction::Branch;
    I.Target = Address + At + uint64_t(Offset);
  } else if (Map == 0 && Op == 0xff && (Reg == 2 || Reg == 3)) {
    I.Goes = Instruction::Call;
  } else if (Map == 0 && Op == 0xff && (Reg == 4 || Reg == 5)) {
    I.Goes = Instruction::IndirectJump;
  } else if ((Map == 0 && (Op == 0xc2 || Op == 0xc3 || Op == 0xca ||
                           Op == 0xcb || Op == 0xcc || Op == 0xcd ||
                           Op == 0xcf || Op == 0xf1 || Op == 0xf4)) ||
             (Map == 1 && !Vex && (Op == 0x0b || Op == 0x05 || Op == 0x34))) {
    // A system call, too: who looks where it was made is not to see another
    // place.
    I.Goes = Instruction::Away;
  }
  return true;
}

} // namespace raddle::stress
