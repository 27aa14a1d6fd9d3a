// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From traces to what a report says: the views of a run, and diagnoses.
#ifndef RADDLE_CLI_TRACE_UNDERSTAND_H
#define RADDLE_CLI_TRACE_UNDERSTAND_H

#include "cli/findings/Finding.h"
#include "cli/trace/TraceReader.h"

namespace raddle::cli {

struct Understood {
  RunTime Run;
  lockorder::LockOrderGraph Graph; ///< With that of the static analysis.
  std::vector<lockorder::Diagnosis> Diagnoses;
  std::vector<std::string> Warnings;
  /// Ignore rules of the user's that let nothing pass in any of the traces.
  std::vector<std::string> UnusedRules;
  /// What places are relative to: the root that was given, or, where the
  /// static results were plainly made below another one, that.
  std::string Root;
};

/// \p Traces are of one or several runs. \p Root: places below it are given
/// relative to it. \p Static: result of `raddle lint` on the same sources, or
/// empty; its diagnoses are part of the result, with what the runs tell of
/// them.
Understood understand(const std::vector<Trace> &Traces, const std::string &Root,
                      lockorder::LinkResult Static = {});

} // namespace raddle::cli

#endif
