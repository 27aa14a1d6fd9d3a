// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/findings/MergeStress.h"
#include "cli/findings/FailureBound.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include <tuple>

using namespace llvm;

namespace raddle::cli {
namespace {

void add(StressTest &To, const StressTest &More) {
  To.Runs = SaturatingAdd(To.Runs, More.Runs);
  To.Failures = SaturatingAdd(To.Failures, More.Failures);
  To.Seconds += More.Seconds;
  To.Bound = failureBound(To.Failures, To.Runs);
  // Missed by both; independent, as seeds differ.
  if (To.Depth == More.Depth)
    To.DepthBound = 1 - (1 - To.DepthBound) * (1 - More.DepthBound);
  else if (To.Depth < More.Depth)
    std::tie(To.Depth, To.DepthBound) = std::tuple(More.Depth, More.DepthBound);
  // Mostly the same places.
  To.Points = std::max(To.Points, More.Points);
  To.Flaky = To.Failures && To.Failures < To.Runs;
}

void add(StressFailure &To, StressFailure &&More) {
  To.Count = SaturatingAdd(To.Count, More.Count);
  // The better told one stays, with what belongs to it.
  bool Better = More.Line && (!To.Line || More.Preemptions < To.Preemptions ||
                              To.Line->Steps.empty());
  if (!Better && !(To.Replay.empty() && !More.Replay.empty()))
    return;
  More.Count = To.Count;
  To = std::move(More);
}

void add(StressView &To, StressView &&More) {
  // Shards ran at the same time, others one after the other: the sum is the
  // time of machines.
  To.Seconds += More.Seconds;
  To.Runs = SaturatingAdd(To.Runs, More.Runs);
  To.Failed = SaturatingAdd(To.Failed, More.Failed);
  std::vector<uint32_t> Number;
  for (StressTest &T : More.Tests) {
    auto It = find_if(To.Tests, [&](const StressTest &Known) {
      return std::tie(Known.Name, Known.Program, Known.Build, Known.Strategy) ==
             std::tie(T.Name, T.Program, T.Build, T.Strategy);
    });
    Number.push_back(It - To.Tests.begin());
    if (It == To.Tests.end())
      To.Tests.push_back(std::move(T));
    else
      add(*It, T);
  }
  for (StressFailure &F : More.Failures) {
    if (F.Test && *F.Test < Number.size())
      F.Test = Number[*F.Test];
    else
      F.Test.reset();
    auto It = find_if(To.Failures, [&](const StressFailure &Known) {
      return !F.Fingerprint.empty() && Known.Fingerprint == F.Fingerprint;
    });
    if (It == To.Failures.end())
      To.Failures.push_back(std::move(F));
    else
      add(*It, std::move(F));
  }
}

} // namespace

std::string commandOfCampaign(StringRef Command) {
  SmallVector<StringRef> Words;
  Command.split(Words, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  std::string Result;
  bool Ours = true; // Until the program's own words begin.
  for (size_t I = 0; I < Words.size(); ++I) {
    StringRef W = Words[I];
    Ours &= W != "--";
    // What says which part it is, and where its results go.
    auto Is = [&](StringRef Option) {
      return W == Option || W.starts_with((Option + "=").str());
    };
    bool Part = Is("--shard") || Is("--seed") || Is("-o") || Is("--output") ||
                Is("--out") || Is("--resume") || Is("--state") || Is("-j") ||
                Is("--jobs");
    if (Ours && Part) {
      I += !W.contains('=');
      continue;
    }
    Result += (Result.empty() ? "" : " ") + W.str();
  }
  return Result;
}

void mergeStress(std::vector<StressView> &Into, std::vector<StressView> From) {
  for (StressView &V : From) {
    std::string Command = commandOfCampaign(V.Command);
    auto It = find_if(Into, [&](const StressView &Known) {
      return commandOfCampaign(Known.Command) == Command;
    });
    if (It == Into.end())
      Into.push_back(std::move(V));
    else {
      It->Command = std::move(Command);
      add(*It, std::move(V));
    }
  }
}

} // namespace raddle::cli
