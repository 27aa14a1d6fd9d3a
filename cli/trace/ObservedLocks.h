// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RADDLE_CLI_TRACE_OBSERVEDLOCKS_H
#define RADDLE_CLI_TRACE_OBSERVEDLOCKS_H

#include "cli/trace/Symbolise.h"

namespace raddle::cli {

/// What the search for lock-order inversions needs of \p T, with symbols.
/// Indices of the result are those of \p T.
lockorder::ObservedRun observedLocks(const Trace &T, Symboliser &Symbols);

/// "thread 3 'worker'", "the main thread".
std::string threadName(const TraceThread &T);

} // namespace raddle::cli

#endif
