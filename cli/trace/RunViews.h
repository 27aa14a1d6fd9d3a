// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fills the views of RunTime from one trace after the other.
#ifndef RADDLE_CLI_TRACE_RUNVIEWS_H
#define RADDLE_CLI_TRACE_RUNVIEWS_H

#include "cli/findings/RunTime.h"
#include "cli/trace/IgnoreRules.h"
#include "cli/trace/Symbolise.h"
#include "lockorder/observed/Observed.h"
#include <map>
#include <set>
#include <tuple>

namespace raddle::cli {

class RunViews {
public:
  /// \p Graph: that of the report, which names locks.
  RunViews(RunTime &Out, Symboliser &Symbols,
           const lockorder::ObservedResult &Locks,
           const lockorder::LockOrderGraph &Graph);

  /// \p Run: the number of the trace in \p Locks.
  void add(const Trace &T, size_t Run);
  /// After the last one: order and totals.
  void finish();
  /// Ignore rules of the user's that let nothing pass.
  std::vector<std::string> unusedRules() const { return Rules.unused(); }

private:
  Index stack(uint32_t Id);
  /// Where a coroutine goes on.
  Index suspension(const TraceFrame &F);
  std::optional<WaitsFor> waitsFor(const TraceWait &W,
                                   const std::string &Detail);
  std::string lockName(uint32_t Lock);
  std::string variableAt(uint64_t Address);
  std::vector<std::string> chain(const TraceThread &Thread);
  Index lockIndex(uint32_t Lock);
  std::string owner(uint32_t Thread);
  void programs();
  void leaks();
  void deadlocks();
  void contention();
  void nameByStack(ContentionRow &R) const;
  void profile();

  RunTime &Out;
  Symboliser &Symbols;
  const lockorder::ObservedResult &Locks;
  const lockorder::LockOrderGraph &Graph;
  std::map<std::pair<std::string, unsigned>, uint32_t> LockAtLine;
  // Of the trace that is being added.
  const Trace *T = nullptr;
  size_t Run = 0;
  std::map<uint32_t, uint32_t> StackOf;
  std::map<std::pair<uint32_t, uint64_t>, Index> SuspensionOf;
  // Of all.
  IgnoreRules Rules;
  std::map<std::vector<lockorder::Frame>, uint32_t> KnownStacks;
  struct Group {
    size_t Index = 0, Run = 0;
    uint64_t Count = 0; ///< In that run.
  };
  using Key = std::tuple<std::string, std::string, std::string, Index, Index,
                         std::string, std::string, std::string>;
  std::map<Key, Group> Groups; ///< Of leaks.
  std::set<std::pair<std::string, std::vector<Index>>> KnownDeadlocks;
  std::map<std::pair<Index, std::string>, size_t> RowOf; ///< Contention.
};

} // namespace raddle::cli

#endif
