// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RADDLE_CLI_OUTPUT_JUNITSTRESS_H
#define RADDLE_CLI_OUTPUT_JUNITSTRESS_H

#include "cli/findings/RunTime.h"
#include "llvm/Support/raw_ostream.h"

namespace raddle::cli::output {

struct StressCounts {
  size_t Tests = 0;
  size_t Failures = 0; ///< Without flaky tests.
};
StressCounts countStress(const RunTime &Run);

/// A suite for each campaign.
void writeJUnitStress(const RunTime &Run, llvm::raw_ostream &Out);

} // namespace raddle::cli::output

#endif
