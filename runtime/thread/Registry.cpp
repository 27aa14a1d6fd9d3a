// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/thread/Registry.h"
#include "runtime/core/Memory.h"
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
  }
  T->Time = sys::now();
  InternalGuard G(Lock);
  T->Id = ++LastId;
  T->Next = First;
  First = T;
  return T;
}

void Registry::remove(Thread *T) {
  {
    InternalGuard G(Lock);
    Thread **Link = &First;
    while (*Link && *Link != T)
      Link = &(*Link)->Next;
    if (!*Link)
      return;
    *Link = T->Next;
  }
  if (T->Memory)
    sys::unmap(T->Memory, sizeof(LockMemory));
  if (T->Held != T->Inline)
    sys::unmap(T->Held, T->HeldCapacity * sizeof(HeldLock));
  Threads.release(T);
}

Thread *Registry::byHandle(pthread_t Handle) {
  for (Thread *T = First; T; T = T->Next)
    if (T->Handle == Handle && T->State != ThreadState::Gone)
      return T;
  return nullptr;
}

Thread *Registry::byTid(int Tid) {
  for (Thread *T = First; T; T = T->Next)
    if (T->Tid == Tid && T->State != ThreadState::Finished &&
        T->State != ThreadState::Gone)
      return T;
  return nullptr;
}

Thread *Registry::byId(uint32_t Id) {
  for (Thread *T = First; T; T = T->Next)
    if (T->Id == Id)
      return T;
  return nullptr;
}

void Registry::resetAfterFork(Thread *Only) {
  Lock.reset();
  Threads.reset();
  First = Only;
  if (Only)
    Only->Next = nullptr;
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
  T->Handle = pthread_self();
  findStackBounds(*T);
  writeThread(*T);
  Self = T;
  return T;
}

Thread *currentThread() {
  Thread *T = Self;
  if (RADDLE_UNLIKELY(reinterpret_cast<uint64_t>(T) <= 1))
    return T ? nullptr : registerForeign();
  return T;
}

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

Waiting::Waiting(Thread *T, trace::WaitKind Kind, const void *Object,
                 const CallSite &Site, bool Timed, const void *Mutex)
    : T(T) {
  if (!T)
    return;
  uint64_t Now = sys::now();
  __atomic_store_n(&T->WaitSequence, T->WaitSequence + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  T->WaitKind = Kind;
  T->WaitTimed = Timed;
  T->WaitObject = reinterpret_cast<uint64_t>(Object);
  T->WaitMutex = reinterpret_cast<uint64_t>(Mutex);
  T->WaitSince = Now;
  T->WaitSite = Site;
  __atomic_store_n(&T->WaitSequence, T->WaitSequence + 1, __ATOMIC_RELEASE);
}

Waiting::~Waiting() {
  if (!T)
    return;
  __atomic_store_n(&T->WaitSequence, T->WaitSequence + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  T->WaitKind = trace::WaitKind::None;
  __atomic_store_n(&T->WaitSequence, T->WaitSequence + 1, __ATOMIC_RELEASE);
}

} // namespace raddle
