// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// clang-tidy's own handler wants a diagnostic in flight for every question.
// Extraction asks for every event, so files that hold no NOLINT must cost
// nothing, and those that do are scanned once.
#include "checkers/extract/NoLint.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/GlobPattern.h"

using llvm::StringRef;

namespace raddle::checkers {

llvm::ArrayRef<StringRef> programChecks() {
  static const StringRef Checks[] = {"raddle-lock-order-inversion",
                                     "raddle-double-lock", "raddle-busy-spin",
                                     "raddle-unchecked-cancellation"};
  return Checks;
}

namespace {

using CheckSet = uint32_t;

CheckSet allOfThem() { return (1u << programChecks().size()) - 1; }

/// "NOLINT(a, b*)": which of the program checks the list names. No list: all.
CheckSet parseList(StringRef Rest) {
  if (!Rest.starts_with("("))
    return allOfThem();
  StringRef List =
      Rest.drop_front().take_until([](char C) { return C == ')'; });
  CheckSet Result = 0;
  llvm::SmallVector<StringRef, 4> Names;
  List.split(Names, ',');
  for (StringRef Name : Names) {
    Name = Name.trim();
    auto Pattern = llvm::GlobPattern::create(Name.ltrim('-'));
    if (!Pattern) {
      llvm::consumeError(Pattern.takeError());
      continue;
    }
    for (size_t I = 0; I < programChecks().size(); ++I)
      if (Pattern->match(programChecks()[I])) {
        if (Name.starts_with("-"))
          Result &= ~(1u << I);
        else
          Result |= 1u << I;
      }
  }
  return Result;
}

std::string spell(CheckSet Checks) {
  if (Checks == allOfThem())
    return "*";
  std::string Out;
  for (size_t I = 0; I < programChecks().size(); ++I)
    if (Checks & (1u << I))
      Out += (Out.empty() ? "" : ",") + programChecks()[I].str();
  return Out;
}

} // namespace

std::map<unsigned, std::string> silencedLines(StringRef Text) {
  std::map<unsigned, CheckSet> Lines;
  std::vector<std::pair<unsigned, CheckSet>> Open;
  unsigned Line = 1;
  size_t Counted = 0;
  for (size_t At = Text.find("NOLINT"); At != StringRef::npos;
       At = Text.find("NOLINT", At + 6)) {
    Line += Text.slice(Counted, At).count('\n');
    Counted = At;
    StringRef Rest = Text.drop_front(At + 6);
    if (Rest.consume_front("NEXTLINE")) {
      Lines[Line + 1] |= parseList(Rest);
    } else if (Rest.consume_front("BEGIN")) {
      Open.push_back({Line, parseList(Rest)});
    } else if (Rest.consume_front("END")) {
      if (Open.empty())
        continue;
      for (unsigned L = Open.back().first; L <= Line; ++L)
        Lines[L] |= Open.back().second;
      Open.pop_back();
    } else {
      Lines[Line] |= parseList(Rest);
    }
  }
  std::map<unsigned, std::string> Result;
  for (auto [L, Checks] : Lines)
    if (Checks)
      Result[L] = spell(Checks);
  return Result;
}

StringRef NoLintTable::silenced(clang::FileID File, unsigned Line) {
  auto [It, New] = Files.try_emplace(File);
  if (New) {
    bool Invalid = false;
    StringRef Text = Sources.getBufferData(File, &Invalid);
    if (!Invalid && Text.contains("NOLINT"))
      It->second = silencedLines(Text);
  }
  auto Found = It->second.find(Line);
  return Found == It->second.end() ? StringRef() : StringRef(Found->second);
}

} // namespace raddle::checkers
