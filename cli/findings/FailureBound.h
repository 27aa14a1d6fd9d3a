// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RADDLE_CLI_FINDINGS_FAILUREBOUND_H
#define RADDLE_CLI_FINDINGS_FAILUREBOUND_H

#include <cstdint>

namespace raddle::cli {

/// Upper end of the one-sided 95 % confidence interval of a failure rate, after
/// \p Failures in \p Runs independent runs (Clopper and Pearson, Biometrika
/// 1934). Without a failure that is 1 - 0.05^(1/runs), about 3/runs. 1 without
/// runs.
double failureBound(uint64_t Failures, uint64_t Runs);

} // namespace raddle::cli

#endif
