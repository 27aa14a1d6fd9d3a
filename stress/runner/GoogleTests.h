// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tests of a GoogleTest program, so that each is run by itself and has
// statistics of its own.
#ifndef RADDLE_STRESS_RUNNER_GOOGLETESTS_H
#define RADDLE_STRESS_RUNNER_GOOGLETESTS_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace raddle::stress {

/// "Suite.Test" for each that --gtest_list_tests prints, without those that are
/// disabled. Other lines are the program's own and are passed over.
std::vector<std::string> parseTestList(llvm::StringRef Text);

/// What runs the test \p Name only: "--gtest_filter=Suite.Test".
std::string testArgument(llvm::StringRef Name);

} // namespace raddle::stress

#endif
