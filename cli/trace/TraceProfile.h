// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A trace's snapshots as the profile that raddle profile shows.
#ifndef RADDLE_CLI_TRACE_TRACEPROFILE_H
#define RADDLE_CLI_TRACE_TRACEPROFILE_H

#include "cli/profile/Profile.h"
#include "cli/trace/Symbolise.h"

namespace raddle::cli {

/// The snapshots of \p T, joined by kind and stacks.
Profile profileOf(const Trace &T, Symboliser &Symbols);

} // namespace raddle::cli

#endif
