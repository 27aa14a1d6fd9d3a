// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/trace/IgnoreRules.h"
#include "cli/trace/Symbolise.h"
#include "runtime/core/Match.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace raddle::cli {

namespace {

bool fits(const std::string &Glob, const lockorder::Frame &F) {
  const std::string &Name = F.Function;
  if (Name.empty())
    return false;
  return matchesGlob(Glob.c_str(), Name.c_str()) ||
         matchesGlob(Glob.c_str(),
                     Name.substr(0, withoutParameters(Name.c_str())).c_str());
}

bool fitsAny(const std::string &Glob, const FrameStack *S) {
  return S &&
         any_of(*S, [&](const lockorder::Frame &F) { return fits(Glob, F); });
}

/// The innermost frame that is no library's.
const lockorder::Frame *innermost(const FrameStack *S) {
  if (!S)
    return nullptr;
  auto It = find_if_not(*S, isLibraryFrame);
  return It == S->end() ? nullptr : &*It;
}

} // namespace

void IgnoreRules::add(const Trace &T) {
  for (const TraceRule &From : T.Rules) {
    auto [It, New] = Rules.try_emplace(From.Text);
    Rule &R = It->second;
    R.Matches += From.Matches;
    R.Users |= From.Origin != trace::RuleOrigin::BuiltIn;
    if (!New)
      continue;
    SmallVector<StringRef, 3> Parts;
    StringRef(From.Text).split(Parts, "&&");
    for (StringRef Part : Parts) {
      auto [What, Glob] = Part.split(':');
      R.Conditions.push_back({What.trim().str(), Glob.trim().str()});
    }
  }
}

bool IgnoreRules::letPass(StringRef Name, const FrameStack *Creation,
                          const FrameStack *Now) {
  auto Fits = [&](const Condition &C) {
    if (C.What == "name")
      return matchesGlob(C.Glob.c_str(), Name.str().c_str());
    if (C.What == "creator")
      return fitsAny(C.Glob, Creation);
    if (C.What == "any")
      return fitsAny(C.Glob, Now);
    const lockorder::Frame *Inner = innermost(C.What == "top" ? Now : Creation);
    if (!Inner)
      return false;
    if (C.What == "top")
      return fits(C.Glob, *Inner);
    return C.What == "module" &&
           matchesGlob(C.Glob.c_str(),
                       sys::path::filename(Inner->Module).str().c_str());
  };
  for (auto &[Text, R] : Rules) {
    // Names and modules were known in the program.
    bool OfFunctions = any_of(R.Conditions, [](const Condition &C) {
      return C.What == "any" || C.What == "top" || C.What == "creator";
    });
    if (!OfFunctions || !all_of(R.Conditions, Fits))
      continue;
    ++R.Matches;
    return true;
  }
  return false;
}

std::vector<std::string> IgnoreRules::unused() const {
  std::vector<std::string> Result;
  for (const auto &[Text, R] : Rules)
    if (R.Users && !R.Matches)
      Result.push_back(Text);
  return Result;
}

} // namespace raddle::cli
