// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The frames of a sanitizer's stacks: lines such as
//   #1 push(int) src/queue.cpp:41:7 (queue-test+0x1234) (BuildId: ...)   TSan
//   #1 0x55d0 in push(int) src/queue.cpp:41:7                            ASan
//   #1 0x55d0  (queue-test+0x1234)                        without symbols
// which clang and gcc print with small differences.
#ifndef RADDLE_STRESS_RUNNER_REPORTFRAMES_H
#define RADDLE_STRESS_RUNNER_REPORTFRAMES_H

#include "stress/runner/SanitizerReport.h"
#include <optional>

namespace raddle::stress {

struct NumberedFrame {
  unsigned Number; ///< Behind the '#'.
  ReportFrame Frame;
};

/// Nothing if \p Line is no frame.
std::optional<NumberedFrame> parseReportFrame(llvm::StringRef Line);

/// No part of libc, the C++ library or a sanitizer: what the user can change.
bool isOwnFrame(const ReportFrame &F);

/// \p Function without parameters, template arguments, return type and what
/// the compiler appended: equal for clang and gcc, but for lambdas.
std::string plainFunction(llvm::StringRef Function);

/// "Queue::push@queue.cpp", or "queue-test+0x1234" where there are no symbols.
std::string frameKey(const ReportFrame &F);

/// The first that isOwnFrame; else the first that has a name; null: none.
const ReportFrame *ownFrame(const std::vector<ReportFrame> &Frames);

} // namespace raddle::stress

#endif
