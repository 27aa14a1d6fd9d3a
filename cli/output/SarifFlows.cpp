// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/SarifFlows.h"
#include "cli/output/Formats.h"
#include "cli/output/RunWords.h"
#include "cli/output/StressWords.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli::output {
namespace {

/// Nobody steps through more, and code hosts limit the file.
constexpr size_t MaxSteps = 1000;

} // namespace

std::vector<ThreadFlow> flowsOf(const LockOrderGraph &G, const Diagnosis &D) {
  auto HasPlace = [](const Step &S) { return !S.Where.File.empty(); };
  // The order that deadlocks: each thread up to where it holds its first lock,
  // then each at its second.
  bool Interleaved = !D.Cycle.empty() && D.Witnesses.size() > 1;
  unsigned Order = 0, OrderAfter = 0;
  for (const Witness &W : D.Witnesses)
    for (const Step &S : W.Steps)
      OrderAfter += HasPlace(S) && S.Kind != StepKind::Acquire;
  std::vector<ThreadFlow> Flows;
  for (const Witness &W : D.Witnesses) {
    ThreadFlow Flow;
    Flow.Title = W.Title;
    if (!W.Thread.empty())
      Flow.Title += (W.Title.empty() ? "in" : ", in") +
                    (" a thread that starts in '" + W.Thread + "'");
    int64_t Depth = 0;
    for (const Step &S : W.Steps) {
      int64_t Nesting = Depth;
      Depth += S.Kind == StepKind::Call;
      if (!HasPlace(S))
        continue;
      FlowStep &Into = Flow.Steps.emplace_back();
      Into.Where = S.Where;
      Into.Text = S.Text;
      Into.Function = S.Function;
      Into.Kind = kindName(S.Kind).str();
      Into.Held = heldNames(G, S.Held);
      Into.Nesting = Nesting;
      if (Interleaved)
        Into.Order = S.Kind == StepKind::Acquire ? ++OrderAfter : ++Order;
      Into.Essential = S.Kind != StepKind::Call && S.Kind != StepKind::Start;
    }
    if (!Flow.Steps.empty())
      Flows.push_back(std::move(Flow));
  }
  return Flows;
}

std::vector<ThreadFlow> flowsOf(const RunTime &Run, const Timeline &T) {
  std::vector<ThreadFlow> Flows(T.Lanes.size());
  for (auto [Flow, Lane] : zip(Flows, T.Lanes))
    Flow.Title = Lane.Thread;
  size_t Taken = 0;
  for (auto [I, S] : enumerate(T.Steps)) {
    if (!(S.Key || S.Stopped || S.Preempted) || S.Lane >= Flows.size() ||
        !S.Stack || *S.Stack >= Run.Stacks.size() ||
        Run.Stacks[*S.Stack].empty())
      continue;
    const std::vector<Frame> &Stack = Run.Stacks[*S.Stack];
    const Frame &F = Stack[mainFrame(Stack)];
    if (F.Where.File.empty())
      continue;
    if (Taken++ == MaxSteps)
      break;
    FlowStep &Into = Flows[S.Lane].Steps.emplace_back();
    Into.Where = F.Where;
    Into.Text = stepText(T, S);
    Into.Function = F.Function;
    Into.Kind = S.Does;
    Into.Order = static_cast<unsigned>(I + 1);
    Into.Essential = S.Key;
    for (const TimelineHold &H : T.Holds)
      if (H.Lane == S.Lane && H.Begin < I && (!H.End || *H.End >= I))
        Into.Held += (Into.Held.empty() ? "'" : ", '") + H.Lock + "'";
  }
  erase_if(Flows, [](const ThreadFlow &F) { return F.Steps.empty(); });
  return Flows;
}

} // namespace raddle::cli::output
