// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/LockFunctions.h"
#include "cli/trace/Symbolise.h"

using namespace raddle::lockorder;

namespace raddle::cli {

static bool isOwn(const Frame &F) {
  return !F.Function.empty() && !isLibraryFrame(F);
}

void LockFunctions::learn(const FrameStack *Held, const FrameStack *Now) {
  if (!Held || !Now)
    return;
  size_t H = Held->size();
  while (H && !isOwn((*Held)[H - 1]))
    --H;
  if (!H--)
    return;
  // The call that both are in. Of a function that calls itself nobody knows
  // which.
  size_t N = Now->size(), Found = 0;
  for (size_t I = 0; I != Now->size(); ++I)
    if ((*Now)[I].Function == (*Held)[H].Function) {
      N = I;
      ++Found;
    }
  if (Found != 1)
    return;
  // As long as both are at the same instruction it is the same call.
  while (H && N && (*Held)[H].Offset == (*Now)[N].Offset &&
         (*Held)[H].Module == (*Now)[N].Module &&
         (*Held)[H - 1].Function == (*Now)[N - 1].Function)
    --H, --N;
  for (size_t I = 0; I != H; ++I)
    if (isOwn((*Held)[I]))
      Names.insert((*Held)[I].Function);
}

const Frame *LockFunctions::site(const FrameStack *S) const {
  if (S && !Names.empty())
    for (const Frame &F : *S)
      if (isOwn(F) && !F.Where.File.empty() && !Names.count(F.Function))
        return &F;
  return userFrame(S);
}

} // namespace raddle::cli
