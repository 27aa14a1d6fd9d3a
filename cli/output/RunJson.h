// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The part "run" of a report's data and of findings as JSON, which differ only
// in how they name places, locks and findings.
#ifndef RADDLE_CLI_OUTPUT_RUNJSON_H
#define RADDLE_CLI_OUTPUT_RUNJSON_H

#include "cli/findings/Finding.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/JSON.h"

namespace raddle::cli {

/// Each writes one attribute. Indices need not be in range.
struct RunNames {
  llvm::function_ref<void(llvm::StringRef Key, const lockorder::Place &)> Place;
  llvm::function_ref<void(llvm::StringRef Key, Index Lock)> Lock;
  /// Null: no finding tells of it.
  llvm::function_ref<void(llvm::StringRef Key, Index Finding)> Finding;
  llvm::function_ref<std::string(llvm::StringRef Module)> Module;
  /// Code 0 of a program that did not exit is null: nobody knows it.
  bool KnownExitCodesOnly = false;
  /// Of all timelines together; of one that has more, the last are written, as
  /// the failure is at the end.
  size_t MaxSteps = SIZE_MAX;
  /// Of one failure's output: its beginning and its end.
  size_t MaxOutput = SIZE_MAX;
};

/// The attribute "run" of the object that \p J is in; nothing where nothing
/// ran.
void writeRun(llvm::json::OStream &J, const Results &R, const RunNames &Names);

/// The attribute "stress" of the object "run".
void writeStress(llvm::json::OStream &J, const Results &R,
                 const RunNames &Names);

} // namespace raddle::cli

#endif
