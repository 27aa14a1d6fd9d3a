// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The trace of one process: a header, then records, in the machine's own byte
// order. Written by the runtime through a shared mapping, so that what is
// written outlives the process however it ends; read by the command line.
//
// A record's Type is stored last. The first record with Type 0, or the end of
// the file, is the end of what was written; a reader checks every size, count
// and id, as the file may be cut off or made to harm.
//
// Plain structs of fixed layout. A variable part (an array, then a string)
// follows its struct; Size covers both and is a multiple of 8. Ids count from
// 1 and are written before they are used; 0 is "not known". Times are
// CLOCK_MONOTONIC in ns. Addresses are those of the traced process.
#ifndef RADDLE_RUNTIME_TRACE_TRACEFORMAT_H
#define RADDLE_RUNTIME_TRACE_TRACEFORMAT_H

#include <stdint.h>

namespace raddle::trace {

inline constexpr char Magic[8] = {'R', 'D', 'L', 'T', 'R', 'A', 'C', 'E'};
inline constexpr uint32_t Version = 1;

enum Observer : uint32_t {
  ObserverLeaks = 1,
  ObserverLocks = 2,
  ObserverDeadlocks = 4,
  ObserverProfile = 8,
};

enum class Ending : uint32_t {
  Running, ///< Also: killed, or _exit was reached behind the runtime's back.
  Exited,  ///< ExitCode is what the program asked for.
  Execed,  ///< Replaced itself by another program.
  NoSpace, ///< The disk was full; the program went on without a trace.
};

struct Header {
  char Magic[8];
  uint32_t Version;
  uint32_t HeaderSize; ///< The first record begins here.
  uint32_t Pid;
  uint32_t Observers; ///< Bits of Observer.
  uint64_t StartRealtime, StartMonotonic;
  /// Counted up by who wants a snapshot of all tasks; the runtime follows with
  /// SnapshotsDone when it is written.
  uint32_t SnapshotsWanted, SnapshotsDone;
  Ending End;
  int32_t ExitCode;
  uint64_t Lost; ///< Records that found no room (disk full, re-entered).
  uint64_t EndMonotonic;
};

enum class RecordType : uint32_t {
  End,
  Program,
  Module,
  ModuleGone,
  Stack,
  Thread,
  ThreadName,
  ThreadEnd,
  ThreadJoin,
  ThreadDetach,
  Lock,
  LockGone,
  Acquisition,
  ConditionWait,
  ConditionSignal,
  LockStats,
  Task,
  Leak,
  Deadlock,
  Snapshot,
  SnapshotEntry,
  IgnoreRule,
  Message,
};

struct Record {
  RecordType Type;
  uint32_t Size; ///< With this struct and the variable part.
};

/// Once, first. Then the executable's path, 0, and the arguments, each ended
/// by 0.
struct ProgramRecord : Record {
  uint32_t Arguments;
  uint32_t TextLength; ///< All bytes that follow, with the zeroes.
};

/// A mapped file. Stacks that come later and lie in [Start, End) are in it.
/// Then BuildIdLength bytes, then the path, PathLength bytes.
struct ModuleRecord : Record {
  uint32_t Id;
  uint32_t BuildIdLength;
  uint64_t Bias; ///< Run-time address minus address in the file.
  uint64_t Start, End;
  uint32_t PathLength;
  uint32_t Unused;
};

struct ModuleGoneRecord : Record {
  uint32_t Id;
  uint32_t Unused;
};

enum StackFlags : uint32_t {
  /// Frame 0 is the interrupted instruction itself; all others, and frame 0
  /// without this flag, are return addresses: look up one byte before.
  StackExactTop = 1,
  StackTruncated = 2, ///< There were more frames than were kept.
};

/// Then Count addresses (uint64_t), innermost first.
struct StackRecord : Record {
  uint32_t Id;
  uint32_t Flags;
  uint32_t Count;
  uint32_t Unused;
};

enum class ThreadKind : uint32_t {
  Main,
  Pthread, ///< pthread_create: also std::thread, std::async, OpenMP.
  C11,     ///< thrd_create.
  Foreign, ///< Met first in a call of its own; started behind our back.
};

struct ThreadRecord : Record {
  uint32_t Id;
  uint32_t Tid; ///< 0 until it has run; the kernel's number.
  ThreadKind Kind;
  uint32_t Parent;
  /// What the parent did in segments up to this one came before the thread. A
  /// thread's segment is counted up after each create and each join.
  uint32_t ParentSegment;
  uint32_t CreationStack;
  uint64_t StartRoutine;
  uint64_t Time;
};

/// Then NameLength bytes.
struct ThreadNameRecord : Record {
  uint32_t Thread;
  uint32_t NameLength;
};

struct ThreadEndRecord : Record {
  uint32_t Thread;
  uint32_t Unused;
  uint64_t Time;
};

/// What By does in Segment and later came after the thread.
struct ThreadJoinRecord : Record {
  uint32_t Thread;
  uint32_t By;
  uint32_t Segment;
  uint32_t Unused;
  uint64_t Time;
};

struct ThreadDetachRecord : Record {
  uint32_t Thread;
  uint32_t By;
};

enum class LockKind : uint32_t {
  Unknown,
  Mutex,
  RecursiveMutex,
  ErrorCheckMutex,
  RwLock,
  SpinLock,
  Semaphore,
  Barrier,
  Condition,
  Futex,
};

/// A lock gets a record when it first matters: nested, waited for long, part
/// of a deadlock. A lock that lived at the same address before is another.
struct LockRecord : Record {
  uint32_t Id;
  LockKind Kind;
  uint64_t Address;
  uint32_t Module; ///< Id of the module whose data it is in, or 0.
  uint32_t Unused;
};

struct LockGoneRecord : Record {
  uint32_t Lock;
  uint32_t Unused;
};

enum class Mode : uint32_t { Exclusive, Shared };

enum AcquisitionFlags : uint32_t {
  AcquiredByTry = 1, ///< It did not wait: not an edge, but held afterwards.
  AcquiredTimed = 2, ///< It would have given up after some time.
  AcquiredAgain = 4, ///< Recursive, already held by the thread.
};

struct Held {
  uint32_t Lock;
  uint32_t Mode;  ///< trace::Mode.
  uint32_t Stack; ///< Where it was acquired.
  uint32_t Flags; ///< AcquisitionFlags.
};

/// A lock was taken while others were held. Written once for each (held locks,
/// lock, sites, thread, segment), then no more. Then HeldCount times Held, in
/// order of acquisition.
struct AcquisitionRecord : Record {
  uint32_t Lock;
  Mode How;
  uint32_t Flags;
  uint32_t Thread;
  uint32_t Segment;
  uint32_t Stack;
  uint32_t HeldCount;
  uint32_t Unused;
};

/// A wait on a condition variable while other locks than its mutex are held.
/// Then HeldCount times Held, without the mutex.
struct ConditionWaitRecord : Record {
  uint32_t Condition; ///< A lock id, of LockKind::Condition.
  uint32_t Mutex;
  uint32_t Thread;
  uint32_t Segment;
  uint32_t Stack;
  uint32_t HeldCount;
  uint32_t Timed; ///< 1: with a time limit.
  uint32_t Unused;
};

/// A signal or broadcast, once for each (condition, held locks, thread,
/// segment). Then HeldCount times Held.
struct ConditionSignalRecord : Record {
  uint32_t Condition;
  uint32_t Thread;
  uint32_t Segment;
  uint32_t Stack;
  uint32_t HeldCount;
  uint32_t Unused;
};

/// Counted up in place as long as the process lives.
struct LockStatsRecord : Record {
  uint32_t Lock;
  uint32_t Unused;
  uint64_t Contended;                   ///< Acquisitions that had to wait.
  uint64_t WaitTotal;                   ///< ns, of all of them.
  uint64_t LongWaits;                   ///< Of at least 1 ms.
  uint64_t WaitMax;                     ///< ns
  uint32_t WaitMaxThread, WaitMaxOwner; ///< Owner: thread that held it then.
  uint32_t WaitMaxStack, WaitMaxOwnerStack;
  uint64_t HoldSamples; ///< Acquisitions whose hold time was measured.
  uint64_t HoldTotal;   ///< ns, of these.
  uint64_t HoldMax;
  uint32_t HoldMaxThread, HoldMaxStack;
};

enum class TaskKind : uint32_t {
  Thread,
  Timer,     ///< timer_create.
  TimerFd,   ///< timerfd_create.
  Task,      ///< Reported through raddle/task.h.
  Coroutine, ///< A suspended frame.
};

enum class TaskState : uint32_t {
  Running,
  Blocked,
  FinishedUnjoined,
  Queued, ///< Created, never started.
  Suspended,
  Armed, ///< A timer that will fire.
  Idle,  ///< A timer that will not.
};

enum class WaitKind : uint32_t {
  None,
  Mutex,
  RwLockRead,
  RwLockWrite,
  SpinLock,
  Condition,
  Semaphore,
  Barrier,
  Join,
  Futex, ///< syscall(SYS_futex): atomic wait, latch, counting_semaphore.
  Sleep,
  Poll,       ///< poll, select, epoll_wait.
  Signal,     ///< sigwait, pause.
  SystemCall, ///< Object: its number; Detail says which file.
  /// Of a condition variable that others still wait for.
  ConditionDestroy,
};

/// A wait that is under way.
struct Wait {
  WaitKind Kind;
  uint32_t Timed;      ///< 1: ends by itself after some time.
  uint64_t Object;     ///< Address, or what Kind says.
  uint32_t Lock;       ///< Id of the lock at Object, or 0.
  uint32_t Mutex;      ///< Of a condition variable's wait.
  uint32_t Owner;      ///< Thread that holds it (or is joined), or 0.
  uint32_t OwnerStack; ///< Where it was acquired, or 0.
  uint64_t Since;
};

enum class Proof : uint32_t {
  None,
  OwnerExited, ///< Waits on a lock whose owner has ended.
  OwnerLeaked, ///< Waits on a lock whose owner is leaked itself.
  Cycle,
  Self,        ///< Waits on what it holds.
  Unreachable, ///< Nothing outside leaked tasks refers to the object.
};

/// A task that is no thread, when it becomes part of something.
/// Then NameLength bytes.
struct TaskRecord : Record {
  uint32_t Id; ///< Of a numbering of its own.
  TaskKind Kind;
  uint32_t CreationStack;
  uint32_t CreatedBy; ///< Thread.
  uint64_t Time;
  uint64_t Address; ///< Coroutine: its frame; timer fd: the descriptor.
  uint32_t NameLength;
  uint32_t Unused;
};

/// Then TestLength bytes: the test that started it; then DetailLength bytes:
/// what a system call waits for ("pipe:[123], read end, fd 5").
struct LeakRecord : Record {
  TaskKind Kind;
  uint32_t Id; ///< Of a thread, else of a task.
  TaskState State;
  uint32_t Stack; ///< Where it is now, or 0.
  Wait On;
  Proof Proven;
  uint32_t Check; ///< 0: at exit; else the number of the check that found it.
  uint64_t Time;
  uint64_t ResumePoint; ///< Coroutine: its resume function.
  /// Coroutine: which suspension, from 1, the initial one; 0: not known. Stack
  /// is then where it goes on.
  uint32_t ResumeIndex;
  uint32_t TestLength;
  uint32_t DetailLength;
  uint32_t Unused;
};

enum class DeadlockKind : uint32_t {
  Cycle,
  SelfLock,
  SelfJoin,
  OwnerExited,
  AllBlocked,
  Stall, ///< A wait longer than the limit; no deadlock is known.
};

struct DeadlockThread {
  uint32_t Thread;
  uint32_t Stack; ///< Where it waits.
  Wait On;
};

/// Then Count times DeadlockThread: the cycle in order (each waits for the
/// next), or all threads.
struct DeadlockRecord : Record {
  DeadlockKind Kind;
  uint32_t Count;
  uint64_t Time;
};

/// Then Count SnapshotEntry records.
struct SnapshotRecord : Record {
  uint32_t Number;
  uint32_t Count;
  uint64_t Time;
};

struct SnapshotEntryRecord : Record {
  TaskKind Kind;
  uint32_t Id;
  TaskState State;
  uint32_t Stack;
  uint32_t CreationStack;
  uint32_t Alike; ///< Tasks with the same state and stacks, at least 1.
  Wait On;        ///< Of the one that waits longest.
};

enum class RuleOrigin : uint32_t { BuiltIn, Option, File, Code };

/// At the end: a rule and how many tasks it let pass.
/// Then TextLength bytes: the rule; then ReasonLength bytes.
struct IgnoreRuleRecord : Record {
  RuleOrigin Origin;
  uint32_t Matches;
  uint32_t TextLength;
  uint32_t ReasonLength;
};

/// Something a user should know, as text of TextLength bytes.
struct MessageRecord : Record {
  uint32_t TextLength;
  uint32_t Unused;
};

} // namespace raddle::trace

#endif
