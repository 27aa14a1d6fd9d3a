// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which reports of different runs are of the same bug.
#ifndef RADDLE_STRESS_RUNNER_REPORTKEY_H
#define RADDLE_STRESS_RUNNER_REPORTKEY_H

#include "stress/runner/SanitizerReport.h"

namespace raddle::stress {

/// SanitizerReport::Key, of all else in \p R.
std::string reportKey(const SanitizerReport &R);

} // namespace raddle::stress

#endif
