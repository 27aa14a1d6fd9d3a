// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/SarifWords.h"
#include "cli/output/Escape.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace raddle::cli::output {

std::string messageText(StringRef Text) {
  bool Links = Text.contains("](");
  std::string Result;
  for (size_t I = 0; I < Text.size(); ++I) {
    char C = Text[I];
    size_t End = Text.find_first_not_of("0123456789", I + 1);
    bool Argument =
        C == '{' && End != StringRef::npos && End > I + 1 && Text[End] == '}';
    if (Links && (C == '[' || C == ']'))
      Result += '\\';
    if (Argument) {
      Result += ("{{" + Text.slice(I + 1, End) + "}}").str();
      I = End;
      continue;
    }
    Result += C;
  }
  return visible(Result, /*KeepSpace=*/true);
}

std::string ruleName(StringRef Id) {
  Id.consume_front("raddle-");
  std::string Name;
  bool Up = true;
  for (char C : Id) {
    if (C == '-') {
      Up = true;
      continue;
    }
    Name += Up ? toUpper(C) : C;
    Up = false;
  }
  return Name;
}

} // namespace raddle::cli::output
