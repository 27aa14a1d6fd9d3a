// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Granules.h"
#include "runtime/core/Memory.h"

namespace raddle::stress {

Granules::Slot &Granules::slot(uint64_t Key) {
  // What is in the table must not depend on where things lie: so no key is ever
  // left out because others are in its way.
  uint64_t I = mix(Key, 1) % Slots;
  while (Table[I].Key && Table[I].Key != Key)
    I = (I + 1) % Slots;
  return Table[I];
}

Granules::Chunk *Granules::chunk(uint64_t Address, bool Make) {
  uint64_t Key = (Address >> ChunkBits) + 1;
  if (Key == LastKey)
    return Last;
  if (!Table)
    Table = static_cast<Slot *>(sys::map((Slots + MostChunks) * sizeof(Slot)));
  if (!Table)
    return nullptr;
  Slot &S = slot(Key);
  if (!S.Where) {
    if (!Make || Used == MostChunks)
      return nullptr;
    if (!SpareCount) {
      Spare = static_cast<Chunk *>(sys::map(ChunksAtOnce * sizeof(Chunk)));
      if (!Spare)
        return nullptr;
      SpareCount = ChunksAtOnce;
    }
    S = {Key, Spare++};
    --SpareCount;
    inUse(Used++) = S;
  }
  LastKey = Key;
  return Last = S.Where;
}

Granule *Granules::find(uint64_t Address) {
  Chunk *C = chunk(Address, true);
  return C ? &C->All[Address % (uint64_t(1) << ChunkBits) / Size] : nullptr;
}

/// [Low, High) lies in it.
void Granules::forgetIn(Chunk &C, uint64_t Low, uint64_t High) {
  constexpr uint64_t Bytes = uint64_t(1) << ChunkBits;
  uint64_t From = Low % Bytes / Size, To = (High - 1) % Bytes / Size + 1;
  for (uint64_t I = From; I != To; ++I)
    if (C.All[I].Thread)
      C.All[I] = {};
}

void Granules::forget(uint64_t Low, uint64_t High) {
  constexpr uint64_t Bytes = uint64_t(1) << ChunkBits;
  // A stack has more chunks than most programs have in all, and to look each up
  // would touch the whole table.
  if ((High - Low) >> ChunkBits > Used) {
    for (unsigned I = 0; I != Used; ++I) {
      uint64_t Begin = (inUse(I).Key - 1) << ChunkBits, End = Begin + Bytes;
      if (Begin < High && Low < End)
        forgetIn(*inUse(I).Where, Low > Begin ? Low : Begin,
                 High < End ? High : End);
    }
    return;
  }
  for (uint64_t At = Low; At < High;) {
    uint64_t End = (At | (Bytes - 1)) + 1;
    if (End > High)
      End = High;
    if (Chunk *C = chunk(At, false))
      forgetIn(*C, At, End);
    At = End;
  }
}

void Granules::clear() {
  for (unsigned I = 0; I != Used; ++I)
    __builtin_memset(inUse(I).Where, 0, sizeof(Chunk));
}

} // namespace raddle::stress
