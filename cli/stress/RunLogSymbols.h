// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads, places and objects of a run log, as people know them.
#ifndef RADDLE_CLI_STRESS_RUNLOGSYMBOLS_H
#define RADDLE_CLI_STRESS_RUNLOGSYMBOLS_H

#include "cli/findings/RunTime.h"
#include "cli/trace/Symbolise.h"
#include "stress/runner/Run.h"

namespace raddle::cli {

class RunLogSymbols {
public:
  /// Stacks become part of \p Run, each once. All three are kept by reference.
  RunLogSymbols(const stress::RunRecords &Records, Symboliser &Symbols,
                RunTime &Run);

  /// Return addresses, innermost first; nothing for none.
  Index stack(llvm::ArrayRef<uint64_t> Addresses);
  /// As traces have it: "thread 2 'worker'", "the main thread".
  std::string threadName(uint32_t Thread) const;
  /// The variable that \p Object is; "" if that is not known.
  std::string objectName(uint32_t Object);
  /// Who waits for whom at the end of the run: the cycle, or all that wait.
  DeadlockView deadlock();

private:
  uint32_t moduleAt(uint64_t Address) const;
  std::optional<WaitsFor> waitsFor(const stress::RunFinal &F);

  const stress::RunRecords &Records;
  Symboliser &Symbols;
  RunTime &Run;
  Trace Modules; ///< Modules only: what the symboliser asks for.
  std::map<std::vector<uint64_t>, Index> Known;
};

} // namespace raddle::cli

#endif
