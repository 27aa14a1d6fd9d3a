// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happens to a thread's record over its life, however it was created.
#ifndef RADDLE_RUNTIME_INTERPOSE_THREADLIFE_H
#define RADDLE_RUNTIME_INTERPOSE_THREADLIFE_H

#include "runtime/Observers.h"
#include "runtime/Runtime.h"

namespace raddle {

/// A record for a thread that \p Parent is about to create at \p Site.
Thread *threadCreated(trace::ThreadKind Kind, Thread &Parent,
                      const CallSite &Site);
/// In the new thread, first of all. \p FrameAddress: of the start function.
void threadStarts(Thread &T, void *FrameAddress);
using StartRoutine = void *(*)(void *);
/// What the creator wants to run, where the table's pthread_create is called
/// with \p Start and \p Argument.
StartRoutine givenStart(StartRoutine Start, void *Argument);
/// In the creator, once \p Handle is set. It is read only if the thread has not
/// begun: later, the variable may be gone.
void threadHasHandle(uint32_t Id, const pthread_t *Handle);
/// The end of \p T, the calling thread, which was not started by us, will be
/// seen if it can be.
void seeEnd(Thread &T);
void threadJoined(uint32_t Id, Thread &By);
void threadDetached(uint32_t Id, Thread &By);

/// The number of the thread that \p Handle stands for, or 0.
inline uint32_t numberOf(pthread_t Handle) {
  InternalGuard G(TheRegistry.lock());
  Thread *T = TheRegistry.byHandle(Handle);
  return T ? T->Id : 0;
}

/// Runs a join under our eyes. \p Call does it and returns \p Success if the
/// thread was joined. A join that does not wait (\p Waits false) is a try.
template <typename Function>
int joinThread(pthread_t Handle, bool Timed, bool Waits, const CallSite &Site,
               Function Call, int Success = 0) {
  Thread *Me = observed();
  if (!Me)
    return Call();
  uint32_t Id = numberOf(Handle);
  int Result;
  if (Waits) {
    Waiting W(Me, trace::WaitKind::Join,
              reinterpret_cast<void *>(uintptr_t(Id)), Site, Timed);
    RADDLE_TELL(AboutToWait, *Me);
    Result = Call();
  } else {
    Result = Call();
  }
  if (Result == Success && Id)
    threadJoined(Id, *Me);
  return Result;
}

template <typename Function>
int detachThread(pthread_t Handle, Function Call, int Success = 0) {
  Thread *Me = observed();
  uint32_t Id = Me ? numberOf(Handle) : 0;
  int Result = Call();
  if (Result == Success && Id)
    threadDetached(Id, *Me);
  return Result;
}

} // namespace raddle

#endif
