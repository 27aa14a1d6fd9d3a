// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one run under jitter or a controlled schedule leaves behind: a header,
// then records, in the machine's own byte order. The runner makes the file with
// its full size and maps it; the runtime in the program under test maps the
// same file (option run_log) and fills it, so that what is there outlives the
// process however it ends. It is used again for the next run: the runtime
// resets the header when it takes control.
//
// A record's Type is stored last. The first record with Type 0, or Head.Used,
// is the end; a reader checks every size and id, as the process may have
// written over it. Threads and objects are numbered from 1 in the order in
// which they were met: equal runs have equal numbers wherever things lie in
// memory.
#ifndef RADDLE_STRESS_LOG_RUNLOG_H
#define RADDLE_STRESS_LOG_RUNLOG_H

#include <stdint.h>

namespace raddle::stress {

inline constexpr char RunLogMagic[8] = {'R', 'D', 'L', 'R', 'U', 'N', 'L', 'G'};
inline constexpr uint32_t RunLogVersion = 1;

/// What the scheduler itself saw go wrong. Assertions, signals, exit codes and
/// sanitizer reports are seen by the runner.
enum class Verdict : uint32_t {
  None,
  Deadlock,   ///< No thread can run; at least two wait for each other, or one
              ///< for itself.
  LostWakeup, ///< No thread can run; one waits to be woken, and nobody is left
              ///< who would.
  Livelock,   ///< Threads run, but nothing has changed for very many steps.
  StepLimit,  ///< More steps than step_limit.
  Diverged,   ///< A strict replay did not go the way of its schedule.
};

/// Exit codes of a process that the scheduler ended, by verdict.
inline constexpr int ExitDeadlock = 24, ExitLivelock = 25, ExitDiverged = 26;

/// What a thread does at an event, or is about to do.
enum class Op : uint16_t {
  None,
  ThreadStart,
  ThreadEnd,
  Create,
  Join,
  Lock,
  TryLock,
  Unlock,
  SharedLock,
  TrySharedLock,
  Wait,   ///< Condition variable: releases the mutex and waits.
  Relock, ///< Takes the mutex again after Wait.
  Signal,
  Broadcast,
  SemaphoreWait,
  SemaphorePost,
  BarrierWait,
  FutexWait,
  FutexWake,
  Sleep,
  Yield,
  Io, ///< poll, read, accept and the like.
  Read,
  Write,
  AtomicLoad,
  AtomicStore,
  AtomicUpdate, ///< Exchange, fetch_add, compare_exchange and the like.
  Fence,
  Other, ///< Nothing of its own: after a call that let others go on, a thread
         ///< can be stopped once more; or a handler of a signal's has run.
  ConditionDestroy, ///< While others wait on it: libc waits for their end.
};

enum class RunRecordType : uint16_t {
  End,
  Module,
  Thread,
  Event,
  Switch,
  Delay,
  Final,
  Held,
  Uncontrolled,
  Object,
};

struct RunLogHead {
  char Magic[8];
  uint32_t Version;
  uint32_t HeaderSize; ///< The first record begins here.
  uint64_t FileSize;   ///< Set by the runner, with the three above.
  // What follows is the runtime's.
  uint64_t Used; ///< Bytes of records.
  uint64_t Lost; ///< Records that found no room; counts stay right.
  int32_t Pid;
  Verdict Found;
  uint64_t Seed;
  char Strategy[16]; ///< As in the option "schedule", or "jitter".
  uint64_t Events;   ///< Of all threads; what the hash goes over.
  uint64_t Points;   ///< Events at which the strategy was asked.
  uint64_t Switches, Preemptions;
  uint64_t Hash; ///< Of all events in order: thread, op, object, place.
  uint32_t Threads, Objects;
  uint64_t Delays, DelayNs; ///< Jitter: how many, how long together.
  uint64_t DurationNs;      ///< From taking control to the end, if it was seen.
};

struct RunRecord {
  RunRecordType Type;
  uint16_t Size; ///< With this header; a multiple of 8.
  uint32_t Thread;
};

/// A loaded object; ids count from 1 in order of records. The path follows,
/// zero-terminated.
struct RunModuleRecord {
  RunRecord Head;
  uint64_t Begin, End; ///< Addresses in that process.
  uint64_t Bias;       ///< Address minus Bias is the file's virtual address.
  uint8_t BuildId[20];
  uint32_t BuildIdSize;
};

/// Thread \p Head.Thread, which is met first here, was created by \p Parent, at
/// \p Pc; the name follows.
struct RunThreadRecord {
  RunRecord Head;
  uint32_t Parent, Reserved;
  uint64_t Pc;
};

/// Clock: how many events its thread had before this one; every event counts,
/// also those that were no points, so a schedule does not depend on what was
/// taken for a point.
struct RunEventRecord {
  RunRecord Head;
  Op Kind;
  uint16_t AccessSize;
  uint32_t Object;
  uint64_t Pc; ///< Return address into the program.
  uint64_t Clock;
};

/// Head.Thread stood before its event number Clock (or was waiting there), and
/// Next was let run.
struct RunSwitchRecord {
  enum Reason : uint32_t { Preempted, Blocked, Yielded, Ended };
  RunRecord Head;
  uint32_t Next;
  Reason Why;
  uint64_t Clock;
  uint64_t Pc; ///< Where it was stopped.
};

/// Jitter: a thread was held up; or (Affinity, Ns is 0) may use fewer cores
/// from now on, and those that it creates.
struct RunDelayRecord {
  enum Kind : uint32_t { Pause, YieldOnly, Priority, Affinity };
  RunRecord Head;
  Kind What;
  Op Before;      ///< The call it was about to make...
  uint16_t After; ///< ...or, if this is not 0, had just made.
  uint64_t Pc;
  uint64_t AtNs; ///< Since the start of the run.
  uint64_t Ns;
};

/// At a verdict, for each thread that has not ended: what it waits for, who has
/// that, and its stack (Frames return addresses follow, innermost first).
struct RunFinalRecord {
  RunRecord Head;
  Op Waits; ///< None: it could have run.
  uint16_t Frames;
  uint32_t Object;
  uint32_t Owner;   ///< Thread, or 0.
  uint32_t InCycle; ///< 1: part of the cycle.
  uint64_t Pc;      ///< Of the call that waits.
  uint64_t Clock;
};

/// At a verdict: Head.Thread holds Object since the call at Pc.
struct RunHeldRecord {
  RunRecord Head;
  uint32_t Object, Reserved;
  uint64_t Pc;
};

/// Something that no seed decides; the function's name follows. Once for each
/// place.
struct RunUncontrolledRecord {
  RunRecord Head;
  uint64_t Pc;
};

/// Object lies at Address: a reader can name variables that lie in a module. In
/// no hash, as addresses are others in each run.
struct RunObjectRecord {
  RunRecord Head;
  uint32_t Object, Reserved;
  uint64_t Address;
};

// Messages on the socket of the option fork_server (SOCK_SEQPACKET). The
// runtime sends the first one once the program has started up: Ready, and then
// answers each request with Started and Ended; or Refused, and then runs the
// program itself, with the options it has.
//
// A request is the text of options for one run, as in RADDLE_OPTIONS; they are
// put over those of the server. No request, but the end of the stream: exit.
struct ForkServerAnswer {
  enum Kind : uint32_t { Ready, Refused, Started, Ended, Failed };
  Kind What;
  int32_t Pid;
  int32_t Status; ///< Ended: as waitpid has it. Failed: errno.
};
inline constexpr unsigned MaxForkRequest = 8192;

} // namespace raddle::stress

#endif
