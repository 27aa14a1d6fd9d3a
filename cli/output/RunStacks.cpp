// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/RunStacks.h"
#include "cli/output/RunWords.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli::output {
namespace {

/// More threads than that in one finding, nobody reads.
constexpr size_t MaxThreads = 50;

} // namespace

std::vector<TitledStack> stacksOf(const RunTime &Run, const Diagnosis &D) {
  std::vector<TitledStack> Result;
  auto Add = [&](std::string Title, const Index &At) {
    if (At && *At < Run.Stacks.size() && !Run.Stacks[*At].empty())
      Result.push_back({std::move(Title), &Run.Stacks[*At]});
  };
  auto AddOwner = [&](const std::optional<WaitsFor> &On) {
    if (On)
      Add((On->Owner.empty() ? "where" : On->Owner + ": where") +
              (On->Text.empty() ? " it was taken"
                                : " " + On->Text + " was taken"),
          On->OwnerStack);
  };
  auto Waits = [](const std::optional<WaitsFor> &On) {
    return On ? ", waits for " + waitText(*On) : "";
  };
  if (D.Leak && *D.Leak < Run.Leaks.size()) {
    const LeakGroup &L = Run.Leaks[*D.Leak];
    Add(taskText(L) + ": " + stateText(L) + Waits(L.On), L.Now);
    AddOwner(L.On);
    Add(taskText(L) + ": where it was made", L.Creation);
  }
  if (D.Deadlock && *D.Deadlock < Run.Deadlocks.size()) {
    size_t Shown = 0;
    for (const DeadlockThread &T : Run.Deadlocks[*D.Deadlock].Threads) {
      if (Shown++ == MaxThreads)
        break;
      Add(T.Name + Waits(T.On), T.Stack);
      AddOwner(T.On);
    }
  }
  return Result;
}

Place placeOf(const RunTime &Run, const Diagnosis &D) {
  if (!D.Where.File.empty())
    return D.Where;
  for (const Witness &W : D.Witnesses)
    for (const Step &S : W.Steps)
      if (!S.Where.File.empty())
        return S.Where;
  std::vector<TitledStack> Stacks = stacksOf(Run, D);
  for (const TitledStack &S : Stacks)
    if (const Frame &F = (*S.Frames)[mainFrame(*S.Frames)];
        !F.Where.File.empty())
      return F.Where;
  // "[vdso]" is no file.
  for (const TitledStack &S : Stacks)
    for (const Frame &F : *S.Frames)
      if (sys::path::is_absolute(F.Module))
        return {F.Module, 0, 0, 0};
  return {};
}

} // namespace raddle::cli::output
