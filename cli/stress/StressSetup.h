// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From what the user asked for to a campaign: programs, tests, folder, seed.
#ifndef RADDLE_CLI_STRESS_STRESSSETUP_H
#define RADDLE_CLI_STRESS_STRESSSETUP_H

#include "stress/runner/Campaign.h"

namespace raddle::cli {

struct StressAsked {
  std::vector<std::string> Program; ///< With its arguments.
  std::vector<std::string> Also;    ///< Other builds of it.
  std::string Strategies;           ///< Comma separated, or "auto".
  std::string Slowdown;             ///< "2x"
  std::string Shard;                ///< "1/4", or "".
  std::string Seed;                 ///< "": a new one.
  std::string Folder;
  bool Resume = false, Whole = false;
};

/// Fills \p O, whose numbers and flags are set; lists the tests of a GoogleTest
/// program, and empties the folder of an earlier campaign that is not resumed.
/// Sentences for the user go to \p Warnings.
llvm::Error prepareCampaign(const StressAsked &Asked,
                            stress::CampaignOptions &O,
                            std::vector<std::string> &Warnings);

} // namespace raddle::cli

#endif
