// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/stack/Unwind.h"
#include "runtime/core/Sys.h"
#include "runtime/stack/CfiTable.h"

namespace raddle {

namespace {

/// A slot holds Pc ^ Data and Data, so that a torn pair fits no address
/// (R. Hyatt and T. Mann, A lockless transposition-table implementation).
struct CacheSlot {
  uint64_t Check, Data;
};
constexpr size_t CacheSlots = 8192;
CacheSlot Cache[CacheSlots];

// Data: kind 3 bits, saved 1, rbp offset 28, CFA offset 28.
uint64_t pack(const FrameRule &R) {
  constexpr uint64_t Mask = (1u << 28) - 1;
  return (uint64_t(R.Kind) << 1 | uint64_t(R.RbpSaved)) |
         (uint64_t(R.RbpOffset) & Mask) << 4 |
         (uint64_t(R.CfaOffset) & Mask) << 32;
}

int64_t signed28(uint64_t Value) { return int64_t(Value << 36) >> 36; }

uint64_t ruleFor(uint64_t Pc) {
  CacheSlot &S = Cache[(Pc ^ Pc >> 13) & (CacheSlots - 1)];
  uint64_t Data = __atomic_load_n(&S.Data, __ATOMIC_RELAXED);
  if (RADDLE_LIKELY((__atomic_load_n(&S.Check, __ATOMIC_RELAXED) ^ Data) == Pc))
    return Data;
  Data = pack(readFrameRule(Pc));
  __atomic_store_n(&S.Data, Data, __ATOMIC_RELAXED);
  __atomic_store_n(&S.Check, Pc ^ Data, __ATOMIC_RELAXED);
  return Data;
}

/// Reads words of a stack: directly inside Range, else by a system call of a
/// whole window.
class StackMemory {
public:
  explicit StackMemory(StackRange Range) : Range(Range) {}
  bool load(uint64_t Address, uint64_t &Value) {
    if (RADDLE_LIKELY(Address >= Range.Low && Address + 8 <= Range.High &&
                      Address % 8 == 0)) {
      Value = *reinterpret_cast<const uint64_t *>(Address);
      return true;
    }
    return loadFar(Address, Value);
  }

private:
  __attribute__((noinline)) bool loadFar(uint64_t Address, uint64_t &Value) {
    constexpr uint64_t Size = sizeof(Window);
    if (Address % 8 != 0 || Address < 4096 || Address >> 47)
      return false;
    if (!Filled || Address < At || Address + 8 > At + Filled) {
      At = Address;
      Filled = Size;
      if (!sys::safeRead(Window, At, Filled)) {
        // To the end of the page at least.
        Filled = 4096 - Address % 4096;
        if (Filled > Size || !sys::safeRead(Window, At, Filled)) {
          Filled = 0;
          return false;
        }
      }
    }
    Value = Window[(Address - At) / 8];
    return true;
  }
  StackRange Range;
  uint64_t At = 0, Filled = 0;
  uint64_t Window[256];
};

bool step(StackMemory &Memory, uint64_t Rule, CallSite &At) {
  FrameKind Kind = FrameKind(Rule >> 1 & 7);
  int64_t CfaOffset = signed28(Rule >> 32), RbpOffset = signed28(Rule >> 4);
  uint64_t Cfa;
  switch (Kind) {
  case FrameKind::Rsp:
    Cfa = At.Sp + uint64_t(CfaOffset);
    break;
  case FrameKind::Rbp:
    Cfa = At.Bp + uint64_t(CfaOffset);
    break;
  case FrameKind::RbpLoad:
    if (!Memory.load(At.Bp + uint64_t(CfaOffset), Cfa))
      return false;
    break;
  case FrameKind::Plt:
    Cfa = At.Sp + 8 + ((At.Pc & 15) >= 11 ? 8 : 0);
    break;
  case FrameKind::Signal: {
    // ucontext_t is at the stack pointer; its registers from byte 40 on.
    uint64_t Registers = At.Sp + 40;
    CallSite Next;
    if (!Memory.load(Registers + 10 * 8, Next.Bp) ||
        !Memory.load(Registers + 15 * 8, Next.Sp) ||
        !Memory.load(Registers + 16 * 8, Next.Pc))
      return false;
    At = Next;
    return true;
  }
  case FrameKind::Unknown: {
    // Code made at run time has no tables; most of it keeps frame pointers.
    uint64_t Pc, Bp;
    if (At.Bp < At.Sp || !Memory.load(At.Bp, Bp) ||
        !Memory.load(At.Bp + 8, Pc) || (Bp && Bp <= At.Bp))
      return false;
    At = {Pc, At.Bp + 16, Bp};
    return true;
  }
  default:
    return false;
  }
  // The stack grows down: a caller is never below.
  if (Cfa <= At.Sp && Kind != FrameKind::RbpLoad)
    return false;
  uint64_t Bp = At.Bp, Pc;
  if (Rule & 1) {
    uint64_t From = RbpOffset == 1 ? At.Bp : Cfa + uint64_t(RbpOffset);
    if (!Memory.load(From, Bp))
      return false;
  }
  if (!Memory.load(Cfa - 8, Pc))
    return false;
  At = {Pc, Cfa, Bp};
  return true;
}

unsigned walk(StackMemory &Memory, CallSite At, Frame *Frames, unsigned Limit,
              bool Exact) {
  unsigned Count = 0;
  while (Count != Limit && At.Pc > 4096) {
    Frames[Count++] = {At.Pc, At.Sp};
    // A return address may be the first of the next function.
    uint64_t Rule = ruleFor(Exact ? At.Pc : At.Pc - 1);
    Exact = FrameKind(Rule >> 1 & 7) == FrameKind::Signal;
    if (!step(Memory, Rule, At))
      break;
  }
  return Count;
}

} // namespace

unsigned unwind(const CallSite &Site, StackRange Readable, Frame *Frames,
                unsigned Limit, bool ExactTop) {
  StackMemory Memory(Readable);
  return walk(Memory, Site, Frames, Limit, ExactTop);
}

unsigned unwindOther(const CallSite &Site, Frame *Frames, unsigned Limit,
                     bool ExactTop) {
  StackMemory Memory({1, 0});
  return walk(Memory, Site, Frames, Limit, ExactTop);
}

void forgetFrameRules() {
  for (CacheSlot &S : Cache)
    __atomic_store_n(&S.Check, 0, __ATOMIC_RELAXED);
}

} // namespace raddle
