// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/recorder/WaitGraph.h"
#include "lockorder/recorder/EndedOwners.h"
#include "lockorder/recorder/KernelThreads.h"
#include "runtime/core/KernelTasks.h"
#include "runtime/core/Maps.h"
#include "runtime/thread/HeldLocks.h"
#include "runtime/thread/Monitor.h"
#include "runtime/thread/Registry.h"

namespace raddle {

using trace::WaitKind;

bool waitsForThreads(WaitKind Kind) {
  switch (Kind) {
  case WaitKind::Mutex:
  case WaitKind::RwLockRead:
  case WaitKind::RwLockWrite:
  case WaitKind::SpinLock:
  case WaitKind::Condition:
  case WaitKind::ConditionDestroy:
  case WaitKind::Semaphore:
  case WaitKind::Barrier:
  case WaitKind::Join:
  case WaitKind::Futex:
    return true;
  default:
    return false;
  }
}

namespace {

/// Kernel thread number of the holder of what \p W waits for; 0: none known.
int holderOf(const WaitCopy &W) {
  if (W.Kind == WaitKind::Mutex) {
    pthread_mutex_t M;
    if (!sys::safeRead(&M, W.Object, sizeof(M)) || !M.__data.__lock)
      return 0;
    // The kernel hands a robust mutex on when its owner ends, and those of
    // other processes have owners there.
    constexpr int Robust = 16, Shared = 128;
    return M.__data.__kind & (Robust | Shared) ? 0 : M.__data.__owner;
  }
  if (W.Kind == WaitKind::RwLockRead || W.Kind == WaitKind::RwLockWrite) {
    pthread_rwlock_t L;
    if (!sys::safeRead(&L, W.Object, sizeof(L)) || L.__data.__shared)
      return 0;
    return L.__data.__cur_writer;
  }
  return 0;
}

} // namespace

uint64_t readSerial(uint64_t Address, trace::LockKind Kind) {
  union {
    pthread_mutex_t Mutex;
    pthread_rwlock_t RwLock;
  } Copy = {};
  bool IsRwLock = Kind == trace::LockKind::RwLock;
  bool HasMark = IsRwLock || Kind == trace::LockKind::Mutex ||
                 Kind == trace::LockKind::RecursiveMutex ||
                 Kind == trace::LockKind::ErrorCheckMutex;
  if (HasMark &&
      !sys::safeRead(&Copy, Address,
                     IsRwLock ? sizeof(Copy.RwLock) : sizeof(Copy.Mutex)))
    return 0;
  const uint64_t *Word = LockMarks::wordOf(&Copy, Kind);
  return Word ? LockMarks::serial(*Word, Address) : TheGenerations.at(Address);
}

template <typename T> T *WaitGraph::Array<T>::add() {
  if (Count == Capacity) {
    uint32_t New = Capacity ? Capacity * 2 : 64;
    auto *Moved = static_cast<T *>(sys::map(New * sizeof(T)));
    if (!Moved)
      return nullptr;
    if (Items) {
      __builtin_memcpy(static_cast<void *>(Moved), Items, Count * sizeof(T));
      sys::unmap(Items, Capacity * sizeof(T));
    }
    Items = Moved;
    Capacity = New;
  }
  T *Item = &Items[Count++];
  *Item = {};
  return Item;
}

template <typename T> void WaitGraph::Array<T>::release(uint32_t Keep) {
  Count = 0;
  if (Capacity <= Keep)
    return;
  sys::unmap(Items, Capacity * sizeof(T));
  Items = nullptr;
  Capacity = 0;
}

void WaitGraph::release(uint32_t Keep) {
  Nodes.release(Keep);
  Edges.release(Keep);
}

bool WaitGraph::take(uint64_t Since) {
  Nodes.Count = Edges.Count = 0;
  bool Any = false;
  {
    InternalGuard G(TheRegistry.lock());
    for (Thread *T = TheRegistry.first(); T; T = T->Next) {
      if (T->State == ThreadState::Gone || T->State == ThreadState::Finished)
        continue;
      WaitNode *Added = Nodes.add();
      if (!Added)
        return false;
      WaitNode &N = *Added;
      N.Thread = T->Id;
      N.Tid = T->Tid;
      N.IsMain = T->IsMain;
      __builtin_memcpy(N.Name, T->Name, sizeof(N.Name));
      N.Owner = WaitNode::None;
      N.Sequence = __atomic_load_n(&T->WaitSequence, __ATOMIC_ACQUIRE);
      if (!copyWait(*T, N.Wait))
        N.Wait = {};
      Any |= waitsForThreads(N.Wait.Kind) && N.Wait.Since < Since;
    }
  }
  if (Any)
    findOwners();
  return Any;
}

/// Who was found to hold an object, for all others that wait for it too.
class WaitGraph::Objects {
public:
  ~Objects() { ByAddress.release(); }
  /// The index plus 1 of the first node that asked; null without memory.
  uint32_t *first(const WaitCopy &W) {
    return ByAddress.insert(W.Object << 2 | (W.Kind == WaitKind::RwLockRead) |
                            uint64_t(1) << 63);
  }

private:
  HashTable ByAddress;
};

/// A writer waits for all readers: each that never goes on is enough. Of those
/// that we know nothing of, one may have ended.
void WaitGraph::addReaders(WaitNode &N, uint32_t Readers, uint64_t Serial) {
  uint64_t Known = 0;
  {
    InternalGuard G(TheRegistry.lock());
    for (uint32_t I = 0; I != Nodes.Count; ++I) {
      Thread *T = TheRegistry.byId(Nodes.Items[I].Thread);
      HeldLock Held;
      if (!T || !copyHeld(*T, N.Wait.Object, Held) || Held.Serial != Serial)
        continue;
      Known += Held.Depth + 1;
      if (uint32_t *Edge = Nodes.Items[I].endless() ? Edges.add() : nullptr) {
        *Edge = I;
        ++N.EdgeCount;
      }
    }
  }
  EndedOwner Ended;
  if (Known < Readers && N.Wait.Kind == WaitKind::RwLockWrite &&
      TheEndedOwners.find(N.Wait.Object, Serial, Ended) &&
      !threadExists(Ended.Tid)) {
    N.OwnerExited = true;
    N.EndedOwner = Ended.Thread;
    N.Serial = Serial;
  }
}

/// A reader waits for writers that wait themselves.
void WaitGraph::addWriters(WaitNode &N, uint32_t Index) {
  for (uint32_t I = 0; I != Nodes.Count; ++I) {
    const WaitNode &Other = Nodes.Items[I];
    if (I == Index || !Other.endless() || Other.Wait.Object != N.Wait.Object ||
        Other.Wait.Kind != WaitKind::RwLockWrite)
      continue;
    if (uint32_t *Edge = Edges.add()) {
      *Edge = I;
      ++N.EdgeCount;
    }
  }
}

/// Of a lock that does not tell itself who holds it.
void WaitGraph::findHolders(WaitNode &N, uint32_t Index, Objects &Known) {
  uint32_t *First = Known.first(N.Wait);
  if (!First)
    return;
  if (*First) {
    const WaitNode &Same = Nodes.Items[*First - 1];
    N.FirstEdge = Same.FirstEdge;
    N.EdgeCount = Same.EdgeCount;
    N.OwnerExited = Same.OwnerExited;
    N.EndedOwner = Same.EndedOwner;
    N.Serial = Same.Serial;
  } else {
    *First = Index + 1;
    N.FirstEdge = Edges.Count;
    if (N.Wait.Kind == WaitKind::SpinLock) {
      int Word;
      if (sys::safeRead(&Word, N.Wait.Object, sizeof(Word)) && Word != 1)
        addReaders(N, 1, readSerial(N.Wait.Object, trace::LockKind::SpinLock));
    } else {
      pthread_rwlock_t L;
      if (!sys::safeRead(&L, N.Wait.Object, sizeof(L)) || L.__data.__shared ||
          L.__data.__cur_writer)
        return;
      // From bit 3 on: how many read.
      uint32_t Readers = L.__data.__readers >> 3;
      if (Readers && N.Wait.Kind == WaitKind::RwLockWrite)
        addReaders(N, Readers,
                   readSerial(N.Wait.Object, trace::LockKind::RwLock));
      else if (Readers &&
               L.__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP)
        addWriters(N, Index);
    }
  }
  for (uint32_t I = 0; I != N.EdgeCount; ++I)
    N.Itself |= Edges.Items[N.FirstEdge + I] == Index;
  if (N.EdgeCount)
    N.Owner = Edges.Items[N.FirstEdge];
}

namespace {

/// Not if libc says EDEADLK instead of waiting, nor if the thread has just got
/// the lock and its mark of waiting is late.
bool isLockedAgain(const WaitNode &N) {
  pthread_mutex_t M;
  if (N.Wait.Kind != WaitKind::Mutex ||
      !sys::safeRead(&M, N.Wait.Object, sizeof(M)) ||
      (M.__data.__kind & 3) == PTHREAD_MUTEX_ERRORCHECK_NP ||
      (M.__data.__kind & 3) == PTHREAD_MUTEX_RECURSIVE_NP)
    return false;
  InternalGuard G(TheRegistry.lock());
  Thread *T = TheRegistry.byId(N.Thread);
  HeldLock Copy;
  return T && copyHeld(*T, N.Wait.Object, Copy);
}

} // namespace

void WaitGraph::findOwners() {
  HashTable ByTid, ById;
  Objects Known;
  for (uint32_t I = 0; I != Nodes.Count; ++I) {
    WaitNode &N = Nodes.Items[I];
    if (uint32_t *At = N.Tid ? ByTid.insert(uint64_t(N.Tid)) : nullptr)
      *At = I + 1;
    if (uint32_t *At = ById.insert(N.Thread))
      *At = I + 1;
  }
  for (uint32_t I = 0; I != Nodes.Count; ++I) {
    WaitNode &N = Nodes.Items[I];
    if (!N.endless())
      continue;
    uint32_t *At = nullptr;
    if (N.Wait.Kind == WaitKind::Join) {
      At = N.Wait.Object ? ById.find(N.Wait.Object) : nullptr;
    } else if ((N.OwnerTid = holderOf(N.Wait)) != 0) {
      At = ByTid.find(uint64_t(N.OwnerTid));
      if (!At && !threadExists(N.OwnerTid)) {
        N.OwnerExited = true;
        N.Serial = readSerial(N.Wait.Object, N.Wait.Kind == WaitKind::Mutex
                                                 ? trace::LockKind::Mutex
                                                 : trace::LockKind::RwLock);
        EndedOwner Ended;
        if (TheEndedOwners.find(N.Wait.Object, N.Serial, Ended) &&
            Ended.Tid == N.OwnerTid)
          N.EndedOwner = Ended.Thread;
      }
    } else if (KeepHeldLocks && (N.Wait.Kind == WaitKind::RwLockWrite ||
                                 N.Wait.Kind == WaitKind::RwLockRead ||
                                 N.Wait.Kind == WaitKind::SpinLock)) {
      findHolders(N, I, Known);
    }
    if (!At)
      continue;
    N.Owner = *At - 1;
    if (N.Owner == I) {
      N.Itself = isLockedAgain(N);
    } else if (uint32_t *Edge = Edges.add()) {
      *Edge = N.Owner;
      N.FirstEdge = Edges.Count - 1;
      N.EdgeCount = 1;
    }
  }
  ByTid.release();
  ById.release();
}

void WaitGraph::reportCycle(uint32_t Last, uint32_t First,
                            void (*Each)(const uint32_t *, uint32_t)) {
  uint32_t Count = 1;
  for (uint32_t At = Last; At != First; At = Nodes.Items[At].Parent)
    ++Count;
  if (Count < 2)
    return; // It waits for itself, among others.
  auto *Cycle = static_cast<uint32_t *>(sys::map(Count * sizeof(uint32_t)));
  if (!Cycle)
    return;
  uint32_t Left = Count;
  for (uint32_t At = Last; Left; At = Nodes.Items[At].Parent)
    Cycle[--Left] = At;
  Each(Cycle, Count);
  sys::unmap(Cycle, Count * sizeof(uint32_t));
}

void WaitGraph::findCycles(void (*Each)(const uint32_t *, uint32_t)) {
  // Many readers and writers of one lock have cycles without number.
  unsigned Left = 64;
  for (uint32_t Start = 0; Start != Nodes.Count; ++Start) {
    if (Nodes.Items[Start].Visit != WaitNode::New ||
        !Nodes.Items[Start].EdgeCount)
      continue;
    uint32_t At = Start;
    Nodes.Items[At].Visit = WaitNode::OnPath;
    Nodes.Items[At].Parent = WaitNode::None;
    while (At != WaitNode::None) {
      WaitNode &N = Nodes.Items[At];
      if (N.NextEdge == N.EdgeCount) {
        N.Visit = WaitNode::Done;
        At = N.Parent;
        continue;
      }
      uint32_t To = Edges.Items[N.FirstEdge + N.NextEdge++];
      WaitNode &Next = Nodes.Items[To];
      if (Next.Visit == WaitNode::OnPath) {
        if (Left && Left--)
          reportCycle(At, To, Each);
      } else if (Next.Visit == WaitNode::New && Next.endless()) {
        Next.Visit = WaitNode::OnPath;
        Next.Parent = At;
        At = To;
      }
    }
  }
}

bool WaitGraph::isStill(const WaitNode &N) {
  InternalGuard G(TheRegistry.lock());
  Thread *Now = TheRegistry.byId(N.Thread);
  return Now &&
         __atomic_load_n(&Now->WaitSequence, __ATOMIC_ACQUIRE) == N.Sequence &&
         (N.Wait.Kind == WaitKind::Join || holderOf(N.Wait) == N.OwnerTid);
}

bool WaitGraph::allBlocked() {
  for (uint32_t I = 0; I != Nodes.Count; ++I)
    if (!waitsForThreads(Nodes.Items[I].Wait.Kind) || Nodes.Items[I].Wait.Timed)
      return false;
  // A thread that we do not know may do anything.
  if (!Nodes.Count || kernelThreads() != Nodes.Count + (monitorTid() != 0) ||
      hasSignalHandlers())
    return false;
  // Other processes may end the wait.
  MapsReader Maps;
  Mapping M;
  while (Maps.next(M))
    for (uint32_t I = 0; M.Shared && I != Nodes.Count; ++I)
      if (const WaitCopy &W = Nodes.Items[I].Wait;
          W.Kind != WaitKind::Join && W.Object >= M.Start && W.Object < M.End)
        return false;
  // Whoever goes to sleep may wake another one first, who may not have run
  // since: that one is seen in the second round.
  for (int Round = 0; Round != 2; ++Round)
    for (uint32_t I = 0; I != Nodes.Count; ++I)
      if (!isAsleep(Nodes.Items[I].Tid) || !isStill(Nodes.Items[I]))
        return false;
  return true;
}

} // namespace raddle
