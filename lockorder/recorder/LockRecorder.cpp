// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The observer that writes down in which order locks are taken, and which are
// waited for. It is told only of what is new to a thread; what is known costs
// what runtime/thread/HeldLocks.h says. Goodlock as K. Havelund and S.
// Bensalem have it (Dynamic deadlock analysis of multi-threaded programs), with
// its search done later, outside the process.
#include "lockorder/recorder/LockTable.h"
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "runtime/stack/StackStore.h"
#include "runtime/thread/HeldLocks.h"
#include "runtime/thread/Registry.h"
#include "runtime/trace/TraceWriter.h"

namespace raddle {
namespace {

using trace::RecordType;

/// Of more locks held at once, the innermost.
constexpr uint32_t MaxHeld = 128;
/// Records of one sequence of locks. Each thread and each stretch between
/// creates and joins has its own, so a program with a thread for every request
/// would never stop writing.
constexpr uint32_t MaxAlike = 1000;
constexpr uint64_t LongWaitNs = 1000000;

/// What was written, by signature; and how often for each sequence of locks.
/// Both under TheLocks.lock().
HashTable Written, Alike;

bool isNew(uint64_t Signature, uint64_t Sequence) {
  if (Written.find(Signature))
    return false;
  uint32_t *Count = Alike.insert(Sequence);
  if (!Count || *Count >= MaxAlike)
    return false;
  ++*Count;
  Written.insert(Signature);
  return true;
}

/// The locks that a thread holds, as records have them.
class HeldList {
public:
  /// Interns stacks; without locks. \p Except: address of a lock to leave out.
  HeldList(const Thread &T, const Frame *Now, unsigned Count, uint64_t Except) {
    uint32_t First = T.HeldCount > MaxHeld ? T.HeldCount - MaxHeld : 0;
    for (uint32_t I = First; I != T.HeldCount; ++I) {
      const HeldLock &H = T.Held[I];
      if (H.Lock == Except)
        continue;
      Entries[Size] = {0, H.Mode, acquisitionStack(H, Now, Count), H.Flags};
      From[Size++] = &H;
    }
  }
  /// Under TheLocks.lock(). A hash of the sequence.
  uint64_t number() {
    uint64_t Sequence = 1;
    for (uint32_t I = 0; I != Size; ++I) {
      const HeldLock &H = *From[I];
      Entries[I].Lock = TheLocks.number(H.Lock, H.Serial, H.Kind);
      Sequence = mix(Sequence, Entries[I].Lock);
    }
    return Sequence;
  }
  uint32_t size() const { return Size; }
  Tail tail() const { return {Entries, Size * sizeof(trace::Held)}; }

private:
  uint32_t Size = 0;
  trace::Held Entries[MaxHeld];
  const HeldLock *From[MaxHeld];
};

unsigned walk(const Thread &T, const CallSite &Site, Frame *Frames) {
  return unwind(Site, ownStack(T, Site.Sp), Frames, StackStore::MaxDepth);
}

bool nested(Thread &T, const HeldLock &New, const CallSite &Site) {
  uint64_t Signature = mix(mix(New.Chain, T.Segment), T.Id) | 1;
  {
    InternalGuard G(TheLocks.lock());
    if (Written.find(Signature))
      return true;
  }
  Frame Frames[StackStore::MaxDepth];
  unsigned Count = walk(T, Site, Frames);
  HeldList Held(T, Frames, Count, 0);
  trace::AcquisitionRecord R = {};
  R.How = trace::Mode(New.Mode);
  R.Flags = New.Flags;
  R.Thread = T.Id;
  R.Segment = T.Segment;
  R.Stack = internFrames(Frames, Count, 0);
  R.HeldCount = Held.size();
  InternalGuard G(TheLocks.lock());
  uint64_t Sequence = Held.number();
  R.Lock = TheLocks.number(New.Lock, New.Serial, New.Kind);
  if (!R.Lock)
    return false;
  if (isNew(Signature, mix(Sequence, R.Lock) | 1))
    TheTrace.write(RecordType::Acquisition, R, Held.tail());
  return true;
}

/// How often a sampled or contended lock was taken, waited for and held.
void contended(Thread &T, const void *Lock, trace::LockKind Kind, uint64_t Ns,
               int OwnerTid, const CallSite &Site) {
  uint64_t Address = reinterpret_cast<uint64_t>(Lock);
  uint64_t Serial = lockSerial(Lock, Kind);
  bool Longest;
  {
    InternalGuard G(TheLocks.lock());
    if (!TheLocks.number(Address, Serial, Kind))
      return;
    trace::LockStatsRecord *S = TheLocks.stats(Address);
    if (!S)
      return;
    ++S->Contended;
    S->WaitTotal += Ns;
    S->LongWaits += Ns >= LongWaitNs;
    Longest = Ns > S->WaitMax;
    if (Longest)
      S->WaitMax = Ns;
  }
  // A stack for every small record would cost more than the wait.
  if (!Longest || Ns < LongWaitNs / 10)
    return;
  uint32_t Owner = 0;
  if (OwnerTid) {
    InternalGuard G(TheRegistry.lock());
    if (Thread *O = TheRegistry.byTid(OwnerTid))
      Owner = O->Id;
  }
  uint32_t Stack = captureStack(T, Site);
  InternalGuard G(TheLocks.lock());
  trace::LockStatsRecord *S = TheLocks.stats(Address);
  if (!S || S->WaitMax != Ns)
    return;
  S->WaitMaxThread = T.Id;
  S->WaitMaxOwner = Owner;
  S->WaitMaxStack = Stack;
  S->WaitMaxOwnerStack = 0;
}

void heldFor(Thread &T, const HeldLock &H, uint64_t Ns) {
  bool Longest;
  {
    InternalGuard G(TheLocks.lock());
    // A lock that nobody waits for and that is held briefly is not noted.
    if (!TheLocks.known(H.Lock, H.Serial) &&
        (Ns < LongWaitNs || !TheLocks.number(H.Lock, H.Serial, H.Kind)))
      return;
    trace::LockStatsRecord *S = TheLocks.stats(H.Lock);
    if (!S)
      return;
    ++S->HoldSamples;
    S->HoldTotal += Ns;
    Longest = Ns > S->HoldMax;
    if (Longest)
      S->HoldMax = Ns;
  }
  if (!Longest || Ns < LongWaitNs / 10)
    return;
  uint32_t Stack = TheStacks.intern(H.Pcs, H.Frames, trace::StackTruncated);
  InternalGuard G(TheLocks.lock());
  trace::LockStatsRecord *S = TheLocks.stats(H.Lock);
  if (!S || S->HoldMax != Ns)
    return;
  S->HoldMaxThread = T.Id;
  S->HoldMaxStack = Stack;
}

uint32_t numberOfCondition(const void *Condition) {
  uint64_t Address = reinterpret_cast<uint64_t>(Condition);
  return TheLocks.number(Address, TheGenerations.at(Address),
                         trace::LockKind::Condition);
}

uint64_t conditionSignature(const Thread &T, const void *Condition,
                            uint64_t Kind) {
  uint64_t Address = reinterpret_cast<uint64_t>(Condition);
  uint64_t Chain = T.HeldCount ? T.Held[T.HeldCount - 1].Chain : 0;
  return mix(mix(mix(Chain, Address ^ Kind << 56), TheGenerations.at(Address)),
             uint64_t(T.Segment) << 32 | T.Id) |
         1;
}

/// Matters when other locks than the condition's own are held.
void conditionWait(Thread &T, const void *Condition, const void *Mutex,
                   bool Timed, const CallSite &Site) {
  const HeldLock *Own = findHeld(T, Mutex);
  if (T.HeldCount <= (Own ? 1u : 0u))
    return;
  uint64_t Signature = conditionSignature(T, Condition, 1);
  {
    InternalGuard G(TheLocks.lock());
    if (Written.find(Signature))
      return;
  }
  Frame Frames[StackStore::MaxDepth];
  unsigned Count = walk(T, Site, Frames);
  HeldList Held(T, Frames, Count, reinterpret_cast<uint64_t>(Mutex));
  trace::ConditionWaitRecord R = {};
  R.Thread = T.Id;
  R.Segment = T.Segment;
  R.Stack = internFrames(Frames, Count, 0);
  R.HeldCount = Held.size();
  R.Timed = Timed;
  InternalGuard G(TheLocks.lock());
  uint64_t Sequence = Held.number();
  R.Condition = numberOfCondition(Condition);
  if (Own)
    R.Mutex = TheLocks.number(Own->Lock, Own->Serial, Own->Kind);
  if (R.Condition && isNew(Signature, mix(Sequence, R.Condition) | 1))
    TheTrace.write(RecordType::ConditionWait, R, Held.tail());
}

void conditionSignal(Thread &T, const void *Condition, const CallSite &Site) {
  uint64_t Signature = conditionSignature(T, Condition, 2);
  {
    InternalGuard G(TheLocks.lock());
    if (Written.find(Signature))
      return;
  }
  Frame Frames[StackStore::MaxDepth];
  unsigned Count = walk(T, Site, Frames);
  HeldList Held(T, Frames, Count, 0);
  trace::ConditionSignalRecord R = {};
  R.Thread = T.Id;
  R.Segment = T.Segment;
  R.Stack = internFrames(Frames, Count, 0);
  R.HeldCount = Held.size();
  InternalGuard G(TheLocks.lock());
  uint64_t Sequence = Held.number();
  R.Condition = numberOfCondition(Condition);
  if (R.Condition && isNew(Signature, mix(~Sequence, R.Condition) | 1))
    TheTrace.write(RecordType::ConditionSignal, R, Held.tail());
}

void freed(const void *Lock, size_t Size) {
  uint64_t Address = reinterpret_cast<uint64_t>(Lock);
  if (!Size)
    Size = 1;
  if (!TheLocks.mayKnow(Address, Size))
    return;
  InternalGuard G(TheLocks.lock());
  TheLocks.freed(Address, Size);
}

void threadEnds(Thread &T) {
  if (T.StackHigh <= T.StackLow ||
      !TheLockPages.mayHave(T.StackLow, T.StackHigh - T.StackLow))
    return;
  InternalGuard G(TheLocks.lock());
  TheLocks.stackGone(T.StackLow, T.StackHigh);
}

void inChild(Thread *) { TheLocks.lock().reset(); }

Observers Table;

} // namespace

void startLockRecorder() {
  keepHeldLocks();
  Table.Nested = nested;
  Table.Contended = contended;
  Table.HeldFor = heldFor;
  Table.ConditionWait = conditionWait;
  Table.ConditionSignal = conditionSignal;
  Table.Freed = freed;
  Table.ThreadEnds = threadEnds;
  Table.InChild = inChild;
  TheObservers.add(&Table);
}

} // namespace raddle
