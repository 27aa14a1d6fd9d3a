// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stress/OpWords.h"
#include "cli/stress/RunSlices.h"

using namespace llvm;

namespace raddle::cli {

using stress::Op;

Verb verbOf(Op Kind) {
  switch (Kind) {
  case Op::ThreadStart:
    return {"start", "starts", "started"};
  case Op::ThreadEnd:
    return {"end", "ends", "ended"};
  case Op::Create:
    return {"create", "makes a thread", "made a thread"};
  case Op::Join:
    return {"join", "joins a thread", "joined a thread"};
  case Op::Lock:
    return {"lock", "locks", "locked"};
  case Op::TryLock:
    return {"try to lock", "tries to lock", "tried to lock"};
  case Op::Unlock:
    return {"unlock", "unlocks", "unlocked"};
  case Op::SharedLock:
    return {"lock shared", "takes a shared lock of", "took a shared lock of"};
  case Op::TrySharedLock:
    return {"try to lock shared", "tries to take a shared lock of",
            "tried to take a shared lock of"};
  case Op::Wait:
    return {"wait", "waits on", "waited on"};
  case Op::Relock:
    return {"lock again", "locks again", "locked again"};
  case Op::Signal:
    return {"signal", "signals", "signalled"};
  case Op::Broadcast:
    return {"broadcast", "wakes all of", "woke all of"};
  case Op::SemaphoreWait:
    return {"semaphore wait", "waits for", "waited for"};
  case Op::SemaphorePost:
    return {"semaphore post", "posts", "posted"};
  case Op::BarrierWait:
    return {"barrier wait", "waits at", "waited at"};
  case Op::FutexWait:
    return {"futex wait", "waits for a change of", "waited for a change of"};
  case Op::FutexWake:
    return {"futex wake", "wakes who waits for", "woke who waits for"};
  case Op::Sleep:
    return {"sleep", "sleeps", "slept"};
  case Op::Yield:
    return {"yield", "yields", "yielded"};
  case Op::Io:
    return {"I/O", "reads or writes a file", "read or wrote a file"};
  case Op::Read:
    return {"read", "reads", "read"};
  case Op::Write:
    return {"write", "writes", "wrote"};
  case Op::AtomicLoad:
    return {"atomic load", "loads", "loaded"};
  case Op::AtomicStore:
    return {"atomic store", "stores to", "stored to"};
  case Op::AtomicUpdate:
    return {"atomic update", "updates", "updated"};
  case Op::Fence:
    return {"fence", "passes a fence", "passed a fence"};
  case Op::ConditionDestroy:
    return {"condition destroy", "waits until nobody waits for",
            "destroyed, with threads that waited for it,"};
  case Op::None:
  case Op::Other:
    break;
  }
  return {"step", "goes on", "went on"};
}

namespace {

/// What is waited for, where it has no name.
StringRef nameless(Op Kind) {
  switch (Kind) {
  case Op::Wait:
  case Op::Signal:
  case Op::Broadcast:
  case Op::ConditionDestroy:
    return "a condition variable";
  case Op::SemaphoreWait:
  case Op::SemaphorePost:
    return "a semaphore";
  case Op::BarrierWait:
    return "a barrier";
  case Op::FutexWait:
  case Op::FutexWake:
  case Op::AtomicLoad:
  case Op::AtomicStore:
  case Op::AtomicUpdate:
    return "an atomic";
  case Op::Read:
  case Op::Write:
    return "a variable";
  default:
    return "a lock";
  }
}

} // namespace

bool hasObject(Op Kind) {
  return isAccess(Kind) || isOnLock(Kind) || Kind == Op::FutexWait ||
         Kind == Op::FutexWake;
}

StringRef opName(Op Kind) { return verbOf(Kind).Name; }

std::string objectText(RunPlaces &Places, const stress::RunEventRecord &E) {
  const std::string &Name = E.Object ? Places.object(E.Object) : "";
  return Name.empty() ? nameless(E.Kind).str() : "'" + Name + "'";
}

} // namespace raddle::cli
