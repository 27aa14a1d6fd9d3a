// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/Runtime.h"
#include "runtime/Observers.h"
#include "runtime/core/Match.h"
#include "runtime/core/Print.h"
#include "runtime/interpose/Children.h"
#include "runtime/interpose/Process.h"
#include "runtime/stack/StackStore.h"
#include "runtime/thread/Monitor.h"
#include "runtime/thread/StackBounds.h"
#include "runtime/trace/TraceWriter.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>

extern char **environ;

namespace raddle {

ActivePage ActiveState;
bool SanitizerBelow = false;
bool OneCallOnly = false;
ObserverList TheObservers;
bool NoteSites = false;
bool NothingToEnsure = false;
__thread CallSite CurrentSite;

namespace {

const char *environment(const char *Name) {
  for (char **E = environ; E && *E; ++E)
    if (startsWith(*E, Name) && (*E)[strlen(Name)] == '=')
      return *E + strlen(Name) + 1;
  return nullptr;
}

/// Takes what starts us out of the environment, in place: what the host
/// starts, by whatever way, is none of our business.
void leaveEnvironment() {
  char **To = environ;
  for (char **From = environ; From && *From; ++From) {
    bool Keep = !startsWith(*From, "RADDLE_OPTIONS=");
    if (startsWith(*From, "LD_PRELOAD=")) {
      // Other libraries of the list stay.
      char *Write = *From + strlen("LD_PRELOAD="), *Read = Write,
           *Begin = Write;
      while (*Read) {
        char *End = Read;
        bool Ours = false;
        while (*End && *End != ':' && *End != ' ') {
          Ours |= startsWith(End, "libraddle_rt.so") ||
                  startsWith(End, "libraddle_stress.so");
          ++End;
        }
        if (!Ours && End != Read) {
          if (Write != Begin)
            *Write++ = ':';
          while (Read != End)
            *Write++ = *Read++;
        }
        Read = *End ? End + 1 : End;
      }
      *Write = 0;
      Keep = Write != Begin;
    }
    if (Keep)
      *To++ = *From;
  }
  if (To)
    *To = nullptr;
}

void help() {
  TextBuffer<4096> Text;
  Text << "raddle: options of RADDLE_OPTIONS, separated by ':'\n";
  for (const OptionCard *C = OptionCards; C->Name; ++C) {
    Text << "  " << C->Name << "=" << C->Default;
    for (size_t I = strlen(C->Name) + strlen(C->Default); I < 22; ++I)
      Text << ' ';
    Text << C->What << '\n';
  }
  print(Text.text(), Text.size());
}

/// A test program that only lists its tests prints the list and nothing else.
bool onlyListsTests(int Count, char **Arguments) {
  // GoogleTest's; Catch2's, of which CMake's catch_discover_tests uses three.
  static const char *const Options[] = {
      "--gtest_list_tests", "--list-tests", "--list-test-names-only",
      "--list-reporters",   "--list-tags",
  };
  for (int I = 1; I < Count; ++I)
    for (const char *Option : Options)
      if (startsWith(Arguments[I], Option))
        return true;
  return false;
}

void sayNoTrace() {
  TextBuffer<512> Sentence;
  Sentence << "cannot write the trace '" << TheOptions.Trace
           << "'; name a new file in a folder that can be written to";
  say(Sentence.text());
}

void writeProgram(int Count, char **Arguments) {
  char Path[4096];
  long Length = sys::call(SYS_readlink, long("/proc/self/exe"), long(Path),
                          sizeof(Path) - 1);
  Path[Length > 0 ? Length : 0] = 0;
  TextBuffer<16384> Text;
  for (int I = 0; I < Count; ++I) {
    Text << Arguments[I];
    Text.append("", 1);
  }
  trace::ProgramRecord R = {};
  R.Arguments = uint32_t(Count);
  size_t PathSize = strlen(Path) + 1;
  R.TextLength = uint32_t(PathSize + Text.size());
  TheTrace.write(trace::RecordType::Program, R, {Path, PathSize},
                 {Text.text(), Text.size()});
}

void addMainThread() {
  Thread *T = TheRegistry.add(trace::ThreadKind::Main, nullptr);
  if (!T)
    return;
  T->IsMain = true;
  T->Tid = sys::tid();
  T->State = ThreadState::Running;
  {
    InternalGuard G(TheRegistry.lock());
    TheRegistry.setHandle(*T, pthread_self());
  }
  findStackBounds(*T);
  writeThread(*T);
  Self = T;
}

/// Two threads may exit at once. The first asks the observers; others wait for
/// that, as their end would cut it short.
int Finisher = 0;      ///< Its number.
uint32_t Finished = 0; ///< A futex: 1 when it is through.
int Asked = 0, Answered = 0;
int StartPid = 0;
bool ControlIsDue = false, JustBeforeMain = false;
uint32_t TraceBits = 0;

int otherFinishes(int Status) {
  // In a handler that interrupted it, there is nobody to wait for.
  uint64_t End = sys::now() + (uint64_t(TheOptions.GraceMs) + 5000) * 1000000;
  while (__atomic_load_n(&Finisher, __ATOMIC_ACQUIRE) != sys::tid() &&
         !__atomic_load_n(&Finished, __ATOMIC_ACQUIRE) && sys::now() < End) {
    timespec Time = {0, 50000000};
    sys::call(SYS_futex, long(&Finished), 128 /* WAIT, private */, 0,
              long(&Time));
  }
  return __atomic_load_n(&Finished, __ATOMIC_ACQUIRE) && Answered != Asked
             ? Answered
             : Status;
}

void atExit(int Status, void *) {
  int Wanted = finish(Status);
  if (Wanted != Status) {
    fflush(nullptr);
    Real._exit(Wanted);
  }
}

void start(int Count, char **Arguments) {
  ensureReal();
  parseOptions(environment("RADDLE_OPTIONS"), TheOptions, say);
  if (onlyListsTests(Count, Arguments)) {
    if (!TheOptions.FollowChildren)
      leaveEnvironment();
    // For whoever asked for a trace: loaded, and nothing was observed.
    if (*TheOptions.Trace && TheTrace.open(TheOptions.Trace, 0)) {
      writeProgram(Count, Arguments);
      TheTrace.finish(trace::Ending::Exited, 0);
    }
    return;
  }
  if (TheOptions.Help)
    help();
  // gcc's TSan, or clang's as a shared library: behind us in the order.
  SanitizerBelow =
      findNext("__tsan_init") != nullptr || findNext("__asan_init") != nullptr;
  OneCallOnly = SanitizerBelow;
  TraceBits = (TheOptions.Leaks ? trace::ObserverLeaks : 0) |
              (TheOptions.Locks ? trace::ObserverLocks : 0) |
              (TheOptions.Deadlocks ? trace::ObserverDeadlocks : 0) |
              (TheOptions.Profile ? trace::ObserverProfile : 0);
  if (*TheOptions.Trace && !TheTrace.open(TheOptions.Trace, TraceBits))
    sayNoTrace();
  writeProgram(Count, Arguments);
  writeModules();
  addMainThread();
  if (TheOptions.FollowChildren)
    keepForChildren(environ);
  else
    leaveEnvironment();
  if (TheOptions.Leaks && startLeakTracker)
    startLeakTracker();
  if (TheOptions.Locks && startLockRecorder)
    startLockRecorder();
  if (TheOptions.Deadlocks && startDeadlockWatchdog)
    startDeadlockWatchdog();
  if (TheOptions.Profile && startProfiler)
    startProfiler();
  if (TheOptions.Jitter && startJitter)
    startJitter();
  // Registered before the loader registers its own end, and so called after
  // the destructors of all libraries.
  on_exit(atExit, nullptr);
  sys::call(SYS_madvise, long(&ActiveState), sizeof(ActiveState),
            18 /* MADV_WIPEONFORK */);
  StartPid = sys::pid();
  watchProcess();
  setActive(true);
  ControlIsDue = *TheOptions.Schedule && startController;
  if (TheOptions.ForkServer && !ControlIsDue && refuseForks)
    refuseForks();
  // A program that has one thread keeps it that way unless snapshots of it are
  // wanted.
  if (TheOptions.ProfileAtOnce)
    startMonitor();
}

__attribute__((constructor)) void constructor(int Count, char **Arguments,
                                              char **) {
  start(Count, Arguments);
}

} // namespace

bool controlIsDue() { return ControlIsDue; }

bool isJustBeforeMain() { return JustBeforeMain; }

void noteSites() {
  NoteSites = true;
  __atomic_store_n(&NothingToEnsure, false, __ATOMIC_RELEASE);
}

void startControl(bool IsJustBeforeMain) {
  if (RADDLE_LIKELY(!ControlIsDue))
    return;
  ControlIsDue = false;
  JustBeforeMain = IsJustBeforeMain;
  startController();
  JustBeforeMain = false;
}

void goOnInChild() {
  StartPid = sys::pid();
  if (Thread *T = currentThread())
    T->Tid = sys::tid();
  if (*TheOptions.Trace && !TheTrace.goOnIn(TheOptions.Trace, TraceBits))
    sayNoTrace();
  setActive(true);
}

void print(const char *Text, size_t Size) {
  if (TheOptions.LogPath && *TheOptions.LogPath) {
    TextBuffer<4096> Path;
    for (const char *P = TheOptions.LogPath; *P; ++P)
      if (P[0] == '%' && P[1] == 'p')
        Path << sys::pid(), ++P;
      else
        Path << *P;
    int Descriptor =
        sys::open(Path.text(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (Descriptor >= 0) {
      sys::writeAll(Descriptor, Text, Size);
      sys::close(Descriptor);
      return;
    }
  }
  sys::writeAll(2, Text, Size);
}

void say(const char *Sentence) {
  if (TheOptions.Quiet)
    return;
  TextBuffer<1024> Line;
  Line << "raddle: " << Sentence << '\n';
  print(Line.text(), Line.size());
}

int finish(int Status) {
  // In the child of a vfork, memory is the parent's.
  if (sys::pid() != StartPid)
    return Status;
  int Nobody = 0;
  if (!isActive() ||
      !__atomic_compare_exchange_n(&Finisher, &Nobody, sys::tid(), false,
                                   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return Nobody ? otherFinishes(Status) : Status;
  int Wanted = Status;
  // Null once the thread is over: after the main thread's pthread_exit, the
  // last thread to end exits for all.
  Thread *T = currentThread();
  if (T)
    ++T->Busy;
  for (unsigned I = 0; I != TheObservers.Count; ++I)
    if (auto *Tell = TheObservers.All[I]->AtExit)
      if (int Answer = Tell(Status); Answer != Status && Wanted == Status)
        Wanted = Answer;
  if (T)
    --T->Busy;
  setActive(false);
  TheTrace.finish(trace::Ending::Exited, Wanted);
  Asked = Status;
  Answered = Wanted;
  __atomic_store_n(&Finished, 1, __ATOMIC_RELEASE);
  sys::call(SYS_futex, long(&Finished), 129 /* WAKE, private */, 1 << 30);
  return Wanted;
}

} // namespace raddle
