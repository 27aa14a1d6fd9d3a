// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory of the runtime's own, straight from the kernel: the host's allocator
// may be locked, replaced, or out of memory. Null means that there is none;
// callers go on without what they wanted to remember.
#ifndef RADDLE_RUNTIME_CORE_MEMORY_H
#define RADDLE_RUNTIME_CORE_MEMORY_H

#include "runtime/core/InternalLock.h"

namespace raddle {

/// Zeroed memory that is never given back. The caller serialises.
class Arena {
public:
  void *allocate(size_t Size);

private:
  static constexpr size_t ChunkSize = 256 * 1024;
  char *At = nullptr, *End = nullptr;
};

/// Objects of one type, reused after release. Never unmapped, so that a stale
/// pointer to one reads another object of the type and not a hole. Any thread.
template <typename T> class Pool {
public:
  /// Zeroed memory, without a constructor's call.
  T *allocate() {
    InternalGuard G(Lock);
    if (Link *L = Free) {
      Free = L->Next;
      __builtin_memset(static_cast<void *>(L), 0, sizeof(T));
      return reinterpret_cast<T *>(L);
    }
    return static_cast<T *>(Memory.allocate(sizeof(T)));
  }
  void release(T *Object) {
    InternalGuard G(Lock);
    Link *L = reinterpret_cast<Link *>(Object);
    L->Next = Free;
    Free = L;
  }
  void reset() { Lock.reset(); }

private:
  struct Link {
    Link *Next;
  };
  static_assert(sizeof(T) >= sizeof(Link));
  InternalLock Lock;
  Arena Memory;
  Link *Free = nullptr;
};

/// Set and forget: 64-bit keys (not 0) to 32-bit values. The caller serialises.
class HashTable {
public:
  /// Null if there is no such key. Good until the next insert().
  uint32_t *find(uint64_t Key);
  /// The value of \p Key, made with 0 if it is new; null without memory.
  uint32_t *insert(uint64_t Key);
  void erase(uint64_t Key);
  size_t size() const { return Used; }
  /// Forgets all and gives the memory back. There is no destructor, as tables
  /// of the whole process are in use to its very end.
  void release();

private:
  struct Slot {
    uint64_t Key;
    uint32_t Value;
    uint32_t Deleted;
  };
  bool grow();
  Slot *Slots = nullptr;
  size_t Capacity = 0, Used = 0, Filled = 0;
};

inline uint64_t mix(uint64_t A, uint64_t B) {
  // The finisher of MurmurHash3 over a product, as wyhash folds it.
  __uint128_t P =
      __uint128_t(A ^ 0x9E3779B97F4A7C15u) * (B ^ 0xE7037ED1A0B428DBu);
  return uint64_t(P) ^ uint64_t(P >> 64);
}

} // namespace raddle

#endif
