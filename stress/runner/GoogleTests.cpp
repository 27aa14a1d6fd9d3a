// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stress/runner/GoogleTests.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace raddle::stress {

namespace {

/// Parameterised ones have slashes in them.
bool isName(StringRef Text) {
  return !Text.empty() && all_of(Text, [](char C) {
    return isAlnum(C) || C == '_' || C == '/';
  });
}

bool isDisabled(StringRef Name) {
  for (StringRef Part : split(Name, '/'))
    if (Part.starts_with("DISABLED_"))
      return true;
  return false;
}

/// More than any program has.
constexpr size_t MaxTests = 100000;

} // namespace

std::vector<std::string> parseTestList(StringRef Text) {
  std::vector<std::string> Result;
  std::string Suite;
  bool SuiteIsOff = false;
  for (StringRef Line : split(Text, '\n')) {
    // "Typed/0.  # TypeParam = int"
    bool Indented = Line.starts_with("  ");
    StringRef Name = Line.split('#').first.trim();
    if (Indented) {
      if (!Suite.empty() && !SuiteIsOff && isName(Name) && !isDisabled(Name) &&
          Result.size() < MaxTests)
        Result.push_back(Suite + "." + Name.str());
      continue;
    }
    Suite.clear();
    if (Name.consume_back(".") && isName(Name)) {
      Suite = Name.str();
      SuiteIsOff = isDisabled(Name);
    }
  }
  return Result;
}

std::string testArgument(StringRef Name) {
  return "--gtest_filter=" + Name.str();
}

} // namespace raddle::stress
