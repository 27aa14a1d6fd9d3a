// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DWARF 4, 6.4; Linux Standard Base 5, 10.6 (.eh_frame, .eh_frame_hdr). Only
// the encodings that linkers for x86-64 make are read; for anything else the
// answer is that nothing is known.
#include "runtime/stack/CfiTable.h"
#include <dlfcn.h>
#include <stddef.h>

extern "C" int _dl_find_object(void *, struct dl_find_object *)
    __attribute__((weak));

namespace raddle {

namespace {

// Encodings of pointers.
constexpr uint8_t PcRel4 = 0x1b, UData4 = 0x03, DataRel4 = 0x3b, Abs8 = 0x00;

/// Bytes of a section. Past its end it gives zeroes.
struct Cursor {
  const uint8_t *At, *End;

  template <typename T> T fixed() {
    T Value = 0;
    if (size_t(End - At) < sizeof(T)) {
      At = End;
      return 0;
    }
    __builtin_memcpy(&Value, At, sizeof(T));
    At += sizeof(T);
    return Value;
  }
  uint64_t uleb() {
    uint64_t Value = 0;
    for (unsigned Shift = 0; At < End; Shift += 7) {
      uint8_t Byte = *At++;
      if (Shift < 64)
        Value |= uint64_t(Byte & 0x7f) << Shift;
      if (!(Byte & 0x80))
        break;
    }
    return Value;
  }
  int64_t sleb() {
    uint64_t Value = 0;
    unsigned Shift = 0;
    uint8_t Byte = 0;
    while (At < End) {
      Byte = *At++;
      if (Shift < 64)
        Value |= uint64_t(Byte & 0x7f) << Shift;
      Shift += 7;
      if (!(Byte & 0x80))
        break;
    }
    if (Shift < 64 && (Byte & 0x40))
      Value |= ~uint64_t(0) << Shift;
    return int64_t(Value);
  }
  void skip(uint64_t Size) { At = Size > uint64_t(End - At) ? End : At + Size; }
};

uint64_t address(const void *P) { return reinterpret_cast<uint64_t>(P); }

/// A pointer of encoding \p Encoding; 0 with \p Ok false if it is another one.
uint64_t pointer(Cursor &C, uint8_t Encoding, bool &Ok) {
  uint64_t Here = address(C.At);
  switch (Encoding) {
  case PcRel4:
    return Here + uint64_t(int64_t(C.fixed<int32_t>()));
  case Abs8:
    return C.fixed<uint64_t>();
  case 0x1c: // PC-relative, 8 bytes
    return Here + C.fixed<uint64_t>();
  default:
    Ok = false;
    return 0;
  }
}

enum Where : uint8_t { Same, AtCfa, Undefined, Elsewhere };

struct Register {
  Where Is = Same;
  int64_t Offset = 0;
};

/// A row of the table that DWARF speaks of.
struct Row {
  uint64_t CfaRegister = 7;
  int64_t CfaOffset = 8;
  FrameKind Expression = FrameKind::Unknown;
  bool HasExpression = false;
  Register Rbp, Return;
};

constexpr uint64_t RegisterRbp = 6, RegisterRsp = 7, RegisterReturn = 16;

/// The two expressions that compilers and linkers make for a CFA.
void readExpression(Cursor E, Row &R) {
  R.HasExpression = true;
  R.Expression = FrameKind::Unknown;
  // breg7 8, breg16 0, lit15, and, lit11 (or lit10), ge, lit3, shl, plus
  static const uint8_t Plt[] = {0x77, 0x08, 0x80, 0x00, 0x3f, 0x1a};
  bool IsPlt = E.End - E.At >= 11;
  for (unsigned I = 0; IsPlt && I != sizeof(Plt); ++I)
    IsPlt = E.At[I] == Plt[I];
  if (IsPlt) {
    R.Expression = FrameKind::Plt;
    return;
  }
  if (E.fixed<uint8_t>() != 0x76) // breg6
    return;
  int64_t Offset = E.sleb();
  if (E.At < E.End && *E.At == 0x06) { // deref
    R.Expression = FrameKind::RbpLoad;
    R.CfaOffset = Offset;
  }
}

struct Program {
  uint64_t CodeAlign, Pc, Target;
  int64_t DataAlign;
  uint8_t Encoding;
};

void setRegister(Row &R, uint64_t Number, Where Is, int64_t Offset) {
  if (Number == RegisterRbp)
    R.Rbp = {Is, Offset};
  if (Number == RegisterReturn)
    R.Return = {Is, Offset};
}

/// Runs call frame instructions until \p P.Target is passed. False for an
/// instruction that is not known.
bool run(Cursor C, Program &P, Row &R, const Row &Initial) {
  Row Stack[8];
  unsigned Depth = 0;
  bool Ok = true;
  while (C.At < C.End) {
    uint8_t Op = C.fixed<uint8_t>();
    uint64_t Low = Op & 0x3f, Number;
    uint64_t Advance = 0;
    switch (Op >> 6) {
    case 1:
      Advance = Low * P.CodeAlign;
      break;
    case 2:
      setRegister(R, Low, AtCfa, int64_t(C.uleb()) * P.DataAlign);
      continue;
    case 3:
      if (Low == RegisterRbp)
        R.Rbp = Initial.Rbp;
      if (Low == RegisterReturn)
        R.Return = Initial.Return;
      continue;
    default:
      switch (Op) {
      case 0x00: // nop
        continue;
      case 0x01: // set_loc
        P.Pc = pointer(C, P.Encoding, Ok);
        if (!Ok)
          return false;
        if (P.Pc > P.Target)
          return true;
        continue;
      case 0x02:
        Advance = C.fixed<uint8_t>() * P.CodeAlign;
        break;
      case 0x03:
        Advance = C.fixed<uint16_t>() * P.CodeAlign;
        break;
      case 0x04:
        Advance = C.fixed<uint32_t>() * P.CodeAlign;
        break;
      case 0x05: // offset_extended
        Number = C.uleb();
        setRegister(R, Number, AtCfa, int64_t(C.uleb()) * P.DataAlign);
        continue;
      case 0x06: // restore_extended
        Number = C.uleb();
        if (Number == RegisterRbp)
          R.Rbp = Initial.Rbp;
        if (Number == RegisterReturn)
          R.Return = Initial.Return;
        continue;
      case 0x07: // undefined
        setRegister(R, C.uleb(), Undefined, 0);
        continue;
      case 0x08: // same_value
        setRegister(R, C.uleb(), Same, 0);
        continue;
      case 0x09: // register
        setRegister(R, C.uleb(), Elsewhere, 0);
        C.uleb();
        continue;
      case 0x0a: // remember_state
        if (Depth == 8)
          return false;
        Stack[Depth++] = R;
        continue;
      case 0x0b: // restore_state
        if (!Depth)
          return false;
        R = Stack[--Depth];
        continue;
      case 0x0c: // def_cfa
        R.CfaRegister = C.uleb();
        R.CfaOffset = int64_t(C.uleb());
        R.HasExpression = false;
        continue;
      case 0x0d: // def_cfa_register
        R.CfaRegister = C.uleb();
        R.HasExpression = false;
        continue;
      case 0x0e: // def_cfa_offset
        R.CfaOffset = int64_t(C.uleb());
        continue;
      case 0x0f: { // def_cfa_expression
        uint64_t Size = C.uleb();
        Cursor E = C;
        C.skip(Size);
        E.End = C.At;
        readExpression(E, R);
        continue;
      }
      case 0x10:   // expression
      case 0x16: { // val_expression
        Number = C.uleb();
        uint64_t Size = C.uleb();
        Cursor E = C;
        C.skip(Size);
        E.End = C.At;
        // A saved rbp of a realigned frame: breg6 0, that is at rbp itself.
        bool AtRbp = Op == 0x10 && E.End - E.At == 2 && E.At[0] == 0x76 &&
                     E.At[1] == 0 && Number == RegisterRbp;
        setRegister(R, Number, AtRbp ? Same : Elsewhere, 0);
        if (AtRbp)
          R.Rbp = {Elsewhere, 1};
        continue;
      }
      case 0x11: // offset_extended_sf
        Number = C.uleb();
        setRegister(R, Number, AtCfa, C.sleb() * P.DataAlign);
        continue;
      case 0x12: // def_cfa_sf
        R.CfaRegister = C.uleb();
        R.CfaOffset = C.sleb() * P.DataAlign;
        R.HasExpression = false;
        continue;
      case 0x13: // def_cfa_offset_sf
        R.CfaOffset = C.sleb() * P.DataAlign;
        continue;
      case 0x2e: // GNU_args_size
        C.uleb();
        continue;
      default:
        return false;
      }
    }
    P.Pc += Advance;
    if (P.Pc > P.Target)
      return true;
  }
  return true;
}

struct Entry {
  Cursor CieCode, FdeCode;
  Program Run;
  bool Signal = false;
};

/// The length that an entry starts with; false for the 64-bit form.
bool entryLength(Cursor &C, uint64_t &Length) {
  Length = C.fixed<uint32_t>();
  return Length != 0 && Length != 0xffffffff;
}

bool readCie(const uint8_t *At, const uint8_t *Limit, Entry &E,
             bool &HasAugmentation) {
  Cursor C = {At, Limit};
  uint64_t Length;
  if (!entryLength(C, Length))
    return false;
  Cursor End = C;
  End.skip(Length);
  C.End = End.At;
  if (C.fixed<uint32_t>() != 0)
    return false;
  uint8_t Version = C.fixed<uint8_t>();
  const char *Augmentation = reinterpret_cast<const char *>(C.At);
  while (C.At < C.End && *C.At)
    ++C.At;
  C.skip(1);
  E.Run.CodeAlign = C.uleb();
  E.Run.DataAlign = C.sleb();
  uint64_t Return = Version == 1 ? C.fixed<uint8_t>() : C.uleb();
  if (Return != RegisterReturn)
    return false;
  E.Run.Encoding = Abs8;
  HasAugmentation = *Augmentation == 'z';
  if (HasAugmentation) {
    Cursor After = C;
    uint64_t Size = After.uleb();
    C = After;
    After.skip(Size);
    for (const char *A = Augmentation + 1; *A; ++A) {
      bool Ok = true;
      if (*A == 'R')
        E.Run.Encoding = C.fixed<uint8_t>();
      else if (*A == 'P') {
        uint8_t Encoding = C.fixed<uint8_t>() & 0x7f;
        pointer(C, Encoding, Ok);
      } else if (*A == 'L')
        C.fixed<uint8_t>();
      else if (*A == 'S')
        E.Signal = true;
      else
        Ok = false;
      if (!Ok)
        break;
    }
    C.At = After.At;
  } else if (*Augmentation)
    return false;
  E.CieCode = C;
  return true;
}

/// Binary search in .eh_frame_hdr; null if it has no table we can read.
const uint8_t *findFde(const uint8_t *Header, uint64_t Address) {
  if (!Header || Header[0] != 1 || Header[1] != PcRel4 || Header[2] != UData4 ||
      Header[3] != DataRel4)
    return nullptr;
  struct TableRow {
    int32_t Start, Fde;
  };
  uint32_t Count;
  __builtin_memcpy(&Count, Header + 8, 4);
  auto *Rows = reinterpret_cast<const TableRow *>(Header + 12);
  int64_t Wanted = int64_t(Address - address(Header));
  uint32_t Low = 0, High = Count;
  while (Low < High) {
    uint32_t Middle = Low + (High - Low) / 2;
    if (Rows[Middle].Start <= Wanted)
      Low = Middle + 1;
    else
      High = Middle;
  }
  return Low ? Header + Rows[Low - 1].Fde : nullptr;
}

bool readFde(const uint8_t *At, const uint8_t *Limit, uint64_t Address,
             Entry &E) {
  Cursor C = {At, Limit};
  uint64_t Length;
  if (!entryLength(C, Length))
    return false;
  Cursor End = C;
  End.skip(Length);
  C.End = End.At;
  const uint8_t *CiePointerAt = C.At;
  uint32_t CiePointer = C.fixed<uint32_t>();
  bool HasAugmentation = false;
  if (!CiePointer ||
      !readCie(CiePointerAt - CiePointer, Limit, E, HasAugmentation))
    return false;
  bool Ok = true;
  uint64_t Start = pointer(C, E.Run.Encoding, Ok);
  uint64_t Range =
      E.Run.Encoding == PcRel4 ? C.fixed<uint32_t>() : C.fixed<uint64_t>();
  if (!Ok || Address < Start || Address >= Start + Range)
    return false;
  if (HasAugmentation)
    C.skip(C.uleb());
  E.FdeCode = C;
  E.Run.Pc = Start;
  E.Run.Target = Address;
  return true;
}

bool fits(int64_t Offset) {
  return Offset >= -(int64_t(1) << 27) && Offset < (int64_t(1) << 27);
}

FrameRule simplify(const Row &R) {
  FrameRule Rule;
  if (R.Return.Is == Undefined) {
    Rule.Kind = FrameKind::End;
    return Rule;
  }
  if (R.Return.Is != AtCfa || R.Return.Offset != -8 || !fits(R.CfaOffset) ||
      !fits(R.Rbp.Offset))
    return Rule;
  if (R.HasExpression)
    Rule.Kind = R.Expression;
  else if (R.CfaRegister == RegisterRsp)
    Rule.Kind = FrameKind::Rsp;
  else if (R.CfaRegister == RegisterRbp)
    Rule.Kind = FrameKind::Rbp;
  Rule.CfaOffset = int32_t(R.CfaOffset);
  if (R.Rbp.Is == AtCfa) {
    Rule.RbpSaved = true;
    Rule.RbpOffset = int32_t(R.Rbp.Offset);
  } else if (R.Rbp.Is == Elsewhere && R.Rbp.Offset == 1) {
    // At rbp itself; a positive offset cannot be a saved register.
    Rule.RbpSaved = true;
    Rule.RbpOffset = 1;
  }
  return Rule;
}

} // namespace

FrameRule readFrameRule(uint64_t Address) {
  dl_find_object Object;
  if (!_dl_find_object ||
      _dl_find_object(reinterpret_cast<void *>(Address), &Object) != 0)
    return {};
  const uint8_t *Limit = static_cast<const uint8_t *>(Object.dlfo_map_end);
  const uint8_t *Fde =
      findFde(static_cast<const uint8_t *>(Object.dlfo_eh_frame), Address);
  Entry E;
  if (!Fde || !readFde(Fde, Limit, Address, E))
    return {};
  if (E.Signal)
    return {FrameKind::Signal, false, 0, 0};
  Row R, Initial;
  uint64_t Target = E.Run.Target, Start = E.Run.Pc;
  E.Run.Target = ~uint64_t(0);
  if (!run(E.CieCode, E.Run, R, Initial))
    return {};
  Initial = R;
  E.Run.Target = Target;
  E.Run.Pc = Start;
  if (!run(E.FdeCode, E.Run, R, Initial))
    return {};
  return simplify(R);
}

} // namespace raddle
