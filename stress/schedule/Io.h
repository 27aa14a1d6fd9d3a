// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls that wait for what the kernel has: descriptors, signals. They are made
// so that they do not wait; where nothing is there, the thread is let look
// again after each transfer that the program has made. Only when nobody else
// can run does it really wait, without the token, and the run says that no seed
// decides what comes of it.
#ifndef RADDLE_STRESS_SCHEDULE_IO_H
#define RADDLE_STRESS_SCHEDULE_IO_H

#include "stress/schedule/Cancel.h"
#include "stress/schedule/Spins.h"
#include "stress/schedule/VirtualTime.h"

namespace raddle::stress {

/// Ready of a thread that waits so.
inline bool mayHaveCome(const Controlled &T) {
  return TheRun.Transfers != T.Wanted || T.ReallyWaits;
}

/// As time limits in ns.
inline constexpr uint64_t Forever = UINT64_MAX;

enum class Came { Yes, TimeUp, Interrupted, WaitReally };

/// The thread has looked, and nothing was there. Yes: look again.
inline Came waitForMore(Controlled &Me, InController &In, uint64_t Until,
                        bool CanCancel, bool Interrupts) {
  Me.ReallyWaits = false;
  Ask A = {Op::Io, nullptr, mayHaveCome};
  A.Wanted = TheRun.Transfers;
  A.Until = Until;
  A.CanCancel = CanCancel;
  A.Interrupts = Interrupts;
  bool InTime = takeStepAt(Me, A, Me.Site);
  if (Me.GaveUp) {
    // Where it is not cancelled, as that is disabled, it goes on.
    return testCancel(Me, In) ? Came::Interrupted : Came::Yes;
  }
  if (!InTime)
    progresses(Me);
  return !InTime ? Came::TimeUp : Me.ReallyWaits ? Came::WaitReally : Came::Yes;
}

/// \p Look makes the call without waiting, \p Nothing tells of its result that
/// nothing was there; \p Wait makes it for the given ns. \p TimeUp: the result
/// where time is up.
template <typename LookFunction, typename Test, typename WaitFunction>
auto waitForWorld(Controlled &Me, const char *Name, uint64_t Ns,
                  LookFunction Look, Test Nothing, WaitFunction Wait)
    -> decltype(Look()) {
  InController In(Me);
  bool CanCancel = testCancel(Me, In);
  uint64_t Until = Ns == Forever ? 0 : momentIn(Ns);
  takeStep(Me, {Op::Io});
  for (;;) {
    auto Result = In.real(Look);
    if (!Nothing(Result)) {
      ++TheRun.Transfers;
      progresses(Me);
      return Result;
    }
    if (!Ns) {
      repeats(Me);
      return Result;
    }
    CanCancel = CanCancel && !Me.Cancelled;
    switch (waitForMore(Me, In, Until, CanCancel, true)) {
    case Came::Yes:
      break;
    case Came::TimeUp:
      return Result;
    case Came::Interrupted:
      In.fails(EINTR);
      return decltype(Result)(-1);
    case Came::WaitReally:
      return In.outside(Name, [&] {
        return Wait(Ns == Forever        ? Forever
                    : Until > TheRun.Now ? Until - TheRun.Now
                                         : 0);
      });
    }
  }
}

} // namespace raddle::stress

#endif
