// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/Understand.h"
#include "cli/trace/ObservedLocks.h"
#include "cli/trace/RunFindings.h"
#include "cli/trace/RunViews.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace raddle::cli {

Understood understand(const std::vector<Trace> &Traces, const std::string &Root,
                      lockorder::LinkResult Static) {
  Understood Result;
  Symboliser Symbols(Root);
  std::vector<lockorder::ObservedRun> Runs;
  for (const Trace &T : Traces)
    Runs.push_back(observedLocks(T, Symbols));
  bool HasStatic = !Static.Graph.Locks.empty() || !Static.Diagnoses.empty();
  lockorder::ObservedResult Seen =
      lockorder::observe(Runs, HasStatic ? &Static.Graph : nullptr);
  if (Seen.Incomplete)
    Result.Warnings.push_back(
        "the search for lock-order inversions was given up at its bound; there "
        "may be more than are reported");
  if (HasStatic) {
    lockorder::mergeWithStatic(Static, Seen);
    Result.Graph = std::move(Static.Graph);
    Result.Diagnoses = std::move(Static.Diagnoses);
  } else {
    Result.Graph = Seen.Graph;
    Result.Diagnoses = std::move(Seen.Diagnoses);
  }
  RunViews Views(Result.Run, Symbols, Seen);
  for (auto [Number, T] : enumerate(Traces)) {
    Views.add(T, Number);
    append_range(Result.Warnings, T.Warnings);
  }
  Views.finish();
  append_range(Result.Diagnoses, runFindings(Result.Run));
  append_range(Result.Warnings, Symbols.warnings());
  return Result;
}

} // namespace raddle::cli
