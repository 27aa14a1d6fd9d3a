// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// After a campaign: how well a failure comes again. A controlled schedule is
// made shorter; a seed of jitter is run again for its rate; a run that hangs is
// made once more and asked where its threads are.
#ifndef RADDLE_STRESS_RUNNER_CONFIRM_H
#define RADDLE_STRESS_RUNNER_CONFIRM_H

#include "stress/runner/Campaign.h"
#include "stress/runner/Minimise.h"

namespace raddle::stress {

struct ConfirmLimits {
  MinimiseLimits Minimise;
  unsigned SeedRuns = 20;
  std::chrono::milliseconds SeedTime{10000};
};

/// Writes what it finds into \p G, the kept log and the replay file. Fails,
/// with a sentence for the user, where the failure does not come again or
/// nothing could be run; \p G is then as it was. \p Stop ends it early.
/// \p Progress is told what is being done.
llvm::Error
confirmFailure(const CampaignOptions &O, FailureGroup &G,
               const ConfirmLimits &Limits, const std::atomic<bool> &Stop,
               const std::function<void(llvm::StringRef)> &Progress = {});

} // namespace raddle::stress

#endif
