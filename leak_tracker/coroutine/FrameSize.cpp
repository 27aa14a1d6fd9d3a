// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/coroutine/FrameSize.h"
#include "runtime/core/Sys.h"

namespace raddle::leaks {

namespace {

/// malloc's blocks: 8 bytes more, in steps of 16, at least 32 in all; one that
/// would leave less than 32 keeps them. Promises with an operator new of their
/// own add some words, for an allocator.
bool fits(uint64_t Asked, uint64_t Usable) {
  constexpr uint64_t Least = 24, Slack = 64;
  uint64_t Chunk = (Asked + 8 + 15) & ~uint64_t(15);
  if (Asked < 16 || Usable < Least)
    return false;
  return Chunk - 8 <= Usable && Usable - (Chunk - 8) <= Slack;
}

bool search(const CodeRange &Range, uint64_t Usable, bool &Deletes) {
  constexpr uint64_t Most = 1 << 16, Window = 4096, Overlap = 16;
  uint64_t Size = Range.Size < Most ? Range.Size : Most;
  uint8_t Code[Window];
  for (uint64_t At = 0; At < Size; At += Window - Overlap) {
    uint64_t Length = Size - At < Window ? Size - At : Window;
    if (!sys::safeRead(Code, Range.Start + At, Length))
      return true; // Not known.
    if (findSize(Code, Length, Usable, Deletes))
      return true;
  }
  return false;
}

} // namespace

bool findSize(const uint8_t *Code, size_t Size, uint64_t Usable,
              bool &Deletes) {
  for (size_t I = 0; I + 5 <= Size; ++I) {
    // mov $number, %r32
    if ((Code[I] & 0xF8) != 0xB8)
      continue;
    uint32_t Number;
    __builtin_memcpy(&Number, Code + I + 1, sizeof(Number));
    if (fits(Number, Usable))
      return true;
    size_t Next = I + 5;
    // mov %r64, %rdi
    if (Next + 3 <= Size && Code[Next] == 0x48 && Code[Next + 1] == 0x89)
      Next += 3;
    if (Code[I] == 0xBE && Next < Size &&
        (Code[Next] == 0xE8 || Code[Next] == 0xE9))
      Deletes = true;
  }
  return false;
}

bool mayBeFrameSize(const CodeRange &Maker, const CodeRange &Destroy,
                    uint64_t Usable) {
  bool Deletes = false, Ignored = false;
  if (search(Destroy, Usable, Deletes) || search(Maker, Usable, Ignored))
    return true;
  return !Maker.Size && !Deletes;
}

} // namespace raddle::leaks
