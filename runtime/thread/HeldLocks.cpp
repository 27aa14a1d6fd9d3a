// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/thread/HeldLocks.h"
#include "runtime/Observers.h"
#include "runtime/thread/Registry.h"

namespace raddle {

bool KeepHeldLocks = false;
Generations TheGenerations;

namespace {

/// One acquisition in this many has its hold time measured.
constexpr uint32_t HoldSampling = 64;

bool makeMemory(Thread &T) {
  T.Memory = static_cast<LockMemory *>(sys::map(sizeof(LockMemory)));
  return T.Memory != nullptr;
}

__attribute__((noinline)) bool growHeld(Thread &T) {
  uint32_t Capacity = T.HeldCapacity * 4;
  auto *New = static_cast<HeldLock *>(sys::map(Capacity * sizeof(HeldLock)));
  if (!New)
    return false;
  __builtin_memcpy(static_cast<void *>(New), T.Held,
                   T.HeldCount * sizeof(HeldLock));
  HeldLock *Old = T.Held;
  // Others may read the old ones still; they are mapped as long as any are.
  __atomic_store_n(&T.Held, New, __ATOMIC_RELEASE);
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
  for (unsigned I = 0; I != Count && I != HeldLock::StackDepth; ++I) {
    K.Pcs[I] = Frames[I].Pc;
    // A return address lies right below the caller's stack pointer.
    uint64_t Offset = I ? Frames[I].Sp - 8 - Site.Sp : 0;
    if (Offset >> 32)
      break;
    K.SlotOffsets[I] = uint32_t(Offset);
    ++K.Frames;
  }
  if (Count > K.Frames)
    K.OuterSp = Frames[K.Frames].Sp;
}

inline bool samePath(const KnownPath &K, const CallSite &Site,
                     StackRange Readable) {
  if (K.Pc != Site.Pc || K.Sp != Site.Sp || Readable.Low != Site.Sp)
    return false;
  for (uint32_t I = 1; I < K.Frames; ++I)
    if (*reinterpret_cast<const uint64_t *>(Site.Sp + K.SlotOffsets[I]) !=
        K.Pcs[I])
      return false;
  return true;
}

inline void fillPath(Thread &T, const CallSite &Site, HeldLock &H) {
  uint64_t Slot =
      (Site.Pc ^ Site.Sp >> 4 ^ Site.Pc >> 6) & (LockMemory::Paths - 1);
  KnownPath &K = T.Memory->KnownPaths[Slot];
  if (RADDLE_UNLIKELY(!samePath(K, Site, ownStack(T, Site.Sp))))
    learnPath(T, Site, K);
  H.Frames = uint8_t(K.Frames);
  H.OuterSp = K.OuterSp;
  for (unsigned I = 0; I != HeldLock::StackDepth; ++I)
    H.Pcs[I] = K.Pcs[I];
}

} // namespace

HeldLock *findHeld(Thread &T, const void *Lock) {
  for (uint32_t I = T.HeldCount; I-- != 0;)
    if (T.Held[I].Lock == reinterpret_cast<uint64_t>(Lock))
      return &T.Held[I];
  return nullptr;
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
      RADDLE_UNLIKELY(++T.Acquisitions % HoldSampling == 0) ? sys::now() : 0;
  fillPath(T, Site, H);
  uint64_t Pcs = H.Pcs[0] ^
                 (H.Frames > 1 ? H.Pcs[1] << 21 | H.Pcs[1] >> 43 : 0) ^
                 (H.Frames > 2 ? H.Pcs[2] << 42 | H.Pcs[2] >> 22 : 0);
  H.Own = mix(Address ^ uint64_t(Use.Mode) << 62 ^ uint64_t(Use.Flags) << 56,
              Pcs ^ uint64_t(TheGenerations.at(Address)) << 40);
  uint64_t Below = T.HeldCount ? T.Held[T.HeldCount - 1].Chain : 0;
  H.Chain = mix(Below, H.Own);
  __atomic_store_n(&H.Lock, Address, __ATOMIC_RELEASE);
  if (T.HeldCount && !(Use.Flags & trace::AcquiredByTry)) {
    uint64_t Signature = mix(H.Chain, T.Segment) | 1;
    uint64_t &Known =
        T.Memory->KnownEdges[Signature >> 7 & (LockMemory::Edges - 1)];
    if (RADDLE_UNLIKELY(Known != Signature)) {
      bool Noted = true;
      ++T.Busy;
      for (unsigned I = 0; I != TheObservers.Count; ++I)
        if (auto *Tell = TheObservers.All[I]->Nested)
          Noted &= Tell(T, H, Site);
      --T.Busy;
      if (Noted)
        Known = Signature;
    }
  }
  __atomic_store_n(&T.HeldCount, T.HeldCount + 1, __ATOMIC_RELEASE);
}

void lockReleased(Thread &T, const void *Lock) {
  HeldLock *H = findHeld(T, Lock);
  if (RADDLE_UNLIKELY(!H))
    return;
  if (H->Depth) {
    --H->Depth;
    return;
  }
  if (RADDLE_UNLIKELY(H->Since)) {
    uint64_t Ns = sys::now() - H->Since;
    ++T.Busy;
    RADDLE_TELL(HeldFor, T, *H, Ns);
    --T.Busy;
  }
  uint32_t Last = T.HeldCount - 1;
  uint32_t Index = uint32_t(H - T.Held);
  for (; RADDLE_UNLIKELY(Index != Last); ++Index) {
    T.Held[Index] = T.Held[Index + 1];
    uint64_t Below = Index ? T.Held[Index - 1].Chain : 0;
    T.Held[Index].Chain = mix(Below, T.Held[Index].Own);
  }
  __atomic_store_n(&T.HeldCount, Last, __ATOMIC_RELEASE);
}

} // namespace raddle
