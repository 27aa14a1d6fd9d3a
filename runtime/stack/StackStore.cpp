// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/stack/StackStore.h"
#include "runtime/thread/Registry.h"
#include "runtime/trace/TraceWriter.h"

namespace raddle {

StackStore TheStacks;

bool StackStore::growIndex() {
  uint32_t NewCapacity = Capacity ? Capacity * 2 : 1024;
  auto **New = static_cast<StoredStack **>(
      sys::map(size_t(NewCapacity) * sizeof(StoredStack *)));
  if (!New)
    return false;
  if (ById) {
    __builtin_memcpy(New, ById, size_t(Capacity) * sizeof(StoredStack *));
    // Not unmapped: get() reads without the lock.
  }
  __atomic_store_n(&ById, New, __ATOMIC_RELEASE);
  Capacity = NewCapacity;
  return true;
}

uint32_t StackStore::intern(const uint64_t *Pcs, unsigned Count,
                            uint32_t Flags) {
  if (!Count)
    return 0;
  uint64_t Hash = Flags + 1;
  for (unsigned I = 0; I != Count; ++I)
    Hash = mix(Hash, Pcs[I]);
  Hash |= 1; // A key is not 0.
  writeModules();
  InternalGuard G(Lock);
  uint32_t *Newest = ByHash.insert(Hash);
  if (!Newest)
    return 0;
  for (StoredStack *S = *Newest ? ById[*Newest] : nullptr; S; S = S->Next)
    if (S->Count == Count && S->Flags == Flags &&
        __builtin_memcmp(S->Pcs, Pcs, Count * sizeof(uint64_t)) == 0)
      return S->Id;
  if (Used + 1 >= Capacity && !growIndex())
    return 0;
  auto *S = static_cast<StoredStack *>(
      Memory.allocate(sizeof(StoredStack) + Count * sizeof(uint64_t)));
  if (!S)
    return 0;
  S->Id = ++Used;
  S->Count = Count;
  S->Flags = Flags;
  S->Hash = Hash;
  S->Next = *Newest ? ById[*Newest] : nullptr;
  __builtin_memcpy(S->Pcs, Pcs, Count * sizeof(uint64_t));
  __atomic_store_n(&ById[S->Id], S, __ATOMIC_RELEASE);
  *Newest = S->Id;
  trace::StackRecord R = {};
  R.Id = S->Id;
  R.Flags = Flags;
  R.Count = Count;
  TheTrace.write(trace::RecordType::Stack, R, {Pcs, Count * sizeof(uint64_t)});
  return S->Id;
}

const StoredStack *StackStore::get(uint32_t Id) {
  if (!Id || Id > __atomic_load_n(&Used, __ATOMIC_ACQUIRE))
    return nullptr;
  return __atomic_load_n(&ById, __ATOMIC_ACQUIRE)[Id];
}

uint32_t internFrames(const Frame *Frames, unsigned Count, uint32_t Flags) {
  uint64_t Pcs[StackStore::MaxDepth];
  if (Count == StackStore::MaxDepth)
    Flags |= trace::StackTruncated;
  for (unsigned I = 0; I != Count; ++I)
    Pcs[I] = Frames[I].Pc;
  return TheStacks.intern(Pcs, Count, Flags);
}

uint32_t captureStack(const Thread &T, const CallSite &Site) {
  Frame Frames[StackStore::MaxDepth];
  unsigned Count =
      unwind(Site, ownStack(T, Site.Sp), Frames, StackStore::MaxDepth);
  return internFrames(Frames, Count, 0);
}

uint32_t captureOther(const CallSite &Site, bool ExactTop) {
  Frame Frames[StackStore::MaxDepth];
  unsigned Count = unwindOther(Site, Frames, StackStore::MaxDepth, ExactTop);
  return internFrames(Frames, Count, ExactTop ? trace::StackExactTop : 0);
}

} // namespace raddle
