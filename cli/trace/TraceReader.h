// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A trace as plain data. What is read may be cut off, still be written, or be
// made to harm: every size, count and id is checked, what is broken is named in
// Warnings, and all that came before it is kept.
//
// Ids of the file become indices into the vectors here: 1 and up in the order
// of the records; element 0 of each stands for "not known". So an index in a
// Trace is always in range, whatever the file said.
#ifndef RADDLE_CLI_TRACE_TRACEREADER_H
#define RADDLE_CLI_TRACE_TRACEREADER_H

#include "runtime/trace/TraceFormat.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace raddle::cli {

struct TraceModule {
  std::string Path, BuildId; ///< BuildId: its bytes.
  uint64_t Bias = 0, Start = 0, End = 0;
};

struct TraceFrame {
  uint64_t Address = 0;
  uint32_t Module = 0;
  bool operator==(const TraceFrame &) const = default;
};

struct TraceStack {
  std::vector<TraceFrame> Frames; ///< Innermost first.
  bool ExactTop = false, Truncated = false;
};

struct TraceThread {
  uint32_t Number = 0; ///< The id in the file, for people.
  uint32_t Tid = 0;
  trace::ThreadKind Kind = trace::ThreadKind::Pthread;
  uint32_t Parent = 0, ParentSegment = 0, CreationStack = 0;
  TraceFrame StartRoutine;
  uint64_t Time = 0;
  std::string Name;
  std::optional<uint64_t> Ended;
  bool Joined = false, Detached = false;
};

struct TraceLock {
  trace::LockKind Kind = trace::LockKind::Unknown;
  uint64_t Address = 0;
  uint32_t Module = 0;
};

struct TraceHeld {
  uint32_t Lock = 0, Stack = 0, Flags = 0;
  trace::Mode How = trace::Mode::Exclusive;
};

struct TraceAcquisition {
  uint32_t Lock = 0, Thread = 0, Segment = 0, Stack = 0, Flags = 0;
  trace::Mode How = trace::Mode::Exclusive;
  std::vector<TraceHeld> Held;
};

struct TraceJoin {
  uint32_t Thread = 0, By = 0, Segment = 0;
};

struct TraceConditionWait {
  uint32_t Condition = 0, Mutex = 0, Thread = 0, Segment = 0, Stack = 0;
  bool Timed = false;
  std::vector<TraceHeld> Held;
};

struct TraceConditionSignal {
  uint32_t Condition = 0, Thread = 0, Segment = 0, Stack = 0;
  std::vector<TraceHeld> Held;
};

/// Ids in it are indices too.
using TraceLockStats = trace::LockStatsRecord;
using TraceWait = trace::Wait;

struct TraceTask {
  trace::TaskKind Kind = trace::TaskKind::Task;
  uint32_t CreationStack = 0, CreatedBy = 0;
  uint64_t Time = 0, Address = 0;
  std::string Name;
};

struct TraceLeak {
  trace::TaskKind Kind = trace::TaskKind::Thread;
  uint32_t Thread = 0, Task = 0; ///< One of them, by Kind.
  trace::TaskState State = trace::TaskState::Running;
  uint32_t Stack = 0;
  TraceWait On = {};
  trace::Proof Proven = trace::Proof::None;
  uint32_t Check = 0;
  uint64_t Time = 0;
  TraceFrame ResumePoint;
  uint32_t ResumeIndex = 0;
  std::string Test, Detail;
};

struct TraceDeadlockThread {
  uint32_t Thread = 0, Stack = 0;
  TraceWait On = {};
};

struct TraceDeadlock {
  trace::DeadlockKind Kind = trace::DeadlockKind::Cycle;
  uint64_t Time = 0;
  std::vector<TraceDeadlockThread> Threads;
};

struct TraceSnapshotEntry {
  trace::TaskKind Kind = trace::TaskKind::Thread;
  uint32_t Thread = 0, Task = 0;
  trace::TaskState State = trace::TaskState::Running;
  uint32_t Stack = 0, CreationStack = 0, Alike = 1;
  TraceWait On = {};
};

struct TraceSnapshot {
  uint32_t Number = 0;
  uint64_t Time = 0;
  std::vector<TraceSnapshotEntry> Entries;
};

struct TraceRule {
  trace::RuleOrigin Origin = trace::RuleOrigin::BuiltIn;
  uint32_t Matches = 0;
  std::string Text, Reason;
};

struct Trace {
  std::string File;
  trace::Header Head = {};
  std::string Program; ///< Path of the executable.
  std::vector<std::string> Arguments;
  std::vector<TraceModule> Modules;
  std::vector<TraceStack> Stacks;
  std::vector<TraceThread> Threads;
  std::vector<TraceLock> Locks;
  std::vector<TraceTask> Tasks;
  std::vector<TraceJoin> Joins;
  std::vector<TraceAcquisition> Acquisitions;
  std::vector<TraceConditionWait> ConditionWaits;
  std::vector<TraceConditionSignal> ConditionSignals;
  std::vector<TraceLockStats> LockStats;
  std::vector<TraceLeak> Leaks;
  std::vector<TraceDeadlock> Deadlocks;
  std::vector<TraceSnapshot> Snapshots;
  std::vector<TraceRule> Rules;
  std::vector<std::string> Messages;
  /// What is broken, each with file and offset.
  std::vector<std::string> Warnings;
};

/// \p Bytes starts as a trace does.
bool isTrace(llvm::StringRef Bytes);
bool isTraceFile(llvm::StringRef Path);

/// \p Name stands for the file. Fails only if there is no usable header.
llvm::Expected<Trace> parseTrace(llvm::StringRef Bytes, llvm::StringRef Name);
/// Reads the file, rather than mapping it: the runtime cuts it to size.
llvm::Expected<Trace> readTrace(llvm::StringRef Path);

} // namespace raddle::cli

#endif
