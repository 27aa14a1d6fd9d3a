// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happens to a thread's record over its life, however it was created.
#ifndef RADDLE_RUNTIME_INTERPOSE_THREADLIFE_H
#define RADDLE_RUNTIME_INTERPOSE_THREADLIFE_H

#include "runtime/thread/Thread.h"

namespace raddle {

/// A record for a thread that \p Parent is about to create at \p Site.
Thread *threadCreated(trace::ThreadKind Kind, Thread &Parent,
                      const CallSite &Site);
/// In the new thread, first of all. \p FrameAddress: of the start function.
void threadStarts(Thread &T, void *FrameAddress);
/// In the creator, once \p Handle is set. It is read only if the thread has not
/// begun: later, the variable may be gone.
void threadHasHandle(uint32_t Id, const pthread_t *Handle);
void threadJoined(uint32_t Id, Thread &By);
void threadDetached(uint32_t Id, Thread &By);

} // namespace raddle

#endif
