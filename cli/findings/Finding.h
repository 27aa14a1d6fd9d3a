// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A finding as users see it, whatever part of raddle found it.
#ifndef RADDLE_CLI_FINDINGS_FINDING_H
#define RADDLE_CLI_FINDINGS_FINDING_H

#include "cli/findings/RunTime.h"
#include "lockorder/link/Diagnosis.h"
#include "lockorder/model/TUSummary.h"

namespace raddle::cli {

struct Finding {
  /// Hash of the check and the names involved, without lines or addresses: the
  /// same in another version of the sources. 32 hex digits; a second finding
  /// with equal names gets another one by its number among them.
  std::string Fingerprint;
  /// Check, level, message, place, witnesses; see there.
  lockorder::Diagnosis What;
};

/// A translation unit that could not be analysed, or only in part.
struct FailedUnit {
  std::string File; ///< Relative to the project's root.
  std::string Why;
};

/// All that the writers need of one run.
struct Results {
  std::vector<Finding> Findings; ///< Sorted by place, check and message.
  lockorder::LockOrderGraph Graph;
  RunTime Run;
  std::vector<FailedUnit> Failed;
  /// Ignore rules that let nothing pass in what was just run; in no file.
  std::vector<std::string> UnusedRules;
  uint64_t TranslationUnits = 0, Functions = 0;
  std::string Root;    ///< Absolute folder that places are relative to.
  std::string Project; ///< Name of that folder.
  std::string Command; ///< What was typed.
  int ExitCode = 0;
};

/// The only place that makes findings: from what linking found, and from the
/// file checks' findings in the summaries (equal ones of several translation
/// units become one).
std::vector<Finding> makeFindings(std::vector<lockorder::Diagnosis> Diagnoses,
                                  const std::vector<model::TUSummary> &Units);

} // namespace raddle::cli

#endif
