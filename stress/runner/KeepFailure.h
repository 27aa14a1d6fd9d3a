// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is kept of a failure in the campaign's folder: what the program printed,
// its log or trace, and the replay file.
#ifndef RADDLE_STRESS_RUNNER_KEEPFAILURE_H
#define RADDLE_STRESS_RUNNER_KEEPFAILURE_H

#include "stress/runner/Campaign.h"
#include "stress/runner/CampaignRun.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace raddle::stress {

/// Writes the files of \p F, with which \p D failed, and makes \p D the run
/// that \p G tells of. \p Runner has made \p D, or its schedule once more, and
/// no other run since. \p Arms: the plan's, for the base rate. What cannot be
/// written is told to \p Warn; the campaign goes on.
void keepFailure(const CampaignOptions &O, llvm::ArrayRef<Arm> Arms,
                 const Done &D, const Failure &F, ProgramRunner &Runner,
                 FailureGroup &G, llvm::function_ref<void(std::string)> Warn);

} // namespace raddle::stress

#endif
