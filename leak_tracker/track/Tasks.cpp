// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/Tasks.h"
#include "leak_tracker/track/Names.h"
#include "runtime/core/Match.h"
#include "runtime/core/Print.h"
#include "runtime/stack/StackStore.h"
#include "runtime/thread/Registry.h"
#include "runtime/trace/TraceWriter.h"

namespace raddle::leaks {

uint32_t TaskEpoch = 1;

namespace {

enum SlotState : uint32_t { Free, Queued, Running };

struct Slot {
  uint32_t State; ///< Atomic: the looker reads.
  uint32_t Users; ///< Counted up at each end.
  uint32_t Stack, Name;
  uint32_t Creator, Runner; ///< Threads.
  uint32_t Test, TestBefore;
  uint32_t Epoch, NextFree; ///< NextFree: index plus 1.
  uint32_t TraceId;
  bool Ignored, IgnoresBefore;
  uint64_t Created, Started; ///< Coarse times.
};
static_assert(sizeof(Slot) == 64);

constexpr uint32_t SlabBits = 10, SlabSlots = 1 << SlabBits;
constexpr uint32_t MostSlabs = 1 << 14;
Slot *Slabs[MostSlabs];
uint32_t SlabCount = 0;
uint32_t FreeHead = 0; ///< Index plus 1.
uint32_t LastTraceId = 0;
InternalLock Lock;

/// A call path with the creation stack that belongs to it. While all return
/// addresses are where they were, the stack is the same.
struct KnownStack {
  static constexpr unsigned Depth = 16;
  uint64_t Pc, Sp;
  uint32_t Frames, Stack;
  uint32_t Name, Unused;
  const char *NameText;
  uint64_t Pcs[Depth];
  uint32_t SlotOffsets[Depth]; ///< From Sp.
};

/// What each thread that makes tasks has for itself.
struct TaskCache {
  static constexpr unsigned Paths = 32;
  static constexpr uint32_t MostFree = 256, Batch = 128;
  uint32_t FreeHead, FreeCount;
  KnownStack Known[Paths];
};
__thread TaskCache *Cache __attribute__((tls_model("initial-exec")));

Slot &slotAt(uint32_t Index) {
  return Slabs[Index >> SlabBits][Index & (SlabSlots - 1)];
}

Slot *find(TaskHandle Task) {
  uint32_t Index = uint32_t(Task) - 1, Users = uint32_t(Task >> 32);
  if (!Task ||
      Index >> SlabBits >= __atomic_load_n(&SlabCount, __ATOMIC_ACQUIRE))
    return nullptr;
  Slot &S = slotAt(Index);
  return RADDLE_LIKELY(__atomic_load_n(&S.Users, __ATOMIC_RELAXED) == Users)
             ? &S
             : nullptr;
}

/// The caller holds Lock.
bool addSlab() {
  if (SlabCount == MostSlabs)
    return false;
  auto *S = static_cast<Slot *>(sys::map(SlabSlots * sizeof(Slot)));
  if (!S)
    return false;
  for (uint32_t I = SlabSlots; I-- != 0;) {
    S[I].NextFree = FreeHead;
    FreeHead = (SlabCount << SlabBits | I) + 1;
  }
  Slabs[SlabCount] = S;
  __atomic_store_n(&SlabCount, SlabCount + 1, __ATOMIC_RELEASE);
  return true;
}

__attribute__((noinline)) bool refill(TaskCache &C) {
  InternalGuard G(Lock);
  while (C.FreeCount != TaskCache::Batch) {
    if (!FreeHead && !addSlab())
      break;
    uint32_t Index = FreeHead;
    Slot &S = slotAt(Index - 1);
    FreeHead = S.NextFree;
    S.NextFree = C.FreeHead;
    C.FreeHead = Index;
    ++C.FreeCount;
  }
  return C.FreeHead != 0;
}

__attribute__((noinline)) void giveBack(TaskCache &C, uint32_t Keep) {
  InternalGuard G(Lock);
  while (C.FreeCount > Keep) {
    uint32_t Index = C.FreeHead;
    Slot &S = slotAt(Index - 1);
    C.FreeHead = S.NextFree;
    S.NextFree = FreeHead;
    FreeHead = Index;
    --C.FreeCount;
  }
}

__attribute__((noinline)) TaskCache *makeCache() {
  return Cache = static_cast<TaskCache *>(sys::map(sizeof(TaskCache)));
}

inline TaskCache *cache() {
  TaskCache *C = Cache;
  return RADDLE_LIKELY(C != nullptr) ? C : makeCache();
}

inline bool isKnown(const KnownStack &K, const CallSite &Site,
                    StackRange Readable) {
  if (K.Pc != Site.Pc || K.Sp != Site.Sp || Readable.Low != Site.Sp)
    return false;
  for (uint32_t I = 1; I < K.Frames; ++I)
    if (*reinterpret_cast<const uint64_t *>(Site.Sp + K.SlotOffsets[I]) !=
        K.Pcs[I])
      return false;
  return true;
}

__attribute__((noinline)) void learn(Thread &T, const CallSite &Site,
                                     KnownStack &K) {
  Frame Frames[KnownStack::Depth];
  unsigned Count =
      unwind(Site, ownStack(T, Site.Sp), Frames, KnownStack::Depth);
  K.Pc = 0;
  K.Sp = Site.Sp;
  bool Fits = true;
  for (unsigned I = 0; I != Count; ++I) {
    K.Pcs[I] = Frames[I].Pc;
    // A return address lies right below the caller's stack pointer.
    uint64_t Offset = I ? Frames[I].Sp - 8 - Site.Sp : 0;
    Fits &= Offset >> 32 == 0 &&
            (!I || (Frames[I].Sp > T.StackLow && Frames[I].Sp <= T.StackHigh));
    K.SlotOffsets[I] = uint32_t(Offset);
  }
  K.Frames = Count;
  K.Stack = TheStacks.intern(
      K.Pcs, Count, Count == KnownStack::Depth ? trace::StackTruncated : 0);
  if (Fits)
    K.Pc = Site.Pc; // Else walked anew each time.
}

__attribute__((noinline)) void learnName(const char *Name, KnownStack &K) {
  K.Name = internName(Name);
  K.NameText = nameOf(K.Name);
}

} // namespace

TaskHandle taskCreated(Thread &T, const char *Name, const CallSite &Site) {
  TaskCache *C = cache();
  if (RADDLE_UNLIKELY(!C) || (RADDLE_UNLIKELY(!C->FreeHead) && !refill(*C)))
    return 0;
  KnownStack &K = C->Known[(Site.Pc ^ Site.Sp >> 4 ^ Site.Pc >> 6) &
                           (TaskCache::Paths - 1)];
  if (RADDLE_UNLIKELY(!isKnown(K, Site, ownStack(T, Site.Sp))))
    learn(T, Site, K);
  if (!Name)
    Name = "";
  if (RADDLE_UNLIKELY(!K.NameText || !sameText(K.NameText, Name)))
    learnName(Name, K);
  uint32_t Index = C->FreeHead;
  Slot &S = slotAt(Index - 1);
  C->FreeHead = S.NextFree;
  --C->FreeCount;
  S.Stack = K.Stack;
  S.Name = K.Name;
  S.Creator = T.Id;
  S.Runner = 0;
  S.Test = T.Test;
  S.Ignored = T.IgnoresStarts;
  S.Epoch = __atomic_load_n(&TaskEpoch, __ATOMIC_RELAXED);
  S.TraceId = 0;
  S.Created = sys::nowCoarse();
  S.Started = 0;
  __atomic_store_n(&S.State, Queued, __ATOMIC_RELEASE);
  return uint64_t(S.Users) << 32 | Index;
}

void taskStarted(Thread &T, TaskHandle Task) {
  Slot *S = find(Task);
  if (!S || S->State != Queued)
    return;
  // What a pool's thread starts from within a task is of the task's test.
  S->TestBefore = T.Test;
  T.Test = S->Test;
  S->IgnoresBefore = T.IgnoresStarts;
  T.IgnoresStarts = S->Ignored;
  S->Runner = T.Id;
  S->Started = sys::nowCoarse();
  __atomic_store_n(&S->State, Running, __ATOMIC_RELEASE);
}

void taskFinished(Thread &T, TaskHandle Task) {
  Slot *S = find(Task);
  if (!S || S->State == Free)
    return;
  if (S->State == Running && S->Runner == T.Id) {
    T.Test = S->TestBefore;
    T.IgnoresStarts = S->IgnoresBefore;
  }
  __atomic_store_n(&S->State, Free, __ATOMIC_RELAXED);
  __atomic_store_n(&S->Users, S->Users + 1, __ATOMIC_RELEASE);
  TaskCache *C = cache();
  if (!C)
    return; // The slot is lost.
  S->NextFree = C->FreeHead;
  C->FreeHead = uint32_t(Task);
  if (RADDLE_UNLIKELY(++C->FreeCount == TaskCache::MostFree))
    giveBack(*C, TaskCache::Batch);
}

void forgetTaskCache() {
  TaskCache *C = Cache;
  if (!C)
    return;
  giveBack(*C, 0);
  Cache = nullptr;
  sys::unmap(C, sizeof(TaskCache));
}

void lookAtTasks(TaskList &Tasks) {
  size_t Threads = Tasks.size();
  HashTable ById; // Thread's number to its index plus 1.
  uint32_t Count = __atomic_load_n(&SlabCount, __ATOMIC_ACQUIRE);
  for (uint32_t Index = 0; Index != Count << SlabBits; ++Index) {
    Slot &S = slotAt(Index);
    if (__atomic_load_n(&S.State, __ATOMIC_ACQUIRE) == Free)
      continue;
    Slot Copy = S;
    // Ended and perhaps begun again while it was copied.
    if (__atomic_load_n(&S.Users, __ATOMIC_ACQUIRE) != Copy.Users ||
        Copy.State == Free)
      continue;
    TaskInfo *T = Tasks.add();
    if (!T)
      break;
    T->Kind = trace::TaskKind::Task;
    T->Id = Index + 1;
    T->Users = Copy.Users;
    T->Parent = Copy.Creator;
    T->CreationStack = Copy.Stack;
    T->Test = Copy.Test;
    T->Ignored = Copy.Ignored;
    T->Epoch = Copy.Epoch;
    T->Time = Copy.Created;
    T->Runner = Copy.Runner;
    TextSink(T->Name, sizeof(T->Name)) << nameOf(Copy.Name);
    T->State = Copy.State == Queued ? trace::TaskState::Queued
                                    : trace::TaskState::Running;
  }
  if (Tasks.size() == Threads)
    return;
  for (size_t I = 0; I != Threads; ++I)
    if (uint32_t *Slot = ById.insert(Tasks[I].Id))
      *Slot = uint32_t(I) + 1;
  for (size_t I = Threads; I != Tasks.size(); ++I) {
    TaskInfo &T = Tasks[I];
    uint32_t *Runner = T.Runner ? ById.find(T.Runner) : nullptr;
    if (!Runner || Tasks[*Runner - 1].IsMe ||
        Tasks[*Runner - 1].State == trace::TaskState::FinishedUnjoined)
      continue;
    const TaskInfo &On = Tasks[*Runner - 1];
    T.Tid = On.Tid;
    T.State = On.State;
    T.Wait = On.Wait;
    T.Owner = On.Owner;
    T.OwnerIs = On.OwnerIs;
    T.OwnerTid = On.OwnerTid;
  }
  ById.release();
}

void writeTask(TaskInfo &T) {
  if (T.Kind == trace::TaskKind::Thread)
    return;
  uint32_t Id;
  {
    InternalGuard G(Lock);
    if (T.Kind != trace::TaskKind::Task)
      Id = ++LastTraceId; // Told of once.
    else if (Slot &S = slotAt(T.Id - 1); S.Users != T.Users)
      Id = ++LastTraceId; // Over by now; the next user has a number of its own.
    else if (S.TraceId)
      Id = S.TraceId;
    else
      Id = S.TraceId = ++LastTraceId;
  }
  trace::TaskRecord R = {};
  R.Id = Id;
  R.Kind = T.Kind;
  R.CreationStack = T.CreationStack;
  R.CreatedBy = T.Parent;
  R.Time = T.Time;
  R.Address = T.Address;
  R.NameLength = uint32_t(strlen(T.Name));
  TheTrace.write(trace::RecordType::Task, R, {T.Name, R.NameLength});
  T.Id = Id;
}

} // namespace raddle::leaks
