// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/TraceRecords.h"

using namespace llvm;

namespace raddle::cli {

/// Records may be written in another order than their numbers were given out,
/// so numbers are looked up at the end.
uint64_t RecordReader::resolve() {
  uint64_t NotKnown = 0;
  auto To = [&](const Ids &Known, auto &...Each) {
    auto One = [&](uint32_t &Id) {
      uint32_t Index = Id ? Known(Id) : 0;
      NotKnown += Id && !Index;
      Id = Index;
    };
    (One(Each), ...);
  };
  auto Wait = [&](TraceWait &W) {
    To(Locks, W.Lock, W.Mutex);
    To(Threads, W.Owner);
    To(Stacks, W.OwnerStack);
  };
  auto Held = [&](std::vector<TraceHeld> &All) {
    for (TraceHeld &H : All) {
      To(Locks, H.Lock);
      To(Stacks, H.Stack);
    }
  };
  for (TraceThread &E : T.Threads) {
    To(Threads, E.Parent);
    To(Stacks, E.CreationStack);
  }
  for (TraceTask &E : T.Tasks) {
    To(Threads, E.CreatedBy);
    To(Stacks, E.CreationStack);
  }
  for (TraceJoin &E : T.Joins)
    To(Threads, E.Thread, E.By);
  for (TraceAcquisition &E : T.Acquisitions) {
    To(Locks, E.Lock);
    To(Threads, E.Thread);
    To(Stacks, E.Stack);
    Held(E.Held);
  }
  for (TraceConditionWait &E : T.ConditionWaits) {
    To(Locks, E.Condition, E.Mutex);
    To(Threads, E.Thread);
    To(Stacks, E.Stack);
    Held(E.Held);
  }
  for (TraceConditionSignal &E : T.ConditionSignals) {
    To(Locks, E.Condition);
    To(Threads, E.Thread);
    To(Stacks, E.Stack);
    Held(E.Held);
  }
  for (TraceLockStats &E : T.LockStats) {
    To(Locks, E.Lock);
    To(Threads, E.WaitMaxThread, E.WaitMaxOwner, E.HoldMaxThread);
    To(Stacks, E.WaitMaxStack, E.WaitMaxOwnerStack, E.HoldMaxStack);
  }
  for (TraceLeak &E : T.Leaks) {
    To(Threads, E.Thread);
    To(Tasks, E.Task);
    To(Stacks, E.Stack);
    Wait(E.On);
  }
  for (TraceDeadlock &D : T.Deadlocks)
    for (TraceDeadlockThread &E : D.Threads) {
      To(Threads, E.Thread);
      To(Stacks, E.Stack);
      Wait(E.On);
    }
  for (TraceSnapshot &S : T.Snapshots)
    for (TraceSnapshotEntry &E : S.Entries) {
      To(Threads, E.Thread);
      To(Tasks, E.Task);
      To(Stacks, E.Stack, E.CreationStack);
      Wait(E.On);
    }
  return NotKnown;
}

} // namespace raddle::cli
