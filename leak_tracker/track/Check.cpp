// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/Check.h"
#include "leak_tracker/coroutine/Coroutines.h"
#include "leak_tracker/track/Ignore.h"
#include "leak_tracker/track/Kernel.h"
#include "leak_tracker/track/LeakText.h"
#include "leak_tracker/track/Look.h"
#include "leak_tracker/track/Names.h"
#include "leak_tracker/track/Tasks.h"
#include "leak_tracker/track/Timers.h"
#include "runtime/Runtime.h"
#include "runtime/thread/Registry.h"
#include "runtime/trace/TraceWriter.h"
#include <time.h>

namespace raddle::leaks {

using trace::Proof;
using trace::TaskState;

namespace {

/// Looks are taken one at a time; what the rules remember is theirs together.
InternalLock CheckLock;
uint32_t LastCheck = 0;
/// Tasks that an earlier check has told of.
HashTable Told;

uint64_t keyOf(const TaskInfo &T) {
  return mix(uint64_t(T.Kind) << 32 | T.Users,
             T.Kind == trace::TaskKind::Coroutine ? T.Address ^ T.ResumePoint
                                                  : T.Id) |
         1;
}

bool isLeak(const TaskInfo &T) {
  return canLeak(T) && T.InScope && !T.Ignored && !T.Rule;
}

bool isIn(const Scope &S, const TaskInfo &T) {
  if (S.Test && T.Test != S.Test)
    return false;
  if (T.Kind == trace::TaskKind::Thread ? T.Id <= S.Since.Threads
                                        : T.Epoch <= S.Since.Epoch)
    return false;
  return !Told.find(keyOf(T));
}

/// Nothing that it does itself changes it.
bool isOver(TaskState S) {
  return S != TaskState::Running && S != TaskState::Blocked;
}

/// Waiting any longer changes nothing: each leak is proven, or is over and
/// nobody is left that could join it.
bool isFinal(const TaskList &Tasks) {
  bool CanChange = false;
  for (const TaskInfo &T : Tasks)
    if (T.Kind == trace::TaskKind::Thread && !T.IsMe &&
        T.State != TaskState::FinishedUnjoined && T.Proven == Proof::None)
      CanChange = true;
  for (const TaskInfo &T : Tasks) {
    // Joined, started, resumed or deleted by another thread, if there is one.
    bool ByOthers = isOver(T.State);
    if (isLeak(T) && T.Proven == Proof::None && (!ByOthers || CanChange))
      return false;
  }
  return true;
}

/// A task is stuck as its thread is.
void passProofs(TaskList &Tasks) {
  for (TaskInfo &Task : Tasks)
    if (Task.Kind == trace::TaskKind::Task && Task.Runner && Task.blocked())
      for (const TaskInfo &T : Tasks)
        if (T.Kind == trace::TaskKind::Thread && T.Id == Task.Runner)
          Task.Proven = T.Proven;
}

void pause(uint64_t Ns) {
  timespec Time = {time_t(Ns / 1000000000), long(Ns % 1000000000)};
  sys::call(SYS_nanosleep, long(&Time), 0);
}

/// Of all that a rule looks at.
uint64_t hashForRules(const TaskInfo &T) {
  uint64_t H = mix(T.StartRoutine, uint64_t(T.Stack) << 32 | T.CreationStack);
  static_assert(sizeof(T.Name) % 8 == 0);
  for (size_t I = 0; I != sizeof(T.Name); I += 8) {
    uint64_t Word;
    __builtin_memcpy(&Word, T.Name + I, 8);
    H = mix(H + 1, Word);
  }
  return mix(H, uint64_t(T.Kind)) | 1;
}

/// Of a hundred thousand tasks most are alike.
void applyOnce(HashTable &Verdicts, TaskInfo &T, bool Functions) {
  uint32_t *Verdict = Verdicts.insert(hashForRules(T));
  if (Verdict && *Verdict) {
    T.Rule = *Verdict - 1;
    return;
  }
  TheRules.apply(T, Functions);
  if (Verdict)
    *Verdict = T.Rule + 1;
}

/// Rules first that cost little: most threads end before a symbol table has
/// been read.
void applyRules(TaskList &Tasks, bool Functions) {
  HashTable Verdicts;
  for (TaskInfo &T : Tasks) {
    if (!canLeak(T) || !T.InScope || T.Ignored)
      continue;
    if (T.Kind == trace::TaskKind::Thread &&
        T.State != TaskState::FinishedUnjoined) {
      readThreadName(T);
      if (Functions && TheRules.wantStacks()) {
        TaskInfo Now = T;
        lookAtKernel(Now, false);
        lookAtStacks(Now);
        applyOnce(Verdicts, Now, true);
        T.Rule = Now.Rule;
        continue;
      }
    }
    applyOnce(Verdicts, T, Functions);
  }
  Verdicts.release();
}

bool anyLeaks(TaskList &Tasks, const Scope &S, bool Functions) {
  for (TaskInfo &T : Tasks)
    T.InScope = isIn(S, T);
  applyRules(Tasks, Functions);
  for (const TaskInfo &T : Tasks)
    if (isLeak(T))
      return true;
  return false;
}

/// Coroutines are looked for too, but before \p Functions only until there is
/// a leak; \p Suspended: these are all there is.
bool look(TaskList &Tasks, const Scope &S, bool Functions,
          const HostState &Host, bool &Suspended) {
  InternalGuard G(CheckLock);
  Tasks.clear();
  lookAtThreads(Tasks);
  lookAtTasks(Tasks);
  lookAtTimers(Tasks);
  bool Leaks = anyLeaks(Tasks, S, Functions);
  if (!TheOptions.Coroutines || (S.Test && S.Test != testAlone()) ||
      (Leaks && !Functions))
    return Leaks;
  if (Suspended && !Functions)
    return true;
  lookAtCoroutines(Tasks, Host);
  bool More = anyLeaks(Tasks, S, Functions);
  Suspended = More && !Leaks;
  return More;
}

/// goleak's policy: looks again and again, after 1 us at first, twice as long
/// each time up to 100 ms: 20 looks, 0.43 s, unless the user wants it shorter
/// or longer.
bool waitForEnd(TaskList &Tasks, const Scope &S, const HostState &Host) {
  uint64_t End = sys::now() + S.GraceMs * 1000000;
  bool Searched = false, Suspended = false;
  for (uint64_t Pause = 1000;; Pause *= 2) {
    bool Functions = Pause > 16000 || S.GraceMs == 0;
    if (!look(Tasks, S, Functions, Host, Suspended))
      return false;
    proveByOwners(Tasks);
    passProofs(Tasks);
    uint64_t Now = sys::now();
    // Reads the whole memory: once soon, to end early, and once at the end.
    bool Soon = Pause > 2000000 && !Searched;
    if ((Soon || Now >= End) && !isFinal(Tasks)) {
      Searched = true;
      proveByReach(Tasks, Host, isLeak);
      passProofs(Tasks);
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
  const char *Test = nameOfTest(T.Test);
  R.TestLength = uint32_t(strlen(Test));
  R.DetailLength = uint32_t(strnlen(T.Detail, sizeof(T.Detail)));
  TheTrace.write(trace::RecordType::Leak, R, {Test, R.TestLength},
                 {T.Detail, R.DetailLength});
}

void writeSummary(const TaskList &Tasks, TextSink &To) {
  uint64_t Count = 0;
  for (const TaskInfo &T : Tasks)
    Count += T.Alike;
  To << "raddle: " << Count << (Count == 1 ? " leaked task" : " leaked tasks");
  // Whoever started us tells the rest, from a trace that may be gone by then.
  if (TheOptions.Quiet)
    To << '\n';
  else if (TheTrace.isOpen())
    To << "; for source lines: raddle report " << TheTrace.path() << '\n';
  else
    To << "; for source lines: raddle leaks -- PROGRAM ARGUMENTS...\n";
}

void lookClosely(TaskInfo &T, bool MaySignal) {
  if (!isOver(T.State) && T.Tid)
    lookAtKernel(T, MaySignal);
  lookAtStacks(T);
}

/// \p Named: from resume functions to the index plus 1 of a task that has the
/// name.
void nameOnce(const TaskList &Tasks, HashTable &Named, TaskInfo &T) {
  uint32_t *First = Named.insert(T.ResumePoint);
  if (First && *First) {
    __builtin_memcpy(T.Name, Tasks[*First - 1].Name, sizeof(T.Name));
    return;
  }
  TextSink Name(T.Name, sizeof(T.Name));
  nameCoroutine(T.ResumePoint, Name);
  if (First)
    *First = uint32_t(&T - Tasks.begin()) + 1;
}

} // namespace

Baseline takeBaseline(const HostState &Host) {
  Baseline B;
  B.Epoch = __atomic_fetch_add(&TaskEpoch, 1, __ATOMIC_ACQ_REL);
  if (TheOptions.Coroutines)
    keepCoroutines(B.Epoch, Host);
  InternalGuard G(TheRegistry.lock());
  B.Threads = TheRegistry.started();
  return B;
}

bool addRule(const char *Text, const char *Reason) {
  InternalGuard G(CheckLock);
  return TheRules.add(Text, strlen(Text), Reason, strlen(Reason),
                      trace::RuleOrigin::Code);
}

size_t check(const Scope &S, const HostState &Host, TextSink &Text) {
  TaskList Tasks;
  bool Leaks = waitForEnd(Tasks, S, Host);
  InternalGuard G(CheckLock);
  for (const TaskInfo &T : Tasks)
    if (T.InScope)
      TheRules.count(T, keyOf(T));
  if (!Leaks)
    return 0;
  uint64_t Now = sys::now();
  uint32_t Number = S.AtExit ? 0 : ++LastCheck;
  size_t Count = 0;
  HashTable Named;
  proveByLeaks(Tasks);
  for (TaskInfo &T : Tasks) {
    if (!isLeak(T))
      continue;
    ++Count;
    lookClosely(T, true);
    if (T.Kind == trace::TaskKind::Coroutine)
      nameOnce(Tasks, Named, T);
    if (uint32_t *Known = Told.insert(keyOf(T)))
      *Known = 1;
    writeTask(T);
    writeRecord(T, Number, Now);
  }
  Named.release();
  groupAlike(Tasks, isLeak);
  writeLeaks(Tasks, Now, Text);
  writeSummary(Tasks, Text);
  return Count;
}

void lookAtAll(TaskList &Tasks) {
  InternalGuard G(CheckLock);
  lookAtThreads(Tasks);
  size_t Threads = Tasks.size();
  HashTable ById; // To the index of the thread plus 1.
  for (size_t I = 0; I != Threads; ++I) {
    if (uint32_t *Index = ById.insert(Tasks[I].Id))
      *Index = uint32_t(I) + 1;
    if (!Tasks[I].IsMe)
      lookClosely(Tasks[I], false);
  }
  lookAtTasks(Tasks);
  lookAtTimers(Tasks);
  // A task is where its thread is.
  for (size_t I = Threads; I != Tasks.size(); ++I) {
    TaskInfo &T = Tasks[I];
    uint32_t *Index = T.Runner && T.Tid ? ById.find(T.Runner) : nullptr;
    if (!Index)
      continue;
    const TaskInfo &On = Tasks[*Index - 1];
    T.State = On.State;
    T.Stack = On.Stack;
    T.Wait = On.Wait;
  }
  ById.release();
}

} // namespace raddle::leaks
