// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/TraceWords.h"
#include <sys/syscall.h>

using namespace llvm;

namespace raddle::cli {

StringRef taskKindName(trace::TaskKind Kind) {
  switch (Kind) {
  case trace::TaskKind::Thread:
    return "thread";
  case trace::TaskKind::Timer:
    return "timer";
  case trace::TaskKind::TimerFd:
    return "timer-fd";
  case trace::TaskKind::Task:
    return "task";
  case trace::TaskKind::Coroutine:
    return "coroutine";
  }
  return "task";
}

StringRef waitKindName(trace::WaitKind Kind) {
  switch (Kind) {
  case trace::WaitKind::None:
    break;
  case trace::WaitKind::Mutex:
    return "mutex";
  case trace::WaitKind::RwLockRead:
    return "rwlock-read";
  case trace::WaitKind::RwLockWrite:
    return "rwlock-write";
  case trace::WaitKind::SpinLock:
    return "spinlock";
  case trace::WaitKind::Condition:
    return "condition";
  case trace::WaitKind::Semaphore:
    return "semaphore";
  case trace::WaitKind::Barrier:
    return "barrier";
  case trace::WaitKind::Join:
    return "join";
  case trace::WaitKind::Futex:
    return "futex";
  case trace::WaitKind::Sleep:
    return "sleep";
  case trace::WaitKind::Poll:
    return "poll";
  case trace::WaitKind::Signal:
    return "signal";
  case trace::WaitKind::SystemCall:
    return "system-call";
  case trace::WaitKind::ConditionDestroy:
    return "condition-destroy";
  }
  return "";
}

std::string systemCallName(uint64_t Number) {
  switch (Number) {
#define RADDLE_SYSTEM_CALL(Name, Text, TakesFile, Restarts)                    \
  case SYS_##Name:                                                             \
    return Text;
#include "leak_tracker/track/SystemCalls.def"
#undef RADDLE_SYSTEM_CALL
  default:
    return std::to_string(Number);
  }
}

StringRef stateName(trace::TaskState State) {
  switch (State) {
  case trace::TaskState::Running:
    return "running";
  case trace::TaskState::Blocked:
    return "blocked";
  case trace::TaskState::FinishedUnjoined:
    return "finished-unjoined";
  case trace::TaskState::Queued:
    return "queued";
  case trace::TaskState::Suspended:
    return "suspended";
  case trace::TaskState::Armed:
    return "armed";
  case trace::TaskState::Idle:
    return "idle";
  }
  return "running";
}

StringRef proofName(trace::Proof Proof) {
  switch (Proof) {
  case trace::Proof::None:
    return "";
  case trace::Proof::OwnerExited:
    return "owner-exited";
  case trace::Proof::OwnerLeaked:
    return "owner-leaked";
  case trace::Proof::Cycle:
    return "cycle";
  case trace::Proof::Self:
    return "self";
  case trace::Proof::Unreachable:
    return "unreachable";
  }
  return "";
}

StringRef deadlockName(trace::DeadlockKind Kind) {
  switch (Kind) {
  case trace::DeadlockKind::Cycle:
    return "cycle";
  case trace::DeadlockKind::SelfLock:
    return "self-lock";
  case trace::DeadlockKind::SelfJoin:
    return "self-join";
  case trace::DeadlockKind::OwnerExited:
    return "owner-exited";
  case trace::DeadlockKind::AllBlocked:
    return "all-blocked";
  case trace::DeadlockKind::Stall:
    return "stall";
  }
  return "stall";
}

StringRef endingName(trace::Ending End) {
  switch (End) {
  case trace::Ending::Running:
    return "running";
  case trace::Ending::Exited:
    return "exited";
  case trace::Ending::Execed:
    return "execed";
  case trace::Ending::NoSpace:
    return "no-space";
  }
  return "running";
}

} // namespace raddle::cli
