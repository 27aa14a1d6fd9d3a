// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/track/Timers.h"
#include "leak_tracker/track/Tasks.h"
#include "runtime/core/Match.h"
#include "runtime/core/Print.h"
#include "runtime/interpose/Real.h"
#include "runtime/stack/StackStore.h"
#include <fcntl.h>

namespace raddle::leaks {

namespace {

struct Timer {
  trace::TaskKind Kind;
  uint32_t Id;
  uint64_t Handle, Time;
  uint32_t Creator, Stack, Test, Epoch;
  bool Ignored, Loud;
};

InternalLock Lock;
List<Timer> Timers;
HashTable ByHandle; ///< To the index plus 1.
uint32_t LastId = 0;

uint64_t keyOf(trace::TaskKind Kind, uint64_t Handle) {
  return mix(uint64_t(Kind), Handle) | 1;
}

/// The caller holds Lock.
void remove(size_t Index) {
  ByHandle.erase(keyOf(Timers[Index].Kind, Timers[Index].Handle));
  size_t Last = Timers.size() - 1;
  if (Index != Last) {
    Timers[Index] = Timers[Last];
    if (uint32_t *At =
            ByHandle.find(keyOf(Timers[Index].Kind, Timers[Index].Handle)))
      *At = uint32_t(Index) + 1;
  }
  Timers.removeLast();
}

/// Of "name: (seconds, nanoseconds)" in a timer file's description.
bool isNonZero(const char *Text, const char *Name) {
  for (; *Text; ++Text) {
    if (!startsWith(Text, Name))
      continue;
    for (Text += strlen(Name); *Text && *Text != '\n'; ++Text)
      if (*Text >= '1' && *Text <= '9')
        return true;
    return false;
  }
  return false;
}

enum class FileState { Other, Armed, Idle };

FileState stateOfFile(uint64_t Descriptor) {
  TextBuffer<64> Path;
  Path << "/proc/self/fdinfo/" << Descriptor;
  int File = sys::open(Path.text(), O_RDONLY);
  if (File < 0)
    return FileState::Other;
  char Text[1024];
  long Size = sys::read(File, Text, sizeof(Text) - 1);
  sys::close(File);
  Text[Size > 0 ? Size : 0] = 0;
  bool IsTimer = false;
  for (const char *P = Text; *P; ++P)
    IsTimer |= startsWith(P, "\nit_value:");
  if (!IsTimer)
    return FileState::Other;
  return isNonZero(Text, "\nit_value:") || isNonZero(Text, "\nit_interval:")
             ? FileState::Armed
             : FileState::Idle;
}

bool isArmed(const Timer &T) {
  itimerspec Left = {};
  // What the kernel says of a silent one changes from version to version.
  if (!T.Loud || !Real.timer_gettime ||
      Real.timer_gettime(reinterpret_cast<timer_t>(T.Handle), &Left) != 0)
    return false;
  return Left.it_value.tv_sec || Left.it_value.tv_nsec;
}

} // namespace

void timerMade(Thread &T, trace::TaskKind Kind, uint64_t Handle, bool Loud,
               const CallSite &Site) {
  Timer New = {};
  New.Kind = Kind;
  New.Handle = Handle;
  New.Time = sys::now();
  New.Creator = T.Id;
  New.Stack = captureStack(T, Site);
  New.Test = T.Test;
  New.Epoch = __atomic_load_n(&TaskEpoch, __ATOMIC_RELAXED);
  New.Ignored = T.IgnoresStarts;
  New.Loud = Loud;
  InternalGuard G(Lock);
  New.Id = ++LastId;
  uint32_t *Index = ByHandle.insert(keyOf(Kind, Handle));
  if (!Index)
    return;
  Timer *Place = *Index ? &Timers[*Index - 1] : Timers.add();
  if (!Place) {
    ByHandle.erase(keyOf(Kind, Handle));
    return;
  }
  *Place = New;
  *Index = uint32_t(Place - Timers.begin()) + 1;
}

void timerGone(uint64_t Handle) {
  InternalGuard G(Lock);
  if (uint32_t *Index = ByHandle.find(keyOf(trace::TaskKind::Timer, Handle)))
    remove(*Index - 1);
}

void lookAtTimers(TaskList &Tasks) {
  // Nobody deletes one meanwhile: that waits for the lock first.
  InternalGuard G(Lock);
  for (size_t I = 0; I != Timers.size();) {
    const Timer &From = Timers[I];
    bool IsFile = From.Kind == trace::TaskKind::TimerFd;
    FileState File = IsFile ? stateOfFile(From.Handle) : FileState::Other;
    if (IsFile && File == FileState::Other) {
      remove(I); // Closed.
      continue;
    }
    ++I;
    if (IsFile && File == FileState::Idle)
      continue;
    TaskInfo *T = Tasks.add();
    if (!T)
      return;
    T->Kind = From.Kind;
    T->Id = From.Id;
    T->State = IsFile || isArmed(From) ? trace::TaskState::Armed
                                       : trace::TaskState::Idle;
    T->Parent = From.Creator;
    T->CreationStack = From.Stack;
    T->Test = From.Test;
    T->Epoch = From.Epoch;
    T->Ignored = From.Ignored;
    T->Time = From.Time;
    T->Address = From.Handle;
    if (IsFile)
      TextSink(T->Name, sizeof(T->Name)) << "fd " << From.Handle;
  }
}

} // namespace raddle::leaks
