// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lines of a sanitizer's report, but for the frames of its stacks
// (ReportFrames.h): what they surely say, whatever stands in them.
#ifndef RADDLE_STRESS_RUNNER_REPORTLINES_H
#define RADDLE_STRESS_RUNNER_REPORTLINES_H

#include "stress/runner/SanitizerReport.h"
#include <optional>

namespace raddle::stress {

/// The head of a report.
struct ReportHead {
  std::string Tool, Kind, Title;
  llvm::StringRef File; ///< UBSan has the place in its head.
  unsigned Line = 0, Column = 0;
};

/// Nothing: \p Line begins no report. The head's File is a part of \p Line.
std::optional<ReportHead> parseReportHead(llvm::StringRef Line);

/// A line within a report that begins a stack, which is added to \p R, or says
/// something by itself, which is written into \p R. Any other changes nothing.
void parseReportTitle(llvm::StringRef Title, SanitizerReport &R);

} // namespace raddle::stress

#endif
