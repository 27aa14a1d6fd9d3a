// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The observer: checks when the process exits.
#include "leak_tracker/track/LeakTracker.h"
#include "leak_tracker/track/Check.h"
#include "leak_tracker/track/Ignore.h"
#include "leak_tracker/track/Tasks.h"
#include "leak_tracker/track/Timers.h"
#include "runtime/Observers.h"
#include "runtime/Runtime.h"

using namespace raddle;

namespace raddle::leaks {

namespace {

bool On = false;

int atExit(int Status) {
  HostState Host;
  RADDLE_HOST_STATE(Host);
  TextMemory M;
  if (!M.Memory)
    return Status;
  TextSink Text(M.Memory, TextMemory::Room);
  Scope S = {0, lastBaseline(), TheOptions.GraceMs, true};
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

Thread *caller() { return On ? observed() : nullptr; }

} // namespace raddle::leaks

void raddle::startLeakTracker() {
  leaks::TheRules.readAll();
  leaks::Table.AtExit = leaks::atExit;
  leaks::Table.TimerMade = leaks::timerMade;
  leaks::Table.TimerGone = leaks::timerGone;
  leaks::Table.ThreadEnds = leaks::threadEnds;
  leaks::Table.InChild = leaks::inChild;
  TheObservers.add(&leaks::Table);
  leaks::On = true;
}
