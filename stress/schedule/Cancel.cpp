// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/schedule/Cancel.h"
#include "stress/schedule/Names.h"

namespace raddle::stress {

bool testCancel(Controlled &Me, InController &In) {
  if (!Me.Cancelled)
    return true;
  // What it holds, and runs on its way out, is controlled like anything else.
  In.leaveFor([] { pthread_testcancel(); });
  return false;
}

namespace {

int cancel(pthread_t Handle) {
  Controlled *Me = controlled();
  if (!Me)
    return Original.pthread_cancel(Handle);
  InController In(*Me);
  Controlled *Target = threadOf(Handle);
  takeStep(*Me, {Op::Other, Target ? Target->Self : nullptr});
  int Result = In.real([=] { return Original.pthread_cancel(Handle); });
  if (Result == 0 && Target)
    Target->Cancelled = Target->Signalled = true;
  return Result;
}

} // namespace

void controlCancel() { put(Real.pthread_cancel, cancel); }

} // namespace raddle::stress
