// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/coroutine/Walk.h"
#include "runtime/core/Sys.h"

namespace raddle::leaks {

namespace {

/// No address of a process; what is near is our own stack.
constexpr uint64_t StackTop = uint64_t(1) << 62, StackRoom = 1 << 20;
/// A frame is not larger.
constexpr uint64_t FrameRoom = 1 << 20;

} // namespace

Walk::Walk(uint64_t Frame, uint64_t Function) : Frame(Frame), Pc(Function) {
  Registers[Rsp] = {StackTop, true, false};
  Registers[Rdi] = {Frame, true, false};
}

void Walk::run() {
  constexpr unsigned MostSteps = 1000;
  for (unsigned I = 0; I != MostSteps; ++I)
    if (!step())
      return;
  Target = 0; // A loop: not understood.
}

WalkValue Walk::reg(unsigned R, unsigned Bytes) const {
  // ah, ch, dh, bh: not used here.
  if (Bytes == 1 && !Rex && R >= 4)
    return {};
  WalkValue V = Registers[R];
  V.Bits &= maskOf(Bytes);
  return V;
}

void Walk::setReg(unsigned R, unsigned Bytes, WalkValue Value) {
  WalkValue &To = Registers[R];
  if (Bytes == 1 && !Rex && R >= 4) {
    Registers[R - 4] = {};
    return;
  }
  if (Bytes >= 4) {
    To = Value;
    To.Bits &= maskOf(Bytes);
    return;
  }
  // The rest stays. Of a register that is not known only this part is, and
  // nobody reads more of it than that.
  To.Bits = (To.Bits & ~maskOf(Bytes)) | (Value.Bits & maskOf(Bytes));
  To.Known = Value.Known;
  To.FromIndex = Value.FromIndex;
}

bool Walk::isStack(uint64_t Address) const {
  return Address - (StackTop - StackRoom) < 2 * StackRoom;
}

bool Walk::loadMemory(WalkValue Address, unsigned Bytes, WalkValue &Value) {
  Value = {};
  if (!Address.Known)
    return !Address.FromIndex;
  if (isStack(Address.Bits)) {
    for (unsigned I = 0; I != Places; ++I)
      if (Stack[I].Address == Address.Bits && Stack[I].Bytes == Bytes)
        Value = Stack[I].Value;
    return true;
  }
  if (!sys::safeRead(&Value.Bits, Address.Bits, Bytes))
    return false;
  Value.Known = true;
  Value.FromIndex = Address.FromIndex;
  uint64_t Offset = Address.Bits - Frame;
  if (!IndexBytes && Bytes <= 2 && Offset >= 16 && Offset < FrameRoom) {
    IndexAddress = Address.Bits;
    IndexBytes = Bytes;
    Index = Value.Bits;
  }
  if (IndexBytes && Address.Bits == IndexAddress)
    Value.FromIndex = true;
  return true;
}

bool Walk::load(const Operand &O, unsigned Bytes, WalkValue &Value) {
  if (O.IsMemory)
    return loadMemory(O.Address, Bytes, Value);
  Value = reg(O.Register, Bytes);
  return true;
}

bool Walk::store(const Operand &O, unsigned Bytes, WalkValue Value) {
  if (!O.IsMemory) {
    setReg(O.Register, Bytes, Value);
    return true;
  }
  // The coroutine's own work begins.
  if (!O.Address.Known || !isStack(O.Address.Bits))
    return false;
  uint64_t At = O.Address.Bits;
  for (unsigned I = 0; I != Places;)
    if (Stack[I].Address < At + Bytes && At < Stack[I].Address + Stack[I].Bytes)
      Stack[I] = Stack[--Places];
    else
      ++I;
  if (Places == Most)
    return false;
  Stack[Places++] = {At, Bytes, Value};
  return true;
}

bool Walk::operate(Op What, const Operand &To, WalkValue From, unsigned Bytes) {
  if (What == Op::Move)
    return store(To, Bytes, From);
  WalkValue Left;
  if (!load(To, Bytes, Left))
    return false;
  uint64_t Mask = maskOf(Bytes), Top = (Mask >> 1) + 1;
  uint64_t A = Left.Bits & Mask, B = From.Bits & Mask, R = 0;
  bool Subtracts = What == Op::Sub || What == Op::Compare;
  switch (What) {
  case Op::Add:
    R = (A + B) & Mask;
    break;
  case Op::Or:
    R = A | B;
    break;
  case Op::And:
  case Op::Test:
    R = A & B;
    break;
  case Op::Xor:
    R = A ^ B;
    break;
  default:
    R = (A - B) & Mask;
  }
  WalkValue Result = {R, Left.Known && From.Known,
                      Left.FromIndex || From.FromIndex};
  // Of itself with itself.
  if (What == Op::Xor && !To.IsMemory && A == B && !Left.Known)
    return false;
  FlagsKnown = Result.Known;
  FlagsFromIndex = Result.FromIndex;
  Zero = R == 0;
  Sign = R & Top;
  Carry = Subtracts ? A < B : What == Op::Add && R < A;
  Overflow = Subtracts         ? ((A ^ B) & (A ^ R) & Top) != 0
             : What == Op::Add ? (~(A ^ B) & (A ^ R) & Top) != 0
                               : false;
  if (What == Op::Compare || What == Op::Test)
    return true;
  return store(To, Bytes, Result);
}

bool Walk::group(unsigned Code, Op &What) const {
  constexpr Op Of[] = {Op::Add, Op::Or,  Op::Move, Op::Move,
                       Op::And, Op::Sub, Op::Xor,  Op::Compare};
  What = Of[Code];
  return What != Op::Move; // adc, sbb
}

bool Walk::condition(unsigned Code, bool &Holds) const {
  if (!FlagsKnown)
    return false;
  switch (Code >> 1) {
  case 0:
    Holds = Overflow;
    break;
  case 1:
    Holds = Carry;
    break;
  case 2:
    Holds = Zero;
    break;
  case 3:
    Holds = Carry || Zero;
    break;
  case 4:
    Holds = Sign;
    break;
  case 6:
    Holds = Sign != Overflow;
    break;
  case 7:
    Holds = Zero || Sign != Overflow;
    break;
  default:
    return false;
  }
  Holds ^= Code & 1;
  return true;
}

bool Walk::branch(bool ByIndex, WalkValue To) {
  if (!To.Known)
    return false;
  // What follows the last branch at once is a part of it.
  bool Continues = Target && Target == Pc;
  Pc = To.Bits;
  if (ByIndex || To.FromIndex || Continues)
    Target = Pc;
  return true;
}

} // namespace raddle::leaks
