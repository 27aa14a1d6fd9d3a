// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The locks that each thread holds: the hot path of the runtime. A lock and
// unlock of what is known costs a few stores, two hashes and the check that the
// call path is the one of last time; nothing is allocated or locked.
#ifndef RADDLE_RUNTIME_THREAD_HELDLOCKS_H
#define RADDLE_RUNTIME_THREAD_HELDLOCKS_H

#include "runtime/core/Memory.h"
#include "runtime/thread/Thread.h"

namespace raddle {

/// Held locks are kept (locks=1 or deadlocks=1).
extern bool KeepHeldLocks;
/// Keeps them from here on; at start-up, before any thread.
void keepHeldLocks();

/// What tells a lock from another one that lived at the same address.
///
/// Most locks end without a call: std::mutex has a trivial destructor, and a
/// function's local, a vector's element or a block of an arena is just used
/// again. But glibc's mutexes and rwlocks have a word that it never uses for
/// these kinds and that every initialisation, static or by call, makes zero.
/// Whoever holds the lock first writes a mark there that is good for this
/// address only. A lock without our mark is a new one, whatever happened to
/// its memory; a copied one does not carry the mark over.
class LockMarks {
public:
  /// The word of \p Lock, or null: kinds without one, and locks that other
  /// processes use too, or whose word glibc uses (robust ones).
  static uint64_t *wordOf(const void *Lock, trace::LockKind Kind) {
    if (Kind == trace::LockKind::Mutex ||
        Kind == trace::LockKind::RecursiveMutex ||
        Kind == trace::LockKind::ErrorCheckMutex) {
      auto *M = static_cast<pthread_mutex_t *>(const_cast<void *>(Lock));
      // Type and elision bits; not robust, PI, PP, shared, destroyed.
      constexpr int Plain = 3 | 256 | 512;
      return RADDLE_LIKELY((M->__data.__kind & ~Plain) == 0)
                 ? reinterpret_cast<uint64_t *>(&M->__data.__list.__next)
                 : nullptr;
    }
    if (Kind == trace::LockKind::RwLock) {
      auto *L = static_cast<pthread_rwlock_t *>(const_cast<void *>(Lock));
      return L->__data.__shared ? nullptr : &L->__data.__pad2;
    }
    return nullptr;
  }
  /// The serial in \p Word, 0 if there is none that fits \p Address.
  static uint64_t serial(uint64_t Word, uint64_t Address) {
    uint64_t Open = Word ^ key(Address);
    return Word && Open >> SerialBits == Tag ? Open & SerialMask : 0;
  }
  static uint64_t word(uint64_t Serial, uint64_t Address) {
    return key(Address) ^ (Tag << SerialBits | Serial);
  }
  static constexpr unsigned SerialBits = 40;
  static constexpr uint64_t SerialMask = (uint64_t(1) << SerialBits) - 1;
  /// Of this process; set before the first lock.
  static uint64_t Salt;

private:
  static constexpr uint64_t Tag = 0xADD1E5;
  static uint64_t key(uint64_t Address) {
    return Address * 0x9E3779B97F4A7C15u ^ Salt;
  }
};

/// For locks without a mark: counted up whenever one is made or ends, by the
/// address's hash, so that what was known of the old one is no longer found.
struct Generations {
  static constexpr size_t Size = 4096;
  uint32_t Of[Size];
  uint32_t &at(uint64_t Address) {
    return Of[(Address >> 4 ^ Address >> 16) & (Size - 1)];
  }
};
extern Generations TheGenerations;

/// What is known of the lock's identity without changing it: its mark's
/// serial, or the generation of its address; 0: not marked yet. The lock's
/// memory must be there.
uint64_t lockSerial(const void *Lock, trace::LockKind Kind);

/// Pages that may hold a lock that has no mark, so that a call that frees
/// memory can pass over all others quickly. Bits are never cleared.
class LockPages {
public:
  void set(uint64_t Address) {
    uint64_t Page = Address >> 12;
    __atomic_fetch_or(&Bits[Page % Count / 64], uint64_t(1) << Page % 64,
                      __ATOMIC_RELAXED);
  }
  /// Whether any page of the \p Size bytes from \p Address may hold one.
  bool mayHave(uint64_t Address, uint64_t Size = 1) const {
    uint64_t First = Address >> 12, Last = (Address + Size - 1) >> 12;
    if (Last - First >= Count)
      return true;
    // A thread's whole stack is asked for when it ends: word by word.
    for (uint64_t Word = First / 64; Word <= Last / 64; ++Word) {
      uint64_t Mask = ~uint64_t(0);
      if (Word == First / 64)
        Mask &= ~uint64_t(0) << First % 64;
      if (Word == Last / 64)
        Mask &= ~uint64_t(0) >> (63 - Last % 64);
      if (__atomic_load_n(&Bits[Word % (Count / 64)], __ATOMIC_RELAXED) & Mask)
        return true;
    }
    return false;
  }

private:
  static constexpr uint64_t Count = 1 << 15;
  uint64_t Bits[Count / 64];
};
extern LockPages TheLockPages;

/// Kinds are taken by their word: what says Mutex, RecursiveMutex or
/// ErrorCheckMutex is a pthread_mutex_t (a mtx_t is one), and what says RwLock
/// a pthread_rwlock_t.
struct LockUse {
  const void *Lock;
  trace::LockKind Kind;
  trace::Mode Mode = trace::Mode::Exclusive;
  uint8_t Flags = 0; ///< trace::AcquisitionFlags.
  /// The same thread may take it again.
  bool Reentrant = false;
};

/// The calling thread has taken a lock.
void lockAcquired(Thread &T, const LockUse &Use, const CallSite &Site);
/// As lockReleased(), for what is not the thread's newest lock, was taken more
/// than once, or has its hold time measured.
void anyLockReleased(Thread &T, const void *Lock);
/// The calling thread is about to give a lock back. What it does not hold is
/// left alone.
inline void lockReleased(Thread &T, const void *Lock) {
  uint32_t Count = T.HeldCount;
  if (RADDLE_LIKELY(Count != 0)) {
    const HeldLock &H = T.Held[Count - 1];
    if (RADDLE_LIKELY(H.Lock == reinterpret_cast<uint64_t>(Lock) &&
                      (H.Depth | H.Since) == 0)) {
      __atomic_store_n(&T.HeldCount, Count - 1, __ATOMIC_RELEASE);
      return;
    }
  }
  anyLockReleased(T, Lock);
}
/// The lock as it is held by \p T, or null.
inline HeldLock *findHeld(Thread &T, const void *Lock) {
  for (uint32_t I = T.HeldCount; I-- != 0;)
    if (T.Held[I].Lock == reinterpret_cast<uint64_t>(Lock))
      return &T.Held[I];
  return nullptr;
}
/// Copies the entry of \p Lock in the list of another thread, which may change
/// or go: true if it was there, and unchanged while it was read.
bool copyHeld(const Thread &Of, uint64_t Lock, HeldLock &Copy);

} // namespace raddle

#endif
