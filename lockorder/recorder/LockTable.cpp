// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/recorder/LockTable.h"
#include "runtime/stack/StackStore.h"
#include "runtime/thread/HeldLocks.h"
#include "runtime/trace/TraceWriter.h"

namespace raddle {

LockTable TheLocks;

namespace {
bool carriesMark(trace::LockKind Kind) {
  return Kind == trace::LockKind::Mutex ||
         Kind == trace::LockKind::RecursiveMutex ||
         Kind == trace::LockKind::ErrorCheckMutex ||
         Kind == trace::LockKind::RwLock;
}
} // namespace

LockTable::Node *LockTable::find(uint64_t Address) {
  uint32_t *Index = ByAddress.find(Address);
  return Index && *Index ? node(*Index - 1) : nullptr;
}

LockTable::Node *LockTable::make(uint64_t Address) {
  uint32_t *Index = ByAddress.insert(Address);
  if (!Index || Used / ChunkSize >= MaxChunks)
    return nullptr;
  Node *&Chunk = Chunks[Used / ChunkSize];
  if (!Chunk)
    Chunk = static_cast<Node *>(sys::map(ChunkSize * sizeof(Node)));
  if (!Chunk)
    return nullptr;
  Node *N = &Chunk[Used % ChunkSize];
  *Index = ++Used;
  N->Address = Address;
  uint64_t Bit = filterBit(Address);
  __atomic_fetch_or(&Filter[Bit / 64], uint64_t(1) << Bit % 64,
                    __ATOMIC_RELAXED);
  return N;
}

void LockTable::end(Node &N) {
  if (!N.Id)
    return;
  trace::LockGoneRecord R = {};
  R.Lock = N.Id;
  TheTrace.write(trace::RecordType::LockGone, R);
  N.Id = 0;
  N.Stats = nullptr;
}

uint32_t LockTable::number(uint64_t Address, uint64_t Serial,
                           trace::LockKind Kind) {
  Node *N = find(Address);
  if (!N && !(N = make(Address)))
    return 0;
  if (N->Id && N->Kind == Kind) {
    if (N->Serial == Serial || !Serial)
      return N->Id;
    // Known from waiting for it before it had a mark.
    if (!N->Serial && carriesMark(Kind)) {
      N->Serial = Serial;
      return N->Id;
    }
  }
  end(*N);
  N->Id = ++LastId;
  N->Kind = Kind;
  N->Serial = Serial;
  if (!carriesMark(Kind) && !N->Unmarked) {
    N->Unmarked = true;
    N->NextUnmarked = Unmarked;
    Unmarked = N;
    TheLockPages.set(Address);
  }
  trace::LockRecord R = {};
  R.Id = N->Id;
  R.Kind = Kind;
  R.Address = Address;
  R.Module = moduleAt(Address);
  TheTrace.write(trace::RecordType::Lock, R);
  return N->Id;
}

uint32_t LockTable::known(uint64_t Address, uint64_t Serial) {
  Node *N = find(Address);
  return N && (N->Serial == Serial || !Serial || !N->Serial) ? N->Id : 0;
}

trace::LockStatsRecord *LockTable::stats(uint64_t Address) {
  Node *N = find(Address);
  if (!N || !N->Id)
    return nullptr;
  if (!N->Stats) {
    trace::LockStatsRecord R = {};
    R.Lock = N->Id;
    N->Stats = TheTrace.write(trace::RecordType::LockStats, R);
  }
  return N->Stats;
}

bool LockTable::mayKnow(uint64_t Address, uint64_t Size) const {
  if (Size > sizeof(pthread_rwlock_t))
    return TheLockPages.mayHave(Address, Size);
  uint64_t Bit = filterBit(Address);
  return __atomic_load_n(&Filter[Bit / 64], __ATOMIC_RELAXED) >> Bit % 64 & 1;
}

void LockTable::freed(uint64_t Address, uint64_t Size) {
  if (Size <= sizeof(pthread_rwlock_t)) {
    if (Node *N = find(Address)) {
      if (N->Unmarked)
        __atomic_fetch_add(&TheGenerations.at(Address), 1, __ATOMIC_RELAXED);
      end(*N);
    }
    return;
  }
  stackGone(Address, Address + Size);
}

void LockTable::stackGone(uint64_t Low, uint64_t High) {
  for (Node *N = Unmarked; N; N = N->NextUnmarked)
    if (N->Address >= Low && N->Address < High) {
      // What threads know of it is no longer found.
      __atomic_fetch_add(&TheGenerations.at(N->Address), 1, __ATOMIC_RELAXED);
      end(*N);
    }
}

uint32_t acquisitionStack(const HeldLock &H, const Frame *Now, unsigned Count) {
  uint64_t Pcs[StackStore::MaxDepth];
  unsigned Used = 0;
  for (; Used != H.Frames && Used != HeldLock::StackDepth; ++Used)
    Pcs[Used] = H.Pcs[Used];
  unsigned At = 0;
  while (H.OuterSp && At != Count && Now[At].Sp != H.OuterSp)
    ++At;
  bool Found = H.OuterSp && At != Count;
  if (Found)
    while (At != Count && Used != StackStore::MaxDepth)
      Pcs[Used++] = Now[At++].Pc;
  return TheStacks.intern(Pcs, Used,
                          H.OuterSp && !Found ? trace::StackTruncated : 0);
}

} // namespace raddle
