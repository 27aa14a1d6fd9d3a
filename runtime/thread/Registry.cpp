// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/thread/Registry.h"
#include "runtime/core/Memory.h"
#include "runtime/interpose/ThreadLife.h"
#include "runtime/thread/StackBounds.h"
#include "runtime/trace/TraceWriter.h"

namespace raddle {

Registry TheRegistry;
__thread Thread *Self __attribute__((tls_model("initial-exec")));

namespace {
Pool<Thread> Threads;
/// Self of a thread that is over.
Thread *const Over = reinterpret_cast<Thread *>(1);
} // namespace

Thread *Registry::add(trace::ThreadKind Kind, Thread *Parent) {
  Thread *T = Threads.allocate();
  if (!T)
    return nullptr;
  T->Kind = Kind;
  T->Held = T->Inline;
  T->HeldCapacity = Thread::InlineLocks;
  if (Parent) {
    T->Parent = Parent->Id;
    T->ParentSegment = Parent->Segment;
    T->Test = Parent->Test;
    T->Ignored = T->IgnoresStarts = Parent->IgnoresStarts;
  }
  T->Time = sys::now();
  InternalGuard G(Lock);
  if (SlotsUsed + 1 >= SlotCount && !growSlots()) {
    Threads.release(T);
    return nullptr;
  }
  T->Id = ++LastId;
  T->Slot = ++SlotsUsed;
  Slots[T->Slot] = T;
  if (uint32_t *Slot = Ids.insert(T->Id))
    *Slot = T->Slot;
  T->Next = First;
  if (First)
    First->Previous = T;
  First = T;
  return T;
}

bool Registry::growSlots() {
  uint32_t Count = SlotCount ? SlotCount * 2 : 1024;
  auto **New = static_cast<Thread **>(sys::map(Count * sizeof(Thread *)));
  if (!New)
    return false;
  if (Slots) {
    __builtin_memcpy(New, Slots, SlotCount * sizeof(Thread *));
    sys::unmap(Slots, SlotCount * sizeof(Thread *));
  }
  Slots = New;
  SlotCount = Count;
  return true;
}

void Registry::remove(Thread *T) {
  {
    InternalGuard G(Lock);
    if (T->Slot > SlotsUsed || Slots[T->Slot] != T)
      return;
    (T->Previous ? T->Previous->Next : First) = T->Next;
    if (T->Next)
      T->Next->Previous = T->Previous;
    Ids.erase(T->Id);
    // The handle may be another thread's by now.
    if (uint32_t *Slot = T->Handle ? Handles.find(T->Handle) : nullptr;
        Slot && *Slot == T->Slot)
      Handles.erase(T->Handle);
    // The last one takes the place.
    Thread *Last = Slots[SlotsUsed];
    Slots[SlotsUsed--] = nullptr;
    if (Last != T) {
      if (uint32_t *Slot = Ids.find(Last->Id))
        *Slot = T->Slot;
      if (uint32_t *Slot = Last->Handle ? Handles.find(Last->Handle) : nullptr;
          Slot && *Slot == Last->Slot)
        *Slot = T->Slot;
      Last->Slot = T->Slot;
      Slots[T->Slot] = Last;
    }
  }
  if (T->Memory) {
    if (T->Memory->MoreEdges)
      sys::unmap(T->Memory->MoreEdges,
                 LockMemory::MoreEdgesCount * sizeof(uint64_t));
    sys::unmap(T->Memory, sizeof(LockMemory));
  }
  if (T->Held != T->Inline)
    sys::unmap(T->Held, T->HeldCapacity * sizeof(HeldLock));
  Threads.release(T);
}

void Registry::setHandle(Thread &T, pthread_t Handle) {
  T.Handle = Handle;
  if (uint32_t *Slot = Handles.insert(Handle))
    *Slot = T.Slot;
}

Thread *Registry::byHandle(pthread_t Handle) {
  uint32_t *Slot = Handle ? Handles.find(Handle) : nullptr;
  Thread *T = Slot ? Slots[*Slot] : nullptr;
  return T && T->State != ThreadState::Gone ? T : nullptr;
}

Thread *Registry::byTid(int Tid) {
  for (Thread *T = First; T; T = T->Next)
    if (T->Tid == Tid && T->State != ThreadState::Finished &&
        T->State != ThreadState::Gone)
      return T;
  return nullptr;
}

Thread *Registry::byId(uint32_t Id) {
  uint32_t *Slot = Id ? Ids.find(Id) : nullptr;
  return Slot ? Slots[*Slot] : nullptr;
}

void Registry::resetAfterFork(Thread *Only) {
  Lock.reset();
  Threads.reset();
  First = Only;
  if (Only)
    Only->Next = Only->Previous = nullptr;
}

__attribute__((noinline)) static Thread *registerForeign() {
  Self = Over; // Calls from here on go straight through.
  Thread *T = TheRegistry.add(trace::ThreadKind::Foreign, nullptr);
  if (!T) {
    Self = nullptr;
    return nullptr;
  }
  T->Tid = sys::tid();
  T->State = ThreadState::Running;
  T->Detached = true; // Nobody joins it that we know.
  findStackBounds(*T);
  writeThread(*T);
  {
    InternalGuard G(TheRegistry.lock());
    TheRegistry.setHandle(*T, pthread_self());
  }
  Self = T;
  seeEnd(*T);
  return T;
}

Thread *newOrNoThread() { return Self ? nullptr : registerForeign(); }

bool copyWait(const Thread &T, WaitCopy &Copy) {
  for (int Try = 0; Try != 8; ++Try) {
    uint32_t Before = __atomic_load_n(&T.WaitSequence, __ATOMIC_ACQUIRE);
    if (Before & 1)
      continue;
    Copy = {T.WaitKind,  T.WaitTimed, T.WaitObject,
            T.WaitMutex, T.WaitSince, T.WaitSite};
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (__atomic_load_n(&T.WaitSequence, __ATOMIC_RELAXED) == Before)
      return Copy.Kind != trace::WaitKind::None;
  }
  return false;
}

} // namespace raddle
