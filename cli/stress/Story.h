// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A controlled run as an explanation: who is stopped where, what the others do
// meanwhile, and what comes of it. Meant for minimised runs; of a long one it
// tells the end.
#ifndef RADDLE_CLI_STRESS_STORY_H
#define RADDLE_CLI_STRESS_STORY_H

#include "cli/stress/RunPlaces.h"
#include "cli/stress/RunSlices.h"
#include <map>
#include <set>

namespace raddle::cli {

struct Story {
  std::vector<std::string> Sentences;
  /// What is said of single events, by their index.
  std::map<size_t, std::string> Words;
  /// Events that the sentences tell of.
  std::set<size_t> Key;
};

/// \p Says: what went wrong, for the last sentence.
Story tellStory(const stress::RunRecords &Run,
                const std::vector<RunSlice> &Slices, RunPlaces &Places,
                llvm::StringRef Says);

} // namespace raddle::cli

#endif
