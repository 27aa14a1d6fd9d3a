// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RADDLE_LOCKORDER_LINK_LINK_H
#define RADDLE_LOCKORDER_LINK_LINK_H

#include "lockorder/link/Diagnosis.h"
#include "lockorder/model/TUSummary.h"

namespace raddle::lockorder {

struct LinkOptions {
  /// Ids of the checks to run, with prefix; empty: all.
  std::vector<std::string> Checks;
  /// The summaries are all of the program: a function without a caller that
  /// has internal linkage is dead, main is the only start of its thread.
  bool WholeProgram = true;
};

/// Joins the summaries of all translation units by linkage, runs the
/// flow-sensitive pass over the call graph bottom-up, and the program checks
/// over the result. The order of \p Summaries does not change the result.
LinkResult link(const std::vector<model::TUSummary> &Summaries,
                const LinkOptions &Options);

} // namespace raddle::lockorder

#endif
