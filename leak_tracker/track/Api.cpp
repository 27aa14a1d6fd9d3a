// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What raddle/raddle.h calls, declared there. All may be called at any time
// from any thread; without leaks=1 they do nothing and answer 0.
#include "leak_tracker/coroutine/Coroutines.h"
#include "leak_tracker/include/raddle/raddle.h"
#include "leak_tracker/track/Check.h"
#include "leak_tracker/track/LeakTracker.h"
#include "leak_tracker/track/Names.h"
#include "leak_tracker/track/Tasks.h"
#include "runtime/Runtime.h"

using namespace raddle;
using namespace raddle::leaks;

namespace {

/// A Baseline in one word: threads may set and read it at once.
uint64_t Last = 0;

uint64_t toWord(Baseline B) { return uint64_t(B.Epoch) << 32 | B.Threads; }
Baseline fromWord(uint64_t Word) {
  return {uint32_t(Word >> 32), uint32_t(Word)};
}

/// Up to \p Size bytes of text go to \p Text, which may be null, ended by 0. A
/// \p GraceMs below 0 stands for the option's.
size_t checkNow(Thread &T, uint32_t Test, Baseline Since, int GraceMs,
                const HostState &Host, char *Text, size_t Size) {
  Busy B(&T);
  TextMemory Own;
  bool HasText = Text && Size;
  if (!HasText && !Own.Memory)
    return 0;
  TextSink To(HasText ? Text : Own.Memory, HasText ? Size : TextMemory::Room);
  Scope S = {Test, Since, GraceMs < 0 ? TheOptions.GraceMs : uint64_t(GraceMs),
             false};
  return check(S, Host, To);
}

} // namespace

Baseline raddle::leaks::lastBaseline() {
  return fromWord(__atomic_load_n(&Last, __ATOMIC_ACQUIRE));
}

RADDLE_EXPORT unsigned raddle_rt_version() { return 1; }

RADDLE_EXPORT uint64_t raddle_rt_task_created(const char *Name) {
  Thread *T = caller();
  return T ? taskCreated(*T, Name, RADDLE_CALL_SITE()) : 0;
}

RADDLE_EXPORT void raddle_rt_task_started(uint64_t Task) {
  if (Thread *T = Task ? caller() : nullptr)
    taskStarted(*T, Task);
}

RADDLE_EXPORT void raddle_rt_task_finished(uint64_t Task) {
  if (Thread *T = Task ? caller() : nullptr)
    taskFinished(*T, Task);
}

RADDLE_EXPORT uint32_t raddle_rt_test_begin(const char *Name) {
  HostState Host;
  RADDLE_HOST_STATE(Host);
  Thread *T = caller();
  if (!T)
    return 0;
  Busy B(T);
  T->Test = newTest(Name);
  if (T->Test && TheOptions.Coroutines)
    testBegins(T->Test, Host);
  return T->Test;
}

RADDLE_EXPORT size_t raddle_rt_test_end(uint32_t Test, int GraceMs,
                                        char *Report, size_t Size) {
  HostState Host;
  RADDLE_HOST_STATE(Host);
  if (Report && Size)
    *Report = 0;
  Thread *T = caller();
  if (!T || !Test)
    return 0;
  if (T->Test == Test)
    T->Test = 0;
  size_t Left = checkNow(*T, Test, lastBaseline(), GraceMs, Host, Report, Size);
  if (TheOptions.Coroutines)
    testEnds(Test);
  return Left;
}

/// Returns a number for raddle_rt_leak_check.
RADDLE_EXPORT uint64_t raddle_rt_leak_baseline() {
  HostState Host;
  RADDLE_HOST_STATE(Host);
  Thread *T = caller();
  if (!T)
    return 0;
  Busy B(T);
  uint64_t Now = toWord(takeBaseline(Host));
  __atomic_store_n(&Last, Now, __ATOMIC_RELEASE);
  return Now;
}

/// \p Since: a baseline's number; 0: the last one's.
RADDLE_EXPORT size_t raddle_rt_leak_check(uint64_t Since, int GraceMs,
                                          char *Report, size_t Size) {
  HostState Host;
  RADDLE_HOST_STATE(Host);
  if (Report && Size)
    *Report = 0;
  Thread *T = caller();
  return T ? checkNow(*T, 0, Since ? fromWord(Since) : lastBaseline(), GraceMs,
                      Host, Report, Size)
           : 0;
}

RADDLE_EXPORT int raddle_rt_ignore(const char *Rule, const char *Reason) {
  Thread *T = caller();
  if (!T || !Rule || !Reason || !*Reason)
    return 0;
  Busy B(T);
  return addRule(Rule, Reason);
}

RADDLE_EXPORT int raddle_rt_ignore_begin() {
  Thread *T = caller();
  if (!T)
    return 0;
  int Before = T->IgnoresStarts;
  T->IgnoresStarts = true;
  return Before;
}

RADDLE_EXPORT void raddle_rt_ignore_end(int Before) {
  if (Thread *T = caller())
    T->IgnoresStarts = Before != 0;
}
