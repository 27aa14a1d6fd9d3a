// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RADDLE_CLI_PROFILE_PPROF_H
#define RADDLE_CLI_PROFILE_PPROF_H

#include "cli/profile/Profile.h"
#include "llvm/Support/Error.h"

namespace raddle::cli {

/// The snapshot \p Index of \p P as pprof's profile.proto, compressed with gzip
/// as `pprof -http` and speedscope read it: one sample a group, with the values
/// "tasks" and "blocked" (longest wait, ns) and the labels "kind" and "grows".
llvm::Expected<std::string> writePprof(const Profile &P, size_t Index);

} // namespace raddle::cli

#endif
