// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Words for what threads do.
#include "stress/schedule/Names.h"

namespace raddle::stress {

const char *opName(Op Kind) {
  switch (Kind) {
  case Op::None:
    return "nothing";
  case Op::ThreadStart:
    return "thread start";
  case Op::ThreadEnd:
    return "thread end";
  case Op::Create:
    return "create";
  case Op::Join:
    return "join";
  case Op::Lock:
    return "lock";
  case Op::TryLock:
    return "try-lock";
  case Op::Unlock:
    return "unlock";
  case Op::SharedLock:
    return "shared lock";
  case Op::TrySharedLock:
    return "shared try-lock";
  case Op::Wait:
    return "wait";
  case Op::Relock:
    return "relock after a wait";
  case Op::Signal:
    return "signal";
  case Op::Broadcast:
    return "broadcast";
  case Op::SemaphoreWait:
    return "semaphore wait";
  case Op::SemaphorePost:
    return "semaphore post";
  case Op::BarrierWait:
    return "barrier wait";
  case Op::FutexWait:
    return "futex wait";
  case Op::FutexWake:
    return "futex wake";
  case Op::Sleep:
    return "sleep";
  case Op::Yield:
    return "yield";
  case Op::Io:
    return "input or output";
  case Op::Read:
    return "read";
  case Op::Write:
    return "write";
  case Op::AtomicLoad:
    return "atomic load";
  case Op::AtomicStore:
    return "atomic store";
  case Op::AtomicUpdate:
    return "atomic update";
  case Op::Fence:
    return "fence";
  case Op::Other:
    return "other";
  case Op::ConditionDestroy:
    return "condition destroy";
  }
  return "?";
}

} // namespace raddle::stress
