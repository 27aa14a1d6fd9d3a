// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/thread/HeldLocks.h"
#include "runtime/Observers.h"
#include "runtime/thread/Registry.h"

namespace raddle {

bool KeepHeldLocks = false;
Generations TheGenerations;
LockPages TheLockPages;
uint64_t LockMarks::Salt = 0;

namespace {

/// One acquisition in this many has its hold time measured; in a thread that
/// has done many, fewer: it costs as much as twenty acquisitions.
constexpr uint32_t HoldSampling = 64, RareHoldSampling = 512;
constexpr uint32_t ManyAcquisitions = 1 << 16;

__attribute__((noinline)) bool makeMemory(Thread &T) {
  auto *M = static_cast<LockMemory *>(sys::map(sizeof(LockMemory)));
  if (!M)
    return false;
  M->NextSerial = uint64_t(T.Id) << 24;
  T.HoldMask = HoldSampling - 1;
  // Others read it to learn what the thread has.
  __atomic_store_n(&T.Memory, M, __ATOMIC_RELEASE);
  return true;
}

/// The lock is not held by the thread any more: it was given back by another
/// one, or on a way that is not seen. Its memory may be gone.
bool isStale(const Thread &T, const HeldLock &H) {
  if (H.Kind != trace::LockKind::Mutex &&
      H.Kind != trace::LockKind::RecursiveMutex &&
      H.Kind != trace::LockKind::ErrorCheckMutex)
    return false;
  pthread_mutex_t M;
  if (!sys::safeRead(&M, H.Lock, sizeof(M)))
    return true;
  constexpr int ElisionBit = 256; // Sets no owner.
  return M.__data.__owner != T.Tid && !(M.__data.__kind & ElisionBit);
}

void chain(Thread &T, uint32_t Index) {
  uint64_t Below = Index ? T.Held[Index - 1].Chain : 0;
  T.Held[Index].Chain = mix(Below, T.Held[Index].Own);
}

/// Takes out what is no longer held. With \p New, the entry at HeldCount, which
/// is not counted yet, moves along.
bool dropStale(Thread &T, bool New) {
  uint32_t Kept = 0;
  for (uint32_t I = 0; I != T.HeldCount; ++I) {
    if (isStale(T, T.Held[I]))
      continue;
    if (Kept != I) {
      T.Held[Kept] = T.Held[I];
      chain(T, Kept);
    }
    ++Kept;
  }
  if (Kept == T.HeldCount)
    return false;
  if (New) {
    T.Held[Kept] = T.Held[T.HeldCount];
    chain(T, Kept);
  }
  __atomic_store_n(&T.HeldCount, Kept, __ATOMIC_RELEASE);
  return true;
}

__attribute__((noinline)) bool growHeld(Thread &T) {
  if (dropStale(T, false))
    return true;
  uint32_t Capacity = T.HeldCapacity * 4;
  auto *New = static_cast<HeldLock *>(sys::map(Capacity * sizeof(HeldLock)));
  if (!New)
    return false;
  __builtin_memcpy(static_cast<void *>(New), T.Held,
                   T.HeldCount * sizeof(HeldLock));
  HeldLock *Old = T.Held;
  __atomic_store_n(&T.Held, New, __ATOMIC_RELEASE);
  // Others that read it do so by a system call.
  if (Old != T.Inline)
    sys::unmap(Old, T.HeldCapacity * sizeof(HeldLock));
  T.HeldCapacity = Capacity;
  return true;
}

/// Walks the inner frames anew and notes where their return addresses are.
__attribute__((noinline)) void learnPath(Thread &T, const CallSite &Site,
                                         KnownPath &K) {
  Frame Frames[HeldLock::StackDepth + 1];
  unsigned Count =
      unwind(Site, ownStack(T, Site.Sp), Frames, HeldLock::StackDepth + 1);
  K.Pc = Site.Pc;
  K.Sp = Site.Sp;
  K.Frames = 0;
  K.OuterSp = 0;
  K.Path = 1;
  for (unsigned I = 0; I != HeldLock::StackDepth; ++I) {
    // A return address lies right below the caller's stack pointer.
    uint64_t Offset = I && I < Count ? Frames[I].Sp - 8 - Site.Sp : 0;
    if (I >= Count || Offset >> 32 || K.Frames != I) {
      K.Pcs[I] = 0;
      continue;
    }
    K.Pcs[I] = Frames[I].Pc;
    K.SlotOffsets[I] = uint32_t(Offset);
    K.Path = mix(K.Path, Frames[I].Pc);
    ++K.Frames;
  }
  if (Count > K.Frames)
    K.OuterSp = Frames[K.Frames].Sp;
}

inline bool samePath(const Thread &T, const KnownPath &K,
                     const CallSite &Site) {
  if (K.Pc != Site.Pc || K.Sp != Site.Sp || Site.Sp < T.StackLow ||
      Site.Sp >= T.StackHigh)
    return false;
  uint64_t Different = 0;
  for (uint32_t I = 1; I < K.Frames; ++I)
    Different |=
        *reinterpret_cast<const uint64_t *>(Site.Sp + K.SlotOffsets[I]) ^
        K.Pcs[I];
  return Different == 0;
}

inline const KnownPath &pathOf(Thread &T, const CallSite &Site) {
  uint64_t Slot =
      (Site.Pc ^ Site.Sp >> 4 ^ Site.Pc >> 6) & (LockMemory::Paths - 1);
  KnownPath &K = T.Memory->KnownPaths[Slot];
  if (RADDLE_UNLIKELY(!samePath(T, K, Site)))
    learnPath(T, Site, K);
  return K;
}

/// As lockSerial(); the caller has the lock, and a new one gets its mark.
inline uint64_t markLock(Thread &T, uint64_t Address, trace::LockKind Kind) {
  uint64_t *Word =
      LockMarks::wordOf(reinterpret_cast<const void *>(Address), Kind);
  if (!Word)
    return TheGenerations.at(Address);
  uint64_t Now = __atomic_load_n(Word, __ATOMIC_RELAXED);
  uint64_t Serial = LockMarks::serial(Now, Address);
  if (RADDLE_LIKELY(Serial != 0))
    return Serial;
  Serial = ++T.Memory->NextSerial & LockMarks::SerialMask;
  // Of a rwlock's readers, one comes first.
  if (__atomic_compare_exchange_n(Word, &Now, LockMarks::word(Serial, Address),
                                  false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    return Serial;
  return LockMarks::serial(Now, Address);
}

/// Keeps \p Signature where lockAcquired() finds it. A thread that has more
/// edges than fit there would ask the observers again and again.
void knowEdge(LockMemory &M, uint64_t Signature) {
  uint64_t &Known = M.KnownEdges[Signature >> 7 & (LockMemory::Edges - 1)];
  if (Known && !M.MoreEdges && ++M.Forgotten >= LockMemory::Edges) {
    M.Forgotten = 0;
    M.MoreEdges = static_cast<uint64_t *>(
        sys::map(LockMemory::MoreEdgesCount * sizeof(uint64_t)));
  }
  Known = Signature;
}

uint64_t &moreEdges(LockMemory &M, uint64_t Signature) {
  return M.MoreEdges[Signature >> 20 & (LockMemory::MoreEdgesCount - 1)];
}

/// Tells the observers. \p Index: of the new lock.
__attribute__((noinline)) void nested(Thread &T, const CallSite &Site,
                                      uint64_t Signature) {
  LockMemory &M = *T.Memory;
  if (M.MoreEdges && moreEdges(M, Signature) == Signature) {
    knowEdge(M, Signature);
    return;
  }
  if (dropStale(T, true) && !T.HeldCount)
    return;
  bool Noted = true;
  ++T.Busy;
  for (unsigned I = 0; I != TheObservers.Count; ++I)
    if (auto *Tell = TheObservers.All[I]->Nested)
      Noted &= Tell(T, T.Held[T.HeldCount], Site);
  --T.Busy;
  Signature = mix(T.Held[T.HeldCount].Chain, T.Segment) | 1;
  if (!Noted)
    return;
  knowEdge(M, Signature);
  if (M.MoreEdges)
    moreEdges(M, Signature) = Signature;
}

__attribute__((noinline)) void heldFor(Thread &T, HeldLock &H) {
  uint64_t Ns = sys::now() - H.Since;
  if (T.Acquisitions >= ManyAcquisitions)
    T.HoldMask = RareHoldSampling - 1;
  ++T.Busy;
  RADDLE_TELL(HeldFor, T, H, Ns);
  --T.Busy;
}

} // namespace

void keepHeldLocks() {
  if (KeepHeldLocks)
    return;
  LockMarks::Salt = mix(sys::now(), uint64_t(sys::pid())) | 1;
  KeepHeldLocks = true;
}

uint64_t lockSerial(const void *Lock, trace::LockKind Kind) {
  uint64_t Address = reinterpret_cast<uint64_t>(Lock);
  const uint64_t *Word = LockMarks::wordOf(Lock, Kind);
  return Word ? LockMarks::serial(__atomic_load_n(Word, __ATOMIC_RELAXED),
                                  Address)
              : TheGenerations.at(Address);
}

void lockAcquired(Thread &T, const LockUse &Use, const CallSite &Site) {
  if (RADDLE_UNLIKELY(!T.Memory) && !makeMemory(T))
    return;
  if (Use.Reentrant && T.HeldCount)
    if (HeldLock *Known = findHeld(T, Use.Lock)) {
      ++Known->Depth;
      return;
    }
  if (RADDLE_UNLIKELY(T.HeldCount == T.HeldCapacity) && !growHeld(T))
    return;
  uint64_t Address = reinterpret_cast<uint64_t>(Use.Lock);
  HeldLock &H = T.Held[T.HeldCount];
  H.Kind = Use.Kind;
  H.Mode = uint8_t(Use.Mode);
  H.Flags = Use.Flags;
  H.Depth = 0;
  H.Since =
      RADDLE_UNLIKELY((++T.Acquisitions & T.HoldMask) == 0) ? sys::now() : 0;
  H.Serial = markLock(T, Address, Use.Kind);
  const KnownPath &K = pathOf(T, Site);
  H.Frames = uint8_t(K.Frames);
  H.Path = K.Path;
  H.OuterSp = K.OuterSp;
  for (unsigned I = 0; I != HeldLock::StackDepth; ++I)
    H.Pcs[I] = K.Pcs[I];
  H.Own = mix(Address ^ uint64_t(Use.Mode) << 62 ^ uint64_t(Use.Flags) << 56,
              H.Path ^ H.Serial * 0x9E3779B97F4A7C15u);
  uint64_t Below = T.HeldCount ? T.Held[T.HeldCount - 1].Chain : 0;
  H.Chain = mix(Below, H.Own);
  __atomic_store_n(&H.Lock, Address, __ATOMIC_RELEASE);
  if (T.HeldCount && !(Use.Flags & trace::AcquiredByTry)) {
    uint64_t Signature = mix(H.Chain, T.Segment) | 1;
    if (RADDLE_UNLIKELY(
            T.Memory->KnownEdges[Signature >> 7 & (LockMemory::Edges - 1)] !=
            Signature))
      nested(T, Site, Signature);
  }
  __atomic_store_n(&T.HeldCount, T.HeldCount + 1, __ATOMIC_RELEASE);
}

void anyLockReleased(Thread &T, const void *Lock) {
  HeldLock *H = findHeld(T, Lock);
  if (RADDLE_UNLIKELY(!H))
    return;
  if (H->Depth) {
    --H->Depth;
    return;
  }
  if (RADDLE_UNLIKELY(H->Since))
    heldFor(T, *H);
  uint32_t Last = T.HeldCount - 1;
  uint32_t Index = uint32_t(H - T.Held);
  for (; RADDLE_UNLIKELY(Index != Last); ++Index) {
    T.Held[Index] = T.Held[Index + 1];
    chain(T, Index);
  }
  __atomic_store_n(&T.HeldCount, Last, __ATOMIC_RELEASE);
}

bool copyHeld(const Thread &Of, uint64_t Lock, HeldLock &Copy) {
  uint32_t Count = __atomic_load_n(&Of.HeldCount, __ATOMIC_ACQUIRE);
  const HeldLock *Held = __atomic_load_n(&Of.Held, __ATOMIC_ACQUIRE);
  bool Inline = Held == Of.Inline;
  if (Inline ? Count > Thread::InlineLocks : Count > 1u << 20)
    return false;
  auto Read = [&](HeldLock &To, const HeldLock *From) {
    if (!Inline)
      return sys::safeRead(&To, reinterpret_cast<uint64_t>(From), sizeof(To));
    __builtin_memcpy(&To, From, sizeof(To));
    return true;
  };
  for (uint32_t I = Count; I-- != 0;) {
    HeldLock Again;
    if (!Read(Copy, Held + I) || Copy.Lock != Lock)
      continue;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return Read(Again, Held + I) &&
           __builtin_memcmp(&Again, &Copy, sizeof(Copy)) == 0 &&
           __atomic_load_n(&Of.HeldCount, __ATOMIC_ACQUIRE) > I &&
           Copy.Frames <= HeldLock::StackDepth;
  }
  return false;
}

} // namespace raddle
