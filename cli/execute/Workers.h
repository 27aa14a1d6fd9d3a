// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs translation units through frontend processes.
#ifndef RADDLE_CLI_EXECUTE_WORKERS_H
#define RADDLE_CLI_EXECUTE_WORKERS_H

#include "cli/execute/Protocol.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace raddle::cli {

struct WorkerOptions {
  std::string Executable; ///< raddle-frontend.
  unsigned Jobs = 1;
  uint64_t MemoryLimit = uint64_t(4) << 30; ///< Bytes per worker; 0: none.
  std::chrono::seconds UnitTimeout{600};    ///< 0: none.
  /// A worker that occupies more than this is replaced by a fresh one.
  uint64_t RestartAboveKiB = uint64_t(1) << 20;
};

/// raddle-frontend, beside the running program or in ../libexec/raddle.
llvm::Expected<std::string> findFrontend();

/// Runs \p Count requests on up to Jobs processes, in order of their number.
/// \p Make is called from several threads, \p Done from one at a time. A unit
/// that crashes its worker, or exceeds a limit, gets a reply with Failure; the
/// others go on in a new worker.
void runWorkers(size_t Count, llvm::function_ref<Request(size_t)> Make,
                llvm::function_ref<void(size_t, Reply)> Done,
                const WorkerOptions &Options);

} // namespace raddle::cli

#endif
