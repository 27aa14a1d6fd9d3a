// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/LeakText.h"
#include "leak_tracker/track/Kernel.h"
#include "leak_tracker/track/Names.h"
#include "runtime/core/Match.h"
#include "runtime/stack/StackStore.h"
#include "runtime/stack/Symbols.h"

namespace raddle::leaks {

using trace::Proof;
using trace::TaskKind;
using trace::TaskState;
using trace::WaitKind;

namespace {

constexpr unsigned MostFrames = 16;

/// Frames that every thread has at its outer end.
bool isOuterEnd(uint64_t Pc) {
  Symbol S;
  if (!findFrameSymbol(Pc, false, S))
    return false;
  return startsWith(S.Module, "libc.so") ||
         startsWith(S.Module, "libpthread") || sameText(S.Name, "_start");
}

void writeStack(const char *First, uint32_t Id, TextSink &To) {
  const StoredStack *S = TheStacks.get(Id);
  if (!S)
    return;
  bool Exact = S->Flags & trace::StackExactTop;
  unsigned Count = S->Count;
  while (Count > 1 && isOuterEnd(S->Pcs[Count - 1]))
    --Count;
  for (unsigned I = 0; I != Count && I != MostFrames; ++I) {
    To << (I ? "              " : First);
    describeFrame(S->Pcs[I], Exact && I == 0, To);
    To << '\n';
  }
  if (Count > MostFrames)
    To << "              ... " << Count - MostFrames << " more\n";
}

const char *kindName(TaskKind Kind) {
  switch (Kind) {
  case TaskKind::Thread:
    return "thread";
  case TaskKind::Timer:
    return "timer";
  case TaskKind::TimerFd:
    return "timer file";
  case TaskKind::Task:
    return "task";
  case TaskKind::Coroutine:
    return "coroutine";
  }
  return "task";
}

void writeName(const TaskInfo &T, TextSink &To) {
  To << kindName(T.Kind) << ' ' << T.Id;
  if (T.IsMain)
    To << " (main)";
  else if (T.Name[0])
    To << " '" << T.Name << '\'';
}

const TaskInfo *find(const TaskList &Tasks, TaskKind Kind, uint32_t Id) {
  for (const TaskInfo &T : Tasks)
    if (T.Kind == Kind && T.Id == Id)
      return &T;
  return nullptr;
}

void writeObject(const WaitCopy &W, TextSink &To) {
  Symbol S;
  To << Hex{W.Object};
  if (!findSymbol(W.Object, S) || !*S.Name)
    return;
  To << " '";
  demangle(S.Name, To);
  if (S.Offset)
    To << '+' << Hex{S.Offset};
  To << '\'';
}

void writeOwner(const TaskList &Tasks, const TaskInfo &T, TextSink &To) {
  const TaskInfo *Owner =
      T.Owner ? find(Tasks, TaskKind::Thread, T.Owner) : nullptr;
  if (T.OwnerIs == OwnerState::Exited) {
    To << ", held by ";
    if (Owner)
      writeName(*Owner, To);
    else
      To << "a thread";
    To << " that has ended";
  } else if (Owner == &T) {
    To << ", which it holds itself";
  } else if (Owner) {
    To << ", held by ";
    writeName(*Owner, To);
  }
}

void writeWait(const TaskList &Tasks, const TaskInfo &T, TextSink &To) {
  switch (T.Wait.Kind) {
  case WaitKind::None:
    return;
  case WaitKind::Join: {
    To << ", joins ";
    const TaskInfo *Joined = find(Tasks, TaskKind::Thread, T.Owner);
    if (Joined == &T)
      To << "itself";
    else if (Joined)
      writeName(*Joined, To);
    else
      To << "a thread";
    break;
  }
  case WaitKind::Sleep:
  case WaitKind::Poll:
  case WaitKind::Signal:
    To << ", in " << describe(T.Wait.Kind);
    break;
  case WaitKind::SystemCall:
    To << ", in system call ";
    if (const char *Name = systemCallName(T.Wait.Object))
      To << Name;
    else
      To << T.Wait.Object;
    break;
  default:
    To << ", waits for " << describe(T.Wait.Kind) << ' ';
    writeObject(T.Wait, To);
    writeOwner(Tasks, T, To);
  }
  if (T.Detail[0])
    To << ": " << T.Detail;
}

const char *describe(Proof P) {
  switch (P) {
  case Proof::None:
    return nullptr;
  case Proof::OwnerExited:
    return "what it waits for is held by a thread that has ended";
  case Proof::OwnerLeaked:
    return "what it waits for is held by a task that is leaked itself";
  case Proof::Cycle:
    return "it is one of a cycle of threads that wait for each other";
  case Proof::Self:
    return "it waits for itself";
  case Proof::Unreachable:
    return "nothing outside leaked tasks refers to what it waits for";
  }
  return nullptr;
}

void writeState(const TaskInfo &T, uint64_t Now, TextSink &To) {
  switch (T.State) {
  case TaskState::Running:
    To << "is still running";
    if (Now > T.Time) {
      To << ", ";
      writeDuration(Now - T.Time, To);
      To << " after its start";
    }
    return;
  case TaskState::Blocked:
    To << "is blocked";
    if (T.Wait.Since && Now > T.Wait.Since) {
      To << " since ";
      writeDuration(Now - T.Wait.Since, To);
    }
    return;
  case TaskState::FinishedUnjoined:
    To << "has finished and was never joined";
    return;
  case TaskState::Queued:
    To << "was never started";
    return;
  case TaskState::Suspended:
    To << "is suspended";
    if (T.ResumeIndex)
      To << " at its point " << T.ResumeIndex;
    return;
  case TaskState::Armed:
    To << "is still armed";
    return;
  case TaskState::Idle:
    To << "was never deleted";
    return;
  }
}

bool alike(const TaskInfo &A, const TaskInfo &B) {
  return A.Kind == B.Kind && A.State == B.State && A.Stack == B.Stack &&
         A.CreationStack == B.CreationStack && A.Wait.Kind == B.Wait.Kind &&
         A.Proven == B.Proven && A.Test == B.Test &&
         A.ResumePoint == B.ResumePoint && A.ResumeIndex == B.ResumeIndex;
}

uint64_t hashOf(const TaskInfo &T) {
  uint64_t H = mix(uint64_t(T.Kind) << 8 | uint64_t(T.State),
                   uint64_t(T.Stack) << 32 | T.CreationStack);
  H = mix(H, uint64_t(T.Wait.Kind) << 8 | uint64_t(T.Proven));
  H = mix(H, uint64_t(T.Test) << 32 | T.ResumeIndex);
  return mix(H, T.ResumePoint) | 1;
}

} // namespace

const char *describe(WaitKind Kind) {
  switch (Kind) {
  case WaitKind::None:
    return "nothing";
  case WaitKind::Mutex:
    return "mutex";
  case WaitKind::RwLockRead:
    return "read-write lock (to read)";
  case WaitKind::RwLockWrite:
    return "read-write lock (to write)";
  case WaitKind::SpinLock:
    return "spin lock";
  case WaitKind::Condition:
    return "condition variable";
  case WaitKind::ConditionDestroy:
    return "all who wait for condition variable";
  case WaitKind::Semaphore:
    return "semaphore";
  case WaitKind::Barrier:
    return "barrier";
  case WaitKind::Join:
    return "end of a thread";
  case WaitKind::Futex:
    return "atomic or futex";
  case WaitKind::Sleep:
    return "a sleep";
  case WaitKind::Poll:
    return "poll, select or epoll_wait";
  case WaitKind::Signal:
    return "a wait for a signal";
  case WaitKind::SystemCall:
    return "system call";
  }
  return "";
}

void writeDuration(uint64_t Ns, TextSink &To) {
  if (Ns >= 1000000000) {
    uint64_t Hundredths = Ns / 10000000 % 100;
    To << Ns / 1000000000 << '.' << char('0' + Hundredths / 10)
       << char('0' + Hundredths % 10) << " s";
  } else if (Ns >= 1000000) {
    To << Ns / 1000000 << " ms";
  } else {
    To << Ns / 1000 << " us";
  }
}

void groupAlike(TaskList &Tasks, bool (*IsLeak)(const TaskInfo &)) {
  HashTable Groups; // To the index of a group's first task, plus 1.
  for (size_t I = 0; I != Tasks.size(); ++I) {
    TaskInfo &T = Tasks[I];
    T.Alike = 0;
    if (!IsLeak(T))
      continue;
    T.Alike = 1;
    for (uint64_t Key = hashOf(T);; Key += 2) {
      uint32_t *First = Groups.insert(Key);
      if (!First)
        break;
      if (!*First) {
        *First = uint32_t(I) + 1;
        break;
      }
      if (TaskInfo &Group = Tasks[*First - 1]; alike(Group, T)) {
        ++Group.Alike;
        T.Alike = 0;
        // The longest wait is told.
        if (T.Wait.Since && T.Wait.Since < Group.Wait.Since)
          Group.Wait.Since = T.Wait.Since;
        break;
      }
    }
  }
  Groups.release();
}

void writeLeaks(const TaskList &Tasks, uint64_t Now, TextSink &To) {
  for (const TaskInfo &T : Tasks) {
    if (!T.Alike)
      continue;
    To << "raddle: leaked: ";
    writeName(T, To);
    if (T.Alike > 1)
      To << " and " << T.Alike - 1 << " alike, each";
    To << ' ';
    writeState(T, Now, To);
    writeWait(Tasks, T, To);
    To << '\n';
    writeStack("    is at     ", T.Stack, To);
    writeStack("    held from ", T.OwnerStack, To);
    writeStack("    made at   ", T.CreationStack, To);
    if (T.Parent) {
      To << "    made by   ";
      if (const TaskInfo *Parent = find(Tasks, TaskKind::Thread, T.Parent))
        writeName(*Parent, To);
      else
        To << "thread " << T.Parent << ", which has ended";
      To << '\n';
    }
    if (const char *Test = nameOfTest(T.Test); *Test)
      To << "    of test   " << Test << '\n';
    if (const char *Why = describe(T.Proven))
      To << "    proven:   " << Why << '\n';
  }
}

} // namespace raddle::leaks
