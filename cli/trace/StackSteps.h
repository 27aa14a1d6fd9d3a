// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stacks of a run as the steps of a witness.
#ifndef RADDLE_CLI_TRACE_STACKSTEPS_H
#define RADDLE_CLI_TRACE_STACKSTEPS_H

#include "lockorder/link/Diagnosis.h"
#include "lockorder/observed/Observed.h"
#include <string>
#include <vector>

namespace raddle::cli {

/// Innermost first.
using FrameStack = std::vector<lockorder::Frame>;

/// The innermost frame that the user wrote and whose place is known; failing
/// that, whose function is; failing that, the innermost of all. Null for no
/// stack, or an empty one.
const lockorder::Frame *userFrame(const FrameStack *S);
/// Its function, or its module's name; "" for none.
std::string userFrameName(const FrameStack *S);
std::string nameOf(const lockorder::Frame *F);
/// Adds the stack from outside in; its innermost step has \p Kind and \p Text.
/// \p Site: that step's frame; null: userFrame().
void addSteps(lockorder::Witness &W, const FrameStack *S,
              lockorder::StepKind Kind, const std::string &Text,
              const lockorder::Frame *Site = nullptr);

} // namespace raddle::cli

#endif
