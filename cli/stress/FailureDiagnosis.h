// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One group of failures as a diagnosis: which check, what is said, where.
#ifndef RADDLE_CLI_STRESS_FAILUREDIAGNOSIS_H
#define RADDLE_CLI_STRESS_FAILUREDIAGNOSIS_H

#include "cli/stress/RunPlaces.h"
#include "cli/trace/Symbolise.h"
#include "lockorder/link/Diagnosis.h"
#include "stress/runner/Failure.h"

namespace raddle::cli {

/// "raddle-data-race", "raddle-deadlock", "raddle-hang", or
/// "raddle-stress-failure".
llvm::StringRef stressCheck(llvm::StringRef Kind);

/// A sanitizer's report: a witness for each of its stacks. Places below \p Root
/// become relative to it.
lockorder::Diagnosis reportDiagnosis(const stress::SanitizerReport &Report,
                                     const std::string &Root);
/// What the program said or how it ended; \p Test is "" for a whole program.
lockorder::Diagnosis endDiagnosis(const stress::Failure &F,
                                  llvm::StringRef Test,
                                  const std::string &Root);
/// A run without progress under a controlled schedule: where each thread was.
lockorder::Diagnosis noProgressDiagnosis(const stress::Failure &F,
                                         const stress::RunRecords &Run,
                                         RunPlaces &Places,
                                         llvm::StringRef Test);
/// A program that did not end: where each of its tasks was, from the last
/// snapshot of \p T.
lockorder::Diagnosis hangDiagnosis(const Trace &T, Symboliser &Symbols,
                                   llvm::StringRef Test);

} // namespace raddle::cli

#endif
