// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The observer: checks when the process exits, and when asked; and what of it
// programs may call, by the names that raddle/raddle.h looks up.
#include "leak_tracker/include/raddle/raddle.h"
#include "leak_tracker/track/Check.h"
#include "leak_tracker/track/Ignore.h"
#include "leak_tracker/track/Match.h"
#include "leak_tracker/track/Names.h"
#include "leak_tracker/track/Tasks.h"
#include "runtime/Observers.h"
#include "runtime/Runtime.h"

using namespace raddle;

namespace raddle::leaks {

namespace {

bool On = false;
Baseline SinceBaseline = {};

/// A report's text; unmapped in the end.
class TextMemory {
public:
  static constexpr size_t Room = 1 << 20;
  TextMemory() : Memory(static_cast<char *>(sys::map(Room))) {}
  ~TextMemory() {
    if (Memory)
      sys::unmap(Memory, Room);
  }
  TextMemory(const TextMemory &) = delete;
  char *Memory;
};

int atExit(int Status) {
  HostState Host;
  RADDLE_HOST_STATE(Host);
  TextMemory M;
  if (!M.Memory)
    return Status;
  TextSink Text(M.Memory, TextMemory::Room);
  Scope S = {0, SinceBaseline, TheOptions.GraceMs, true};
  size_t Leaks = check(S, Host, Text);
  TheRules.finish();
  if (!Leaks)
    return Status;
  if (!TheOptions.Quiet)
    print(Text.text(), Text.size());
  return Status || !TheOptions.ExitCode ? Status : int(TheOptions.ExitCode);
}

void threadEnds(Thread &) { forgetTaskCache(); }

void inChild(Thread *) { On = false; }

Observers Table;

} // namespace

/// The calling thread, if it is one that we observe.
Thread *caller() { return On ? observed() : nullptr; }

} // namespace raddle::leaks

void raddle::startLeakTracker() {
  leaks::TheRules.readAll();
  leaks::Table.AtExit = leaks::atExit;
  leaks::Table.ThreadEnds = leaks::threadEnds;
  leaks::Table.InChild = leaks::inChild;
  TheObservers.add(&leaks::Table);
  leaks::On = true;
}

using namespace raddle::leaks;

// What raddle/raddle.h calls. All may be called at any time from any thread;
// without leaks=1 they do nothing and answer 0. The header's declarations say
// that these fit what programs expect.

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

/// What the calling thread starts from here on is this test's, and so is what
/// that starts. The test's number; 0: not observed.
RADDLE_EXPORT uint32_t raddle_rt_test_begin(const char *Name) {
  Thread *T = caller();
  if (!T)
    return 0;
  return T->Test = internName(Name);
}

/// Looks for what \p Test has started and left, and returns how many there
/// are. Up to \p Size bytes of text go to \p Text, which may be null, ended by
/// 0. \p GraceMs: negative for the option's.
RADDLE_EXPORT size_t raddle_rt_test_end(uint32_t Test, int GraceMs, char *Text,
                                        size_t Size) {
  HostState Host;
  RADDLE_HOST_STATE(Host);
  if (Text && Size)
    *Text = 0;
  Thread *T = caller();
  if (!T || !Test)
    return 0;
  if (T->Test == Test)
    T->Test = 0;
  Busy B(T);
  TextMemory Own;
  bool HasText = Text && Size;
  if (!HasText && !Own.Memory)
    return 0;
  TextSink To(HasText ? Text : Own.Memory, HasText ? Size : TextMemory::Room);
  Scope S = {Test, SinceBaseline,
             GraceMs < 0 ? TheOptions.GraceMs : uint64_t(GraceMs), false};
  return check(S, Host, To);
}

/// All that is there now is no leak, in all checks to come. Returns a number
/// for raddle_rt_leak_check.
RADDLE_EXPORT uint64_t raddle_rt_leak_baseline() {
  if (!caller())
    return 0;
  SinceBaseline = takeBaseline();
  return uint64_t(SinceBaseline.Epoch) << 32 | SinceBaseline.Threads;
}

/// Looks for all that was started since \p Baseline (0: the last one) and is
/// still there; otherwise as raddle_rt_test_end.
RADDLE_EXPORT size_t raddle_rt_leak_check(uint64_t Since, int GraceMs,
                                          char *Text, size_t Size) {
  HostState Host;
  RADDLE_HOST_STATE(Host);
  if (Text && Size)
    *Text = 0;
  Thread *T = caller();
  if (!T)
    return 0;
  Busy B(T);
  TextMemory Own;
  bool HasText = Text && Size;
  if (!HasText && !Own.Memory)
    return 0;
  TextSink To(HasText ? Text : Own.Memory, HasText ? Size : TextMemory::Room);
  Baseline From =
      Since ? Baseline{uint32_t(Since >> 32), uint32_t(Since)} : SinceBaseline;
  Scope S = {0, From, GraceMs < 0 ? TheOptions.GraceMs : uint64_t(GraceMs),
             false};
  return check(S, Host, To);
}

/// Adds an ignore rule, such as "name:worker*". 0: it is no rule, or lacks its
/// reason, or leaks are not looked for.
RADDLE_EXPORT int raddle_rt_ignore(const char *Rule, const char *Reason) {
  Thread *T = caller();
  if (!T || !Rule || !Reason || !*Reason)
    return 0;
  Busy B(T);
  return addRule(Rule, Reason);
}
