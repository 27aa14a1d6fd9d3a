// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/core/Memory.h"

namespace raddle {

void *Arena::allocate(size_t Size) {
  Size = (Size + 15) & ~size_t(15);
  if (Size > ChunkSize / 4)
    return sys::map(Size);
  if (size_t(End - At) < Size) {
    char *Chunk = static_cast<char *>(sys::map(ChunkSize));
    if (!Chunk)
      return nullptr;
    At = Chunk;
    End = Chunk + ChunkSize;
  }
  void *Result = At;
  At += Size;
  return Result;
}

uint32_t *HashTable::find(uint64_t Key) {
  if (!Capacity)
    return nullptr;
  for (size_t I = mix(Key, 1) & (Capacity - 1);; I = (I + 1) & (Capacity - 1)) {
    Slot &S = Slots[I];
    if (S.Key == Key && !S.Deleted)
      return &S.Value;
    if (!S.Key && !S.Deleted)
      return nullptr;
  }
}

void HashTable::release() {
  if (Slots)
    sys::unmap(Slots, Capacity * sizeof(Slot));
  Slots = nullptr;
  Capacity = Used = Filled = 0;
}

bool HashTable::grow() {
  constexpr size_t FilledSize = 16384;
  size_t NewCapacity = Capacity && Used < Capacity / 4 ? Capacity
                       : Capacity                      ? Capacity * 2
                                                       : 256;
  // Each page would be read first and written then: two faults.
  size_t Size = NewCapacity * sizeof(Slot);
  Slot *New = static_cast<Slot *>(sys::map(Size, Size <= FilledSize));
  if (!New)
    return false;
  for (size_t I = 0; I != Capacity; ++I) {
    if (!Slots[I].Key || Slots[I].Deleted)
      continue;
    size_t J = mix(Slots[I].Key, 1) & (NewCapacity - 1);
    while (New[J].Key)
      J = (J + 1) & (NewCapacity - 1);
    New[J] = Slots[I];
  }
  if (Slots)
    sys::unmap(Slots, Capacity * sizeof(Slot));
  Slots = New;
  Capacity = NewCapacity;
  Filled = Used;
  return true;
}

uint32_t *HashTable::insert(uint64_t Key) {
  if (uint32_t *Known = find(Key))
    return Known;
  if ((Filled + 1) * 4 > Capacity * 3 && !grow())
    return nullptr;
  size_t I = mix(Key, 1) & (Capacity - 1);
  while (Slots[I].Key && !Slots[I].Deleted)
    I = (I + 1) & (Capacity - 1);
  if (!Slots[I].Deleted)
    ++Filled;
  Slots[I] = {Key, 0, 0};
  ++Used;
  return &Slots[I].Value;
}

void HashTable::erase(uint64_t Key) {
  if (uint32_t *Value = find(Key)) {
    Slot *S = reinterpret_cast<Slot *>(reinterpret_cast<char *>(Value) -
                                       offsetof(Slot, Value));
    S->Deleted = 1;
    --Used;
  }
}

} // namespace raddle
