// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/StackSteps.h"
#include "cli/trace/Symbolise.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace raddle::lockorder;

namespace raddle::cli {

const Frame *userFrame(const FrameStack *S) {
  if (!S || S->empty())
    return nullptr;
  const Frame *Named = nullptr;
  for (const Frame &F : *S) {
    if (isLibraryFrame(F))
      continue;
    if (!F.Where.File.empty())
      return &F;
    if (!Named && !F.Function.empty())
      Named = &F;
  }
  return Named ? Named : &S->front();
}

std::string userFrameName(const FrameStack *S) { return nameOf(userFrame(S)); }

std::string nameOf(const Frame *F) {
  if (!F)
    return "";
  return F->Function.empty() ? sys::path::filename(F->Module).str()
                             : F->Function;
}

void addSteps(Witness &W, const FrameStack *S, StepKind Kind,
              const std::string &Text, const Frame *Site) {
  if (!Site)
    Site = userFrame(S);
  if (!Site)
    return;
  // From the first frame that says something: below it is only the library
  // that started the thread.
  size_t Outer = S->size();
  while (Outer > 0 && isLibraryFrame((*S)[Outer - 1]) &&
         &(*S)[Outer - 1] != Site)
    --Outer;
  for (size_t I = Outer; I-- > 0;) {
    const Frame &F = (*S)[I];
    bool IsSite = &F == Site;
    if (!IsSite && isLibraryFrame(F))
      continue;
    Step Next;
    Next.Function = F.Function;
    Next.Where = F.Where;
    if (IsSite) {
      Next.Kind = Kind;
      Next.Text = Text;
    } else {
      size_t Callee = I;
      while (Callee-- > 0)
        if (!isLibraryFrame((*S)[Callee]) || &(*S)[Callee] == Site)
          break;
      Next.Kind = StepKind::Call;
      Next.Text = "calls '" + frameName((*S)[Callee]) + "'";
    }
    if (F.Where.File.empty())
      Next.Text += " at " + frameText(F);
    W.Steps.push_back(std::move(Next));
    if (IsSite)
      break;
  }
}

} // namespace raddle::cli
