// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Campaigns of several machines as one.
#ifndef RADDLE_CLI_FINDINGS_MERGESTRESS_H
#define RADDLE_CLI_FINDINGS_MERGESTRESS_H

#include "cli/findings/Stress.h"
#include "llvm/ADT/StringRef.h"

namespace raddle::cli {

/// Adds \p From, whose stacks are already numbered as those of \p Into. Shards
/// of one campaign, which differ only in --shard, --seed, --out and -o, become
/// one: tests that were run in the same way add up, and failures with the same
/// fingerprint.
void mergeStress(std::vector<StressView> &Into, std::vector<StressView> From);

/// The command without what differs between shards.
std::string commandOfCampaign(llvm::StringRef Command);

} // namespace raddle::cli

#endif
