// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether a text is what a parser or a terminal can take without harm.
#ifndef RADDLE_CLI_OUTPUT_TESTTEXT_H
#define RADDLE_CLI_OUTPUT_TESTTEXT_H

#include "cli/output/Escape.h"
#include "llvm/ADT/StringExtras.h"
#include <vector>

namespace raddle::cli {

/// Elements closed in order, attributes in double quotes, no stray '<' or '&'.
/// Returns what is wrong, or "".
inline std::string wellFormed(llvm::StringRef Text) {
  std::vector<std::string> Open;
  while (!Text.empty()) {
    if (Text.consume_front("<?")) {
      Text = Text.split("?>").second;
    } else if (Text.consume_front("</")) {
      auto [Name, Rest] = Text.split('>');
      if (Open.empty() || Name != Open.back())
        return "</" + Name.str() + "> closes nothing";
      Open.pop_back();
      Text = Rest;
    } else if (Text.consume_front("<")) {
      llvm::StringRef Name =
          Text.take_while([](char C) { return llvm::isAlnum(C) || C == '-'; });
      if (Name.empty())
        return "stray '<' before " + Text.take_front(40).str();
      Text = Text.drop_front(Name.size());
      while (Text.consume_front(" ")) {
        llvm::StringRef Key = Text.take_while(
            [](char C) { return llvm::isAlpha(C) || C == '-' || C == ':'; });
        Text = Text.drop_front(Key.size());
        if (Key.empty() || !Text.consume_front("=\""))
          return "no attribute at " + Text.take_front(40).str();
        auto [Value, Rest] = Text.split('"');
        if (Value.find_first_of("<>") != llvm::StringRef::npos)
          return "bracket in an attribute: " + Value.take_front(40).str();
        Text = Rest;
      }
      if (Text.consume_front("/>"))
        continue;
      if (!Text.consume_front(">"))
        return "broken tag at " + Text.take_front(40).str();
      Open.push_back(Name.str());
    } else if (Text.consume_front("&")) {
      size_t End = Text.find(';');
      if (End > 8)
        return "stray '&' before " + Text.take_front(40).str();
      Text = Text.drop_front(End + 1);
    } else {
      if (static_cast<unsigned char>(Text[0]) < ' ' && Text[0] != '\n' &&
          Text[0] != '\t')
        return "control character";
      Text = Text.drop_front();
    }
  }
  return Open.empty() ? "" : Open.back() + " stays open";
}

inline bool showsHidden(llvm::StringRef Text) {
  while (!Text.empty()) {
    Character C = takeCharacter(Text);
    if (C.CodePoint < 0 ||
        (isHidden(C.CodePoint) && C.CodePoint != '\n' && C.CodePoint != '\t'))
      return true;
  }
  return false;
}

} // namespace raddle::cli

#endif
