// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Results of several runs as one: of `raddle lint`, `raddle leaks`, `raddle
// locks`, of different builds or machines.
#ifndef RADDLE_CLI_FINDINGS_MERGERESULTS_H
#define RADDLE_CLI_FINDINGS_MERGERESULTS_H

#include "cli/findings/Finding.h"

namespace raddle::cli {

/// Adds \p From to \p Into. Locks of the same name and kind, declared at the
/// same place, are one; so are findings with the same fingerprint, which keep
/// the witnesses of both.
void mergeResults(Results &Into, Results From);

} // namespace raddle::cli

#endif
