// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A controlled run as the timeline that the report shows: a lane for each
// thread, the steps that matter, the locks held, and the story.
#ifndef RADDLE_CLI_STRESS_MAKETIMELINE_H
#define RADDLE_CLI_STRESS_MAKETIMELINE_H

#include "cli/findings/RunTime.h"
#include "cli/stress/RunPlaces.h"

namespace raddle::cli {

/// Of a run with records. Stacks are added to \p Into. \p Says: what went
/// wrong.
Timeline makeTimeline(const stress::RunRecords &Run, RunPlaces &Places,
                      llvm::StringRef Says, RunTime &Into);

} // namespace raddle::cli

#endif
