// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The stacks of the run that a finding is about.
#ifndef RADDLE_CLI_OUTPUT_RUNSTACKS_H
#define RADDLE_CLI_OUTPUT_RUNSTACKS_H

#include "cli/findings/Finding.h"

namespace raddle::cli::output {

struct TitledStack {
  std::string
      Title; ///< "thread 2 'worker' waits for the mutex 'Cache::mutex_'"
  const std::vector<lockorder::Frame> *Frames; ///< Not empty.
};

/// Of a leak: where it is, who holds what it waits for, where it was made; of a
/// deadlock: where each thread is. Of very many threads only the first.
std::vector<TitledStack> stacksOf(const RunTime &Run,
                                  const lockorder::Diagnosis &D);

/// Where to look first: the finding's place, or else what its steps and stacks
/// say, and be it only a module's file. May still be empty.
lockorder::Place placeOf(const RunTime &Run, const lockorder::Diagnosis &D);

} // namespace raddle::cli::output

#endif
