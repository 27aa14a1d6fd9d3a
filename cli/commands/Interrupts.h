// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ctrl-C during many runs: what there is of results is still written.
#ifndef RADDLE_CLI_COMMANDS_INTERRUPTS_H
#define RADDLE_CLI_COMMANDS_INTERRUPTS_H

#include <atomic>

namespace raddle::cli {

/// Somebody has asked for an end. Whoever runs programs looks at it.
extern std::atomic<bool> Interrupted;

/// From now on SIGINT and SIGTERM set Interrupted. The first request is heeded
/// at leisure, a second one at once.
void heedInterrupts();

} // namespace raddle::cli

#endif
