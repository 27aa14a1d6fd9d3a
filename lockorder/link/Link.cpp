// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lockorder/link/Link.h"
#include "lockorder/link/Checks.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <tuple>

using namespace llvm;

namespace raddle::lockorder {

LinkResult link(const std::vector<model::TUSummary> &Summaries,
                const LinkOptions &Options) {
  auto Enabled = [&](StringRef Check) {
    return Options.Checks.empty() || is_contained(Options.Checks, Check);
  };
  LinkResult Result;
  Program P(Summaries);
  for (const Function &F : P.Functions)
    Result.Functions += F.hasBody();
  Analysis A(P, Result.Graph);
  A.run();
  checkLockOrderInversion(A, Enabled(LockOrderInversion), Result.Diagnoses);
  if (Enabled(LockOrderInversion))
    checkWaitCycles(A, Result.Diagnoses);
  if (Enabled(DoubleLock))
    checkDoubleLock(A, Result.Diagnoses);
  if (Enabled(BusySpin))
    checkBusySpin(A, Result.Diagnoses);
  if (Enabled(UncheckedCancellation))
    checkUncheckedCancellation(A, Result.Diagnoses);
  llvm::sort(Result.Diagnoses, [](const Diagnosis &X, const Diagnosis &Y) {
    return std::tie(X.Where, X.Check, X.Message) <
           std::tie(Y.Where, Y.Check, Y.Message);
  });
  return Result;
}

} // namespace raddle::lockorder
