// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A run log as text, a line for each event.
#ifndef RADDLE_CLI_STRESS_EVENTLOG_H
#define RADDLE_CLI_STRESS_EVENTLOG_H

#include "cli/stress/RunPlaces.h"
#include "llvm/Support/raw_ostream.h"

namespace raddle::cli {

void printEvents(const stress::RunRecords &Run, RunPlaces &Places,
                 llvm::raw_ostream &Out);
/// Jitter: each time that a thread was held up.
void printDelays(const stress::RunRecords &Run, RunPlaces &Places,
                 llvm::raw_ostream &Out);

} // namespace raddle::cli

#endif
