// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/commands/Traces.h"
#include "cli/execute/Files.h"
#include "cli/execute/Project.h"
#include "cli/findings/MergeResults.h"
#include "cli/trace/Understand.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace raddle::cli {

Results emptyResults(const Invocation &Call, StringRef Root) {
  Results R;
  if (Root.empty()) {
    Unit Here;
    Here.Path = absolutePath("x");
    R.Root = findProject(Here, "").Root;
  } else {
    R.Root = absolutePath(Root);
  }
  R.Project = sys::path::filename(R.Root).str();
  R.Command = Call.Typed;
  return R;
}

Results traceResults(const std::vector<Trace> &Traces, Results Known) {
  // Leaks and deadlocks of earlier runs are joined afterwards, with their own
  // numbers.
  Results Earlier;
  lockorder::LinkResult Static;
  for (Finding &F : Known.Findings)
    if (F.What.Leak || F.What.Deadlock)
      Earlier.Findings.push_back(std::move(F));
    else
      Static.Diagnoses.push_back(std::move(F.What));
  if (hasRun(Known.Run)) {
    Earlier.Graph = Known.Graph;
    Earlier.Run = std::move(Known.Run);
  }
  Static.Graph = std::move(Known.Graph);
  Static.Functions = Known.Functions;
  Understood U = understand(Traces, Known.Root, std::move(Static));
  for (const std::string &Warning : U.Warnings)
    warn(Warning);
  Known.Root = std::move(U.Root);
  Known.Graph = std::move(U.Graph);
  Known.Findings = makeFindings(std::move(U.Diagnoses), {});
  Known.Run = std::move(U.Run);
  Known.UnusedRules = std::move(U.UnusedRules);
  mergeResults(Known, std::move(Earlier));
  return Known;
}

} // namespace raddle::cli
