// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The words that the report's data (docs/formats/report-data.md) has for the
// enumerations of a trace. "" where there is nothing to say.
#ifndef RADDLE_CLI_TRACE_TRACEWORDS_H
#define RADDLE_CLI_TRACE_TRACEWORDS_H

#include "runtime/trace/TraceFormat.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace raddle::cli {

/// "thread", "timer", "timer-fd", "task", "coroutine": findings too.
llvm::StringRef taskKindName(trace::TaskKind Kind);
/// "blocked", "finished-unjoined".
llvm::StringRef stateName(trace::TaskState State);
/// "mutex", "system-call".
llvm::StringRef waitKindName(trace::WaitKind Kind);
/// "owner-exited"; "": not proven.
llvm::StringRef proofName(trace::Proof Proof);
/// "cycle", "self-lock".
llvm::StringRef deadlockName(trace::DeadlockKind Kind);
/// "exited", "no-space".
llvm::StringRef endingName(trace::Ending End);
/// "epoll_wait", or the number of a call that is not in SystemCalls.def.
std::string systemCallName(uint64_t Number);

} // namespace raddle::cli

#endif
