// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The observer: looks for leaks when the process exits, and when asked.
#include "leak_tracker/track/Ignore.h"
#include "leak_tracker/track/Kernel.h"
#include "leak_tracker/track/LeakText.h"
#include "leak_tracker/track/Look.h"
#include "leak_tracker/track/Reach.h"
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "runtime/trace/TraceWriter.h"
#include <time.h>

namespace raddle::leaks {

using trace::Proof;
using trace::TaskState;

namespace {

bool isLeak(const TaskInfo &T) { return canLeak(T) && !T.Rule; }

/// Waiting any longer changes nothing: each leak is proven, or is over and
/// nobody is left that could join it.
bool isFinal(const TaskList &Tasks) {
  bool CanBeJoined = false;
  for (const TaskInfo &T : Tasks)
    if (!T.IsMe && T.State != TaskState::FinishedUnjoined &&
        T.Proven == Proof::None)
      CanBeJoined = true;
  for (const TaskInfo &T : Tasks)
    if (isLeak(T) && T.Proven == Proof::None &&
        (T.State != TaskState::FinishedUnjoined || CanBeJoined))
      return false;
  return true;
}

void pause(uint64_t Ns) {
  timespec Time = {time_t(Ns / 1000000000), long(Ns % 1000000000)};
  sys::call(SYS_nanosleep, long(&Time), 0);
}

/// Rules first that cost little: most threads end before a symbol table has
/// been read.
void applyRules(TaskList &Tasks, bool Functions) {
  for (TaskInfo &T : Tasks) {
    if (!canLeak(T))
      continue;
    if (T.Kind == trace::TaskKind::Thread &&
        T.State != TaskState::FinishedUnjoined) {
      readThreadName(T);
      if (Functions && TheRules.wantStacks()) {
        TaskInfo Now = T;
        lookAtKernel(Now, false);
        lookAtStacks(Now);
        TheRules.apply(Now, true);
        T.Rule = Now.Rule;
        continue;
      }
    }
    TheRules.apply(T, Functions);
  }
}

bool look(TaskList &Tasks, bool Functions) {
  Tasks.clear();
  lookAtThreads(Tasks);
  applyRules(Tasks, Functions);
  for (const TaskInfo &T : Tasks)
    if (isLeak(T))
      return true;
  return false;
}

/// goleak's policy: looks again and again, after 1 us at first, twice as long
/// each time up to 100 ms: 20 looks, 0.43 s, unless the user wants it shorter
/// or longer.
bool waitForEnd(TaskList &Tasks, uint64_t GraceMs, const HostState &Host) {
  uint64_t End = sys::now() + GraceMs * 1000000;
  bool Searched = false;
  for (uint64_t Pause = 1000;; Pause *= 2) {
    bool Functions = Pause > 16000 || GraceMs == 0;
    if (!look(Tasks, Functions))
      return false;
    proveByOwners(Tasks);
    uint64_t Now = sys::now();
    // Reads the whole memory: once soon, to end early, and once at the end.
    bool Soon = Pause > 2000000 && !Searched;
    if ((Soon || Now >= End) && !isFinal(Tasks)) {
      Searched = true;
      proveByReach(Tasks, Host, isLeak);
    }
    if (Functions && (Now >= End || isFinal(Tasks)))
      return true;
    constexpr uint64_t Longest = 100000000;
    if (Pause > Longest)
      Pause = Longest;
    pause(Now + Pause < End ? Pause : End > Now ? End - Now : 1);
  }
}

/// What is left when the time is over is leaked, and so is what waits for it.
void proveByLeaks(TaskList &Tasks) {
  for (TaskInfo &T : Tasks) {
    if (!isLeak(T) || T.Proven != Proof::None || T.Wait.Timed)
      continue;
    const TaskInfo *Owner = ownerOf(Tasks, T);
    if (Owner && T.Wait.Kind != trace::WaitKind::Join && isLeak(*Owner))
      T.Proven = Proof::OwnerLeaked;
  }
}

void writeRecord(const TaskInfo &T, uint32_t Check, uint64_t Now) {
  trace::LeakRecord R = {};
  R.Kind = T.Kind;
  R.Id = T.Id;
  R.State = T.State;
  R.Stack = T.Stack;
  R.On.Kind = T.Wait.Kind;
  R.On.Timed = T.Wait.Timed;
  R.On.Object = T.Wait.Object;
  R.On.Owner = T.Owner;
  R.On.OwnerStack = T.OwnerStack;
  R.On.Since = T.Wait.Since;
  R.Proven = T.Proven;
  R.Check = Check;
  R.Time = Now;
  R.ResumePoint = T.ResumePoint;
  R.ResumeIndex = T.ResumeIndex;
  R.DetailLength = uint32_t(strnlen(T.Detail, sizeof(T.Detail)));
  TheTrace.write(trace::RecordType::Leak, R, {T.Detail, R.DetailLength});
}

void printLeaks(const TaskList &Tasks, uint64_t Now) {
  constexpr size_t Room = 1 << 20;
  char *Memory = static_cast<char *>(sys::map(Room));
  if (!Memory)
    return;
  TextSink Text(Memory, Room - 4096);
  writeLeaks(Tasks, Now, Text);
  // The last line is there however long the rest is.
  TextSink Last(Memory + Text.size(), Room - Text.size());
  size_t Count = 0;
  for (const TaskInfo &T : Tasks)
    Count += T.Alike;
  Last << "raddle: " << uint64_t(Count)
       << (Count == 1 ? " leaked task; " : " leaked tasks; ");
  if (TheTrace.isOpen())
    Last << "for source lines: raddle report " << TheTrace.path() << '\n';
  else
    Last << "for source lines: raddle leaks -- PROGRAM ARGUMENTS...\n";
  print(Memory, Text.size() + Last.size());
  sys::unmap(Memory, Room);
}

int atExit(int Status) {
  HostState Host;
  RADDLE_HOST_STATE(Host);
  TaskList Tasks;
  bool Leaks = waitForEnd(Tasks, TheOptions.GraceMs, Host);
  for (const TaskInfo &T : Tasks)
    TheRules.count(T);
  TheRules.finish();
  if (!Leaks)
    return Status;
  uint64_t Now = sys::now();
  proveByLeaks(Tasks);
  for (TaskInfo &T : Tasks) {
    if (!isLeak(T))
      continue;
    if (T.Kind == trace::TaskKind::Thread &&
        T.State != TaskState::FinishedUnjoined)
      lookAtKernel(T, true);
    lookAtStacks(T);
  }
  for (const TaskInfo &T : Tasks)
    if (isLeak(T))
      writeRecord(T, 0, Now);
  groupAlike(Tasks, isLeak);
  if (!TheOptions.Quiet)
    printLeaks(Tasks, Now);
  return Status || !TheOptions.ExitCode ? Status : int(TheOptions.ExitCode);
}

Observers Table;

} // namespace

} // namespace raddle::leaks

void raddle::startLeakTracker() {
  leaks::TheRules.readAll();
  leaks::Table.AtExit = leaks::atExit;
  TheObservers.add(&leaks::Table);
}
