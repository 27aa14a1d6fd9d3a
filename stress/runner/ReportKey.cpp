// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/ReportKey.h"
#include "stress/runner/ReportFrames.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>

using namespace llvm;

namespace raddle::stress {

namespace {

/// Of \p Stack, for a key.
std::string stackKey(const ReportStack &Stack) {
  if (const ReportFrame *F = ownFrame(Stack.Frames))
    return frameKey(*F);
  return Stack.Frames.empty() ? "?" : frameKey(Stack.Frames[0]);
}

/// A global has a name that is the same in each run; a heap block has not.
std::string locationKey(StringRef Location) {
  if (!Location.starts_with("global '") ||
      Location.starts_with("global '<null>'") ||
      Location.starts_with("global '?\?'"))
    return "";
  StringRef Name = Location.substr(0, Location.rfind("' of size"));
  // clang's name for a part of a variable that it split: "account (.0)".
  if (size_t Part = Name.rfind(" (."); Part != StringRef::npos)
    Name = Name.substr(0, Part);
  return (Name + "'").str();
}

} // namespace

std::string reportKey(const SanitizerReport &R) {
  auto Any = [&](ReportStack::Role Role) {
    return any_of(R.Stacks,
                  [&](const ReportStack &S) { return S.What == Role; });
  };
  ReportStack::Role Role = ReportStack::Other;
  bool All = true;
  if (R.Kind == "memory leak")
    Role = ReportStack::Allocation;
  else if (StringRef(R.Kind).starts_with("lock-order-inversion"))
    Role = ReportStack::Acquisition;
  else if (Any(ReportStack::Access))
    Role = ReportStack::Access;
  else if (R.Kind == "thread leak")
    Role = ReportStack::ThreadCreation;
  else
    All = false; // The first stack is where it went wrong.
  std::vector<std::string> Places;
  for (const ReportStack &S : R.Stacks) {
    if (All && S.What != Role)
      continue;
    // Where the mutex was taken that is held: as often there as not, by an
    // option of ThreadSanitizer.
    if (Role == ReportStack::Acquisition &&
        StringRef(S.Title).contains(" previously acquired"))
      continue;
    Places.push_back(stackKey(S));
    if (!All)
      break;
  }
  sort(Places);
  // Two threads in the same function is another bug than one alone: kept.
  if (R.Kind == "memory leak")
    Places.erase(std::unique(Places.begin(), Places.end()), Places.end());
  std::string Key = R.Tool + "|" + R.Kind + "|" + join(Places, "|");
  if (std::string Global = locationKey(R.Location); !Global.empty())
    Key += "|" + Global;
  return Key;
}

} // namespace raddle::stress
