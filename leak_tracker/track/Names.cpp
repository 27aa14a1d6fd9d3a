// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/Names.h"
#include "leak_tracker/track/TaskInfo.h"
#include "runtime/core/Match.h"
#include "runtime/core/Print.h"

namespace raddle::leaks {

namespace {

/// Programs that count in their names get no further.
constexpr uint32_t Most = 1 << 16;
constexpr size_t MostLength = 256;

InternalLock Lock;
Arena Memory;
HashTable ByHash;
const char *ByNumber[Most];
uint32_t Used = 0;

constexpr uint32_t SlabBits = 12, MostSlabs = 1 << 14;
/// Numbers of their names.
uint32_t *Tests[MostSlabs];
uint32_t LastTest = 0;

} // namespace

uint32_t internName(const char *Name) {
  if (!Name || !*Name)
    return 0;
  uint64_t Hash = 1;
  size_t Length = 0;
  for (; Name[Length] && Length != MostLength; ++Length)
    Hash = mix(Hash, uint64_t(Name[Length]) + 1);
  InternalGuard G(Lock);
  for (Hash |= 1;; Hash += 2) {
    uint32_t *Number = ByHash.insert(Hash);
    if (!Number)
      return 0;
    if (*Number && __builtin_memcmp(ByNumber[*Number], Name, Length) == 0 &&
        !ByNumber[*Number][Length])
      return *Number;
    if (*Number)
      continue;
    auto *Copy = Used + 1 == Most
                     ? nullptr
                     : static_cast<char *>(Memory.allocate(Length + 1));
    if (!Copy) {
      ByHash.erase(Hash);
      return 0;
    }
    __builtin_memcpy(Copy, Name, Length);
    *Number = Used + 1;
    ByNumber[Used + 1] = Copy;
    __atomic_store_n(&Used, Used + 1, __ATOMIC_RELEASE);
    return Used;
  }
}

const char *nameOf(uint32_t Number) {
  if (!Number || Number > __atomic_load_n(&Used, __ATOMIC_ACQUIRE))
    return "";
  return ByNumber[Number];
}

uint32_t newTest(const char *Name) {
  uint32_t NameNumber = internName(Name);
  InternalGuard G(Lock);
  uint32_t Number = LastTest + 1, Slab = Number >> SlabBits;
  if (Slab == MostSlabs)
    return 0;
  if (!Tests[Slab])
    Tests[Slab] =
        static_cast<uint32_t *>(sys::map(sizeof(uint32_t) << SlabBits));
  if (!Tests[Slab])
    return 0;
  Tests[Slab][Number & ((1 << SlabBits) - 1)] = NameNumber;
  __atomic_store_n(&LastTest, Number, __ATOMIC_RELEASE);
  return Number;
}

const char *nameOfTest(uint32_t Number) {
  if (!Number || Number > __atomic_load_n(&LastTest, __ATOMIC_ACQUIRE))
    return "";
  return nameOf(Tests[Number >> SlabBits][Number & ((1 << SlabBits) - 1)]);
}

} // namespace raddle::leaks
