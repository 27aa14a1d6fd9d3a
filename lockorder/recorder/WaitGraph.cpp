// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/recorder/WaitGraph.h"
#include "runtime/core/Maps.h"
#include "runtime/core/Print.h"
#include "runtime/thread/HeldLocks.h"
#include "runtime/thread/Monitor.h"
#include "runtime/thread/Registry.h"
#include <fcntl.h>

namespace raddle {

using trace::WaitKind;

bool waitsForThreads(WaitKind Kind) {
  switch (Kind) {
  case WaitKind::Mutex:
  case WaitKind::RwLockRead:
  case WaitKind::RwLockWrite:
  case WaitKind::SpinLock:
  case WaitKind::Condition:
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

bool threadExists(int Tid) {
  TextBuffer<64> Path;
  Path << "/proc/self/task/" << Tid;
  if (sys::call(SYS_faccessat, AT_FDCWD, long(Path.text()), 0) == 0)
    return true;
  // Without /proc nothing is known, and so nobody is said to be gone.
  return sys::call(SYS_faccessat, AT_FDCWD, long("/proc/self/task"), 0) != 0;
}

/// How many threads the kernel knows; 0: it cannot be told.
unsigned kernelThreads() {
  int Descriptor = sys::open("/proc/self/task", O_RDONLY | O_DIRECTORY);
  if (Descriptor < 0)
    return 0;
  unsigned Found = 0;
  alignas(8) char Buffer[4096];
  long Size;
  while ((Size = sys::call(SYS_getdents64, Descriptor, long(Buffer),
                           sizeof(Buffer))) > 0)
    for (long At = 0; At < Size;) {
      uint16_t Length;
      __builtin_memcpy(&Length, Buffer + At + 16, sizeof(Length));
      char First = Buffer[At + 19];
      Found += First >= '0' && First <= '9';
      At += Length;
    }
  sys::close(Descriptor);
  return Size == 0 ? Found : 0;
}

/// It is in the kernel and nobody has woken it yet.
bool isAsleep(int Tid) {
  TextBuffer<64> Path;
  Path << "/proc/self/task/" << Tid << "/stat";
  int Descriptor = sys::open(Path.text(), O_RDONLY);
  if (Descriptor < 0)
    return false;
  char Text[128];
  long Size = sys::read(Descriptor, Text, sizeof(Text) - 1);
  sys::close(Descriptor);
  Text[Size > 0 ? Size : 0] = 0;
  char State = 0;
  // The name may hold parentheses of its own.
  for (const char *P = Text; *P; ++P)
    if (P[0] == ')' && P[1] == ' ')
      State = P[2];
  return State == 'S';
}

/// A handler may post a semaphore or change what a futex is about.
bool hasSignalHandlers() {
  int Descriptor = sys::open("/proc/self/status", O_RDONLY);
  if (Descriptor < 0)
    return true;
  char Text[4096];
  long Size = sys::read(Descriptor, Text, sizeof(Text) - 1);
  sys::close(Descriptor);
  Text[Size > 0 ? Size : 0] = 0;
  const char *At = strstr(Text, "SigCgt:");
  if (!At)
    return true;
  uint64_t Mask = 0;
  for (At += 7; *At && *At != '\n'; ++At) {
    int Digit = *At >= '0' && *At <= '9'   ? *At - '0'
                : *At >= 'a' && *At <= 'f' ? *At - 'a' + 10
                                           : -1;
    if (Digit >= 0)
      Mask = Mask << 4 | uint64_t(Digit);
  }
  // 32 and 33 are libc's own: cancellation, and setuid for all threads.
  return (Mask & ~(uint64_t(3) << 31)) != 0;
}

bool isSharedMemory(uint64_t Address) {
  MapsReader Maps;
  Mapping M;
  while (Maps.next(M))
    if (Address >= M.Start && Address < M.End)
      return M.Shared;
  return true;
}

} // namespace

bool WaitGraph::grow() {
  uint32_t New = Capacity ? Capacity * 2 : 64;
  auto *Moved = static_cast<WaitNode *>(sys::map(New * sizeof(WaitNode)));
  if (!Moved)
    return false;
  if (Nodes) {
    __builtin_memcpy(static_cast<void *>(Moved), Nodes,
                     Count * sizeof(WaitNode));
    sys::unmap(Nodes, Capacity * sizeof(WaitNode));
  }
  Nodes = Moved;
  Capacity = New;
  return true;
}

void WaitGraph::release() {
  Count = 0;
  if (Capacity <= 1024)
    return;
  sys::unmap(Nodes, Capacity * sizeof(WaitNode));
  Nodes = nullptr;
  Capacity = 0;
}

bool WaitGraph::take(uint64_t Since) {
  Count = 0;
  bool Any = false;
  {
    InternalGuard G(TheRegistry.lock());
    for (Thread *T = TheRegistry.first(); T; T = T->Next) {
      if (T->State == ThreadState::Gone || T->State == ThreadState::Finished)
        continue;
      if (Count == Capacity && !grow())
        return false;
      WaitNode &N = Nodes[Count++];
      N = {};
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

/// A writer waits for all readers; one that never ends is enough. Of several
/// the first that waits without a limit.
uint32_t WaitGraph::readerOf(uint32_t Writer) {
  InternalGuard G(TheRegistry.lock());
  for (uint32_t I = 0; I != Count; ++I) {
    WaitNode &N = Nodes[I];
    if (!N.blocked() || N.Wait.Timed || !waitsForThreads(N.Wait.Kind))
      continue;
    Thread *T = TheRegistry.byId(N.Thread);
    HeldLock Copy;
    if (T && copyHeld(*T, Nodes[Writer].Wait.Object, Copy))
      return I;
  }
  return WaitNode::None;
}

void WaitGraph::findOwners() {
  HashTable ByTid, ById;
  for (uint32_t I = 0; I != Count; ++I) {
    if (uint32_t *At =
            Nodes[I].Tid ? ByTid.insert(uint64_t(Nodes[I].Tid)) : nullptr)
      *At = I + 1;
    if (uint32_t *At = ById.insert(Nodes[I].Thread))
      *At = I + 1;
  }
  for (uint32_t I = 0; I != Count; ++I) {
    WaitNode &N = Nodes[I];
    if (!N.blocked() || N.Wait.Timed)
      continue;
    if (N.Wait.Kind == WaitKind::Join) {
      if (uint32_t *At = ById.find(N.Wait.Object))
        N.Owner = *At - 1;
      continue;
    }
    N.OwnerTid = holderOf(N.Wait);
    if (N.OwnerTid) {
      if (uint32_t *At = ByTid.find(uint64_t(N.OwnerTid)))
        N.Owner = *At - 1;
      else
        N.OwnerExited = !threadExists(N.OwnerTid);
    } else if (N.Wait.Kind == WaitKind::RwLockWrite && KeepHeldLocks) {
      N.Owner = readerOf(I);
    }
  }
  ByTid.release();
  ById.release();
}

bool WaitGraph::isStill(const WaitNode &N) {
  InternalGuard G(TheRegistry.lock());
  Thread *Now = TheRegistry.byId(N.Thread);
  return Now &&
         __atomic_load_n(&Now->WaitSequence, __ATOMIC_ACQUIRE) == N.Sequence &&
         (N.Wait.Kind == WaitKind::Join || holderOf(N.Wait) == N.OwnerTid);
}

bool WaitGraph::allBlocked() {
  bool BySignal = false;
  for (uint32_t I = 0; I != Count; ++I) {
    const WaitNode &N = Nodes[I];
    if (!waitsForThreads(N.Wait.Kind) || N.Wait.Timed)
      return false;
    BySignal |=
        N.Wait.Kind == WaitKind::Semaphore || N.Wait.Kind == WaitKind::Futex;
  }
  // A thread that we do not know may do anything.
  if (!Count || kernelThreads() != Count + (monitorTid() != 0))
    return false;
  if (BySignal && hasSignalHandlers())
    return false;
  for (uint32_t I = 0; I != Count; ++I)
    if (Nodes[I].Wait.Kind != WaitKind::Join &&
        isSharedMemory(Nodes[I].Wait.Object))
      return false;
  // Whoever goes to sleep may wake another one first, who may not have run
  // since: that one is seen in the second round.
  for (int Round = 0; Round != 2; ++Round)
    for (uint32_t I = 0; I != Count; ++I)
      if (!isAsleep(Nodes[I].Tid) || !isStill(Nodes[I]))
        return false;
  return true;
}

} // namespace raddle
