// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a campaign brought, as findings and as the view that the writers show.
#ifndef RADDLE_CLI_STRESS_STRESSRESULTS_H
#define RADDLE_CLI_STRESS_STRESSRESULTS_H

#include "cli/findings/Finding.h"
#include "stress/runner/Campaign.h"

namespace raddle::cli {

/// Fills findings and views of \p Into, whose root and command are set; reads
/// what the campaign has kept of each failure. What cannot be read is
/// told in \p Warnings.
void stressResults(const stress::CampaignOptions &O,
                   const stress::CampaignResult &C, Results &Into,
                   std::vector<std::string> &Warnings);

/// PCT's bound: a bug of depth \p Depth is met by one of \p Runs schedules at
/// least with this chance (Burckhardt et al., ASPLOS 2010).
double pctBound(uint64_t Threads, uint64_t Points, unsigned Depth,
                uint64_t Runs);

} // namespace raddle::cli

#endif
