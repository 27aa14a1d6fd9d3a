// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which runs of a campaign are failures, and what they are called.
#include "stress/runner/Campaign.h"
#include "llvm/ADT/StringRef.h"
#include <sys/wait.h>

using namespace llvm;

namespace raddle::stress {

std::vector<Failure> campaignFailures(const CampaignOptions &O,
                                      const RunResult &R, StringRef Options) {
  std::vector<Failure> Result = failuresOf(R);
  if (!WIFEXITED(R.Status))
    return Result;
  // Exit codes that the runtime has given.
  for (Failure &F : Result)
    if (F.Kind == "exit code 23" && Options.contains(":leaks=1:")) {
      F.Kind = F.Key = "leak";
      F.Says = "threads or tasks are left at the end";
    } else if (F.Kind == "exit code 24" &&
               Options.contains(":on_deadlock=abort:")) {
      F.Kind = F.Key = "deadlock";
      F.Says = "threads wait for each other";
    }
  return Result;
}

StringRef plainKind(const FailureGroup &G) {
  if (G.Kind == "leak")
    return "exit code 23";
  if (G.Kind == "deadlock" && G.Strategy == "jitter")
    return "exit code 24";
  return G.Kind;
}

bool isFailure(const CampaignOptions &O, const FailureGroup &G,
               const RunResult &R) {
  return isAmong(campaignFailures(O, R, G.Options), G.Kind, G.Key);
}

std::string keptFile(const CampaignOptions &O, const FailureGroup &G,
                     StringRef Extension) {
  return O.Folder + "/" + G.Stem + "." + Extension.str();
}

} // namespace raddle::stress
