// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What was seen at run time, beside findings and lock graph: the part "run" of
// docs/formats/report-data.md, which says what each field holds. Indices are
// into Stacks, the findings' graph, or the list they stand in.
#ifndef RADDLE_CLI_FINDINGS_RUNTIME_H
#define RADDLE_CLI_FINDINGS_RUNTIME_H

#include "cli/findings/Stress.h"
#include "lockorder/observed/Observed.h"
#include <optional>
#include <string>
#include <vector>

namespace raddle::cli {

using Index = std::optional<uint32_t>;

struct ProgramRun {
  std::string Command;
  uint32_t Pid = 0;
  int ExitCode = 0;
  double Seconds = 0;
  std::string Ending;
};

struct WaitsFor {
  std::string Kind, Text;
  Index Lock; ///< Into the graph's locks.
  std::string Owner;
  Index OwnerStack;
};

struct LeakGroup {
  std::string Kind, Name, State, Proof, Test;
  uint64_t Count = 1;
  Index Creation, Now;
  std::optional<WaitsFor> On;
  std::optional<double> Seconds;
  /// Who made it, who made that one, and so on: a sentence each. Only in what
  /// was just read from a trace; results keep them as notes of the finding.
  std::vector<std::string> Chain;
};

struct DeadlockThread {
  std::string Name;
  Index Stack;
  std::optional<WaitsFor> On;
  Index OwnerThread; ///< In the same deadlock.
  double Seconds = 0;
};

struct DeadlockView {
  std::string Kind;
  std::vector<DeadlockThread> Threads;
};

struct ContentionRow {
  Index Lock;
  std::string Name;
  uint64_t Waits = 0, LongWaits = 0, Holds = 0;
  double WaitTotal = 0, WaitMax = 0, HoldTotal = 0, HoldMax = 0;
  std::string WaitMaxThread, WaitMaxOwner, HoldMaxThread;
  Index WaitMaxStack, OwnerStack, HoldMaxStack;
};

struct SnapshotTime {
  double Seconds = 0;
  uint64_t Tasks = 0;
};

struct ProfileRow {
  std::string Kind;
  Index Stack, Creation;
  std::vector<uint64_t> Counts;
  double BlockedSeconds = 0;
  bool Grows = false;
};

struct RunTime {
  std::vector<ProgramRun> Programs; ///< Of which there are traces.
  std::vector<std::vector<lockorder::Frame>> Stacks;
  std::vector<LeakGroup> Leaks;
  std::vector<DeadlockView> Deadlocks;
  std::vector<ContentionRow> Contention; ///< Longest total wait first.
  std::vector<SnapshotTime> Snapshots;
  std::vector<ProfileRow> Profile;
  std::vector<StressView> Stress; ///< A campaign each.
};

/// False: only sources were looked at.
inline bool hasRun(const RunTime &R) {
  return !R.Programs.empty() || !R.Stress.empty();
}

} // namespace raddle::cli

#endif
