// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which memory one thread has touched so far, and which several, by granules of
// 8 bytes: Eraser's states (Savage et al., "Eraser: A Dynamic Data Race
// Detector for Multithreaded Programs", SOSP 1997) without locks. What there is
// no room for counts as shared. Only for the thread that has the token.
#ifndef RADDLE_STRESS_SCHEDULE_GRANULES_H
#define RADDLE_STRESS_SCHEDULE_GRANULES_H

#include <stddef.h>
#include <stdint.h>

namespace raddle::stress {

struct Granule {
  /// Where it was touched last, by the first thread and by others, as the
  /// caller numbers places.
  uint32_t Own, Others;
  uint16_t Thread; ///< That touched it first; 0: nobody has.
  bool Shared;     ///< Several threads have.
  bool Written;
};

class Granules {
public:
  static constexpr unsigned Size = 8;
  /// The granule of \p Address. Null: there is no room.
  Granule *find(uint64_t Address);
  /// Nobody has touched [Low, High): a stack that gets another thread.
  void forget(uint64_t Low, uint64_t High);
  void clear();

private:
  // A chunk has the granules of 64 KiB of addresses. All of them together are
  // bounded; pages that nobody touches take no memory.
  static constexpr unsigned ChunkBits = 16, PerChunk = (1u << ChunkBits) / Size,
                            MostChunks = 4096, Slots = 2 * MostChunks,
                            ChunksAtOnce = 16;
  struct Chunk {
    Granule All[PerChunk];
  };
  struct Slot {
    uint64_t Key; ///< Address >> ChunkBits, plus 1.
    Chunk *Where;
  };
  Slot &slot(uint64_t Key);
  Slot &inUse(unsigned I) { return Table[Slots + I]; }
  void forgetIn(Chunk &C, uint64_t Low, uint64_t High);
  Chunk *chunk(uint64_t Address, bool Make);

  Slot *Table = nullptr; ///< By key; behind it, those in use one by one.
  unsigned Used = 0;
  Chunk *Spare = nullptr;
  unsigned SpareCount = 0;
  uint64_t LastKey = 0;
  Chunk *Last = nullptr;
};

} // namespace raddle::stress

#endif
