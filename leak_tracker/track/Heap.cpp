// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/Heap.h"
#include "runtime/core/Match.h"
#include "runtime/stack/Symbols.h"
#include <dlfcn.h>

namespace raddle::leaks {

namespace {
// Low bits of a chunk's size.
constexpr uint64_t PreviousInUse = 1, IsMapped = 2, NotMain = 4, Flags = 7;
constexpr uint64_t HeapAlignment = 64u << 20; ///< HEAP_MAX_SIZE
constexpr uint64_t LeastChunk = 32;
} // namespace

bool hasGlibcHeap() {
  constexpr const char *Sanitizers[] = {"__asan_init", "__tsan_init",
                                        "__msan_init", "__hwasan_init"};
  for (const char *Name : Sanitizers)
    if (dlsym(RTLD_DEFAULT, Name))
      return false;
  constexpr const char *Functions[] = {"malloc", "free", "calloc", "realloc"};
  for (const char *Name : Functions) {
    const char *Module =
        findModule(reinterpret_cast<uint64_t>(dlsym(RTLD_DEFAULT, Name)));
    if (!Module || !startsWith(Module, "libc.so"))
      return false;
  }
  return true;
}

bool WordReader::fill(uint64_t Address) {
  // Whole pages: the next may be missing.
  uint64_t Length = Most - Address % 4096;
  for (;; Length -= 4096) {
    if (sys::safeRead(Words, Address, Length))
      break;
    if (Length <= 4096) {
      Size = 0;
      return false;
    }
  }
  At = Address;
  Size = Length;
  return true;
}

/// Chunks from \p At up to exactly \p End, the last being the arena's top, or
/// the fence that closes a heap that is full.
bool Heap::walk(uint64_t At, uint64_t End, bool Main) {
  size_t Before = Blocks.size();
  WordReader Memory;
  bool First = true;
  while (At != End) {
    uint64_t Field, Next = 0;
    if (!Memory.load(At + 8, Field))
      break;
    uint64_t Size = Field & ~Flags;
    bool IsFence = Size == 16 && At + 16 == End;
    if ((Size < LeastChunk && !IsFence) || Size % 16 || Size > End - At ||
        (Field & IsMapped) || (Main && (Field & NotMain)) ||
        (First && !(Field & PreviousInUse)))
      break;
    if (At + Size == End) {
      At = End;
      break;
    }
    uint64_t Words[2];
    bool Keep = !Wanted || (Memory.load(At + 16, Words[0]) &&
                            Memory.load(At + 24, Words[1]) &&
                            Wanted(Words[0], Words[1], WantedContext));
    // Whether a chunk is in use stands in the one behind it. One that is free
    // has its size there once more.
    if (!Memory.load(At + Size + 8, Next))
      break;
    bool InUse = Next & PreviousInUse;
    if (uint64_t Again;
        !InUse && (!Memory.load(At + Size, Again) || Again != Size))
      break;
    if (Keep && (InUse || !Wanted)) {
      HeapBlock *B = Blocks.add();
      if (!B)
        break;
      // The last word of a chunk in use is the first of the next one's header.
      *B = {At + 16, At + Size + (InUse ? 8 : 0), InUse, false};
    }
    At += Size;
    First = false;
  }
  if (At == End && !First)
    return true;
  while (Blocks.size() != Before)
    Blocks.removeLast();
  return false;
}

bool Heap::addMain(uint64_t Start, uint64_t End) {
  return walk(Start, End, true);
}

bool Heap::addArena(uint64_t Start, uint64_t End) {
  if (Start % HeapAlignment)
    return false;
  // heap_info: the arena, the heap before, bytes in use, bytes made writable.
  struct {
    uint64_t Arena, Previous, Size, Writable;
  } Info;
  if (!sys::safeRead(&Info, Start, sizeof(Info)) || Info.Size > HeapAlignment ||
      Info.Size > End - Start || Info.Size % 4096 || Info.Size == 0 ||
      Info.Previous % HeapAlignment)
    return false;
  uint64_t Limit = Start + Info.Size;
  // The first heap of an arena holds malloc_state, whose size differs between
  // versions: the first offset from which all headers fit.
  bool IsFirst = Info.Arena > Start && Info.Arena < Start + 256;
  if (!IsFirst && !Info.Previous)
    return false;
  uint64_t From = IsFirst ? Info.Arena + 0x800 - Info.Arena % 16 : Start + 32;
  uint64_t To = IsFirst ? From + 0x400 : Start + 80;
  for (; From != To; From += 16)
    if (walk(From, Limit, false))
      return true;
  return false;
}

HeapBlock *Heap::find(uint64_t Address) {
  size_t Low = 0, High = Blocks.size();
  while (Low != High) {
    size_t Middle = (Low + High) / 2;
    if (Blocks[Middle].End <= Address)
      Low = Middle + 1;
    else
      High = Middle;
  }
  if (Low == Blocks.size() || Address < Blocks[Low].Start)
    return nullptr;
  return &Blocks[Low];
}

} // namespace raddle::leaks
