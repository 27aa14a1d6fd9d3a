// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/Snapshots.h"
#include "leak_tracker/include/raddle/raddle.h"
#include "leak_tracker/track/AskThread.h"
#include "leak_tracker/track/Check.h"
#include "leak_tracker/track/LeakText.h"
#include "leak_tracker/track/Tasks.h"
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "runtime/stack/StackStore.h"
#include "runtime/thread/Monitor.h"
#include "runtime/trace/TraceWriter.h"

namespace raddle::leaks {

namespace {

InternalLock SnapshotLock; ///< Their entries must not mix.
uint32_t LastNumber = 0;

uint32_t Signalled = 0; ///< Counted up by each signal.
uint32_t SignalsSeen = 0, WantedSeen = 0;
uint64_t NextTime = ~uint64_t(0);

Observers Table;

bool counts(const TaskInfo &) { return true; }

void writeEntry(const TaskInfo &T) {
  trace::SnapshotEntryRecord R = {};
  R.Kind = T.Kind;
  R.Id = T.Id;
  R.State = T.State;
  R.Stack = T.Stack;
  R.CreationStack = T.CreationStack;
  R.Alike = T.Alike;
  R.On.Kind = T.Wait.Kind;
  R.On.Timed = T.Wait.Timed;
  R.On.Object = T.Wait.Object;
  R.On.Owner = T.Owner;
  R.On.OwnerStack = T.OwnerStack;
  R.On.Since = T.Wait.Since;
  TheTrace.write(trace::RecordType::SnapshotEntry, R);
}

/// Who has asked is told by the header when it is done.
uint64_t tick(uint64_t Now) {
  trace::Header *Head = TheTrace.header();
  if (!Head)
    return ~uint64_t(0);
  uint32_t Wanted = __atomic_load_n(&Head->SnapshotsWanted, __ATOMIC_ACQUIRE);
  uint32_t Signals = __atomic_load_n(&Signalled, __ATOMIC_ACQUIRE);
  bool Due = TheOptions.SnapshotEveryMs && Now >= NextTime;
  if (Wanted == WantedSeen && Signals == SignalsSeen && !Due)
    return NextTime;
  WantedSeen = Wanted;
  SignalsSeen = Signals;
  takeSnapshot(nullptr);
  if (Due)
    NextTime = Now + uint64_t(TheOptions.SnapshotEveryMs) * 1000000;
  __atomic_store_n(&Head->SnapshotsDone, Wanted, __ATOMIC_RELEASE);
  return NextTime;
}

void onSignal(int, siginfo_t *, void *) {
  __atomic_fetch_add(&Signalled, 1, __ATOMIC_ACQ_REL);
  wakeMonitor();
}

} // namespace

void takeSnapshot(const CallSite *Caller) {
  if (!TheTrace.isOpen())
    return;
  TaskList Tasks;
  lookAtAll(Tasks);
  for (TaskInfo &T : Tasks) {
    T.Test = 0; // It says where they are, not whose.
    if (T.IsMe && Caller)
      T.Stack = captureOther(*Caller);
  }
  groupAlike(Tasks, counts);
  InternalGuard G(SnapshotLock);
  uint32_t Count = 0;
  for (TaskInfo &T : Tasks) {
    if (!T.Alike)
      continue;
    ++Count;
    if (T.Kind == trace::TaskKind::Task)
      writeTask(T);
    else if (T.Kind != trace::TaskKind::Thread)
      T.Id = 0; // Not worth a record each time.
  }
  trace::SnapshotRecord R = {};
  R.Number = ++LastNumber;
  R.Count = Count;
  R.Time = sys::now();
  TheTrace.write(trace::RecordType::Snapshot, R);
  for (const TaskInfo &T : Tasks)
    if (T.Alike)
      writeEntry(T);
}

} // namespace raddle::leaks

using namespace raddle;

void raddle::startProfiler() {
  if (!TheTrace.isOpen())
    return;
  // A handler that the host sets later stays.
  if (TheOptions.SnapshotSignal &&
      !leaks::handleSignal(int(TheOptions.SnapshotSignal), leaks::onSignal))
    say("snapshot_signal cannot be used: the program ignores it, or has a "
        "handler of its own");
  if (TheOptions.SnapshotEveryMs)
    leaks::NextTime =
        sys::now() + uint64_t(TheOptions.SnapshotEveryMs) * 1000000;
  addMonitorWork(leaks::tick);
  leaks::Table.FirstThread = startMonitor;
  TheObservers.add(&leaks::Table);
}

RADDLE_EXPORT void raddle_rt_snapshot() {
  CallSite Site = RADDLE_CALL_SITE();
  Thread *T = observed();
  if (!T)
    return;
  Busy B(T);
  leaks::takeSnapshot(&Site);
}
