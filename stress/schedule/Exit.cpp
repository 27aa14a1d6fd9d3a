// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The end of the process. Handlers and destructors run under control like
// everything else. Then, before leak tracking looks at the threads that are
// left, those run on, as they would have in its grace period: who waits for
// the token is no leak.
#include "runtime/Observers.h"
#include "runtime/Runtime.h"
#include "stress/schedule/Names.h"
#include "stress/schedule/RunLogWriter.h"
#include "stress/schedule/VirtualTime.h"

namespace raddle::stress {

namespace {

constexpr uint64_t MostEvents = 100000;

bool isAlone(const Controlled &) { return TheRun.Alive == 1; }

int atExit(int Status) {
  if (!TheRun.Active)
    return Status;
  Controlled *Me = Mine;
  if (Me && !Me->Inside) {
    InController In(*Me);
    if (TheOptions.Leaks && TheRun.Alive > 1) {
      TheRun.Leaver = Me;
      TheRun.LeaverWaits = TheRunLog.head().Events + MostEvents;
      Ask A = {Op::Other, nullptr, isAlone};
      A.Until = momentIn(uint64_t(TheOptions.GraceMs) * 1000000);
      takeStep(*Me, A);
      // Nobody goes on from here, however long they are given.
      TheOptions.GraceMs = 0;
    }
    TheRun.Active = false;
    finishRun();
  }
  // The others wait for ever; this one is on its own.
  TheRun.Active = false;
  Mine = nullptr;
  return Status;
}

Observers OfExit;

} // namespace

void controlExit() {
  OfExit.AtExit = atExit;
  TheObservers.addFirst(&OfExit);
}

} // namespace raddle::stress
