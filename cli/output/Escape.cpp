// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/output/Escape.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace raddle::cli {

Character takeCharacter(StringRef &Text) {
  const UTF8 *At = Text.bytes_begin();
  UTF32 Code = 0;
  Character C;
  if (convertUTF8Sequence(&At, Text.bytes_end(), &Code, strictConversion) ==
      conversionOK) {
    C.CodePoint = static_cast<int>(Code);
    C.Bytes = Text.take_front(At - Text.bytes_begin());
  } else {
    C.Bytes = Text.take_front(1);
  }
  Text = Text.drop_front(C.Bytes.size());
  return C;
}

bool isHidden(int C) {
  return C < 0x20 || (C >= 0x7f && C <= 0x9f) || C == 0xad || C == 0x61c ||
         (C >= 0x200b && C <= 0x200f) || (C >= 0x2028 && C <= 0x202e) ||
         (C >= 0x2060 && C <= 0x206f) || C == 0xfeff ||
         (C >= 0xfff9 && C <= 0xfffb) || (C >= 0xe0000 && C <= 0xe007f);
}

std::string utf8(StringRef Text) {
  return json::isUTF8(Text) ? Text.str() : json::fixUTF8(Text);
}

namespace {

bool isPlain(StringRef Text) {
  return all_of(Text, [](char C) { return C >= ' ' && C < 0x7f; });
}

std::string codePoint(int C) {
  return ("U+" + Twine(utohexstr(C, false, 4))).str();
}

} // namespace

std::string visible(StringRef Text, bool KeepSpace) {
  if (isPlain(Text))
    return Text.str();
  std::string Result;
  while (!Text.empty()) {
    Character C = takeCharacter(Text);
    if (C.CodePoint < 0)
      Result += "<" + toHex(C.Bytes) + ">";
    else if (isHidden(C.CodePoint) &&
             !(KeepSpace && (C.CodePoint == '\t' || C.CodePoint == '\n')))
      Result += "<" + codePoint(C.CodePoint) + ">";
    else
      Result += C.Bytes;
  }
  return Result;
}

std::string html(StringRef Text) {
  std::string Result;
  Result.reserve(Text.size());
  while (!Text.empty()) {
    Character C = takeCharacter(Text);
    switch (C.CodePoint) {
    case '&':
      Result += "&amp;";
      break;
    case '<':
      Result += "&lt;";
      break;
    case '>':
      Result += "&gt;";
      break;
    case '"':
      Result += "&quot;";
      break;
    case '\'':
      Result += "&#39;";
      break;
    case '\t':
    case '\n':
      Result += C.Bytes;
      break;
    case -1:
      Result += "\xef\xbf\xbd";
      break;
    default:
      if (isHidden(C.CodePoint))
        Result += "&#x27E8;" + codePoint(C.CodePoint) + "&#x27E9;";
      else
        Result += C.Bytes;
    }
  }
  return Result;
}

std::string xml(StringRef Text) {
  std::string Result;
  std::string Shown = visible(Text, /*KeepSpace=*/true);
  StringRef Rest = Shown;
  while (!Rest.empty()) {
    Character C = takeCharacter(Rest);
    switch (C.CodePoint) {
    case '&':
      Result += "&amp;";
      break;
    case '<':
      Result += "&lt;";
      break;
    case '>':
      Result += "&gt;";
      break;
    case '"':
      Result += "&quot;";
      break;
    case '\'':
      Result += "&#39;";
      break;
    case '\t':
      Result += "&#9;";
      break;
    case '\n':
      Result += "&#10;";
      break;
    case 0xfffe:
    case 0xffff:
      Result += "&lt;" + codePoint(C.CodePoint) + "&gt;";
      break;
    default:
      Result += C.Bytes;
    }
  }
  return Result;
}

std::string uriPath(StringRef Path) {
  std::string Result;
  for (char C : Path)
    if (isAlnum(C) || StringRef("-._~/").contains(C))
      Result += C;
    else
      Result += "%" + toHex(StringRef(&C, 1));
  return Result;
}

void ScriptEscaper::write_impl(const char *Ptr, size_t Size) {
  Position += Size;
  Pending.append(Ptr, Size);
  StringRef Rest = Pending;
  size_t Done = 0;
  for (size_t I = 0; I < Rest.size(); ++I) {
    StringRef New;
    size_t Length = 1;
    switch (Rest[I]) {
    case '<':
      New = "\\u003c";
      break;
    case '>':
      New = "\\u003e";
      break;
    case '&':
      New = "\\u0026";
      break;
    case '\xe2': {
      StringRef Next = Rest.substr(I, 3);
      if (Next.size() < 3) { // The rest comes with the next call.
        Out << Rest.slice(Done, I);
        Pending = Next.str();
        return;
      }
      if (Next == "\xe2\x80\xa8" || Next == "\xe2\x80\xa9")
        New = Next[2] == '\xa8' ? "\\u2028" : "\\u2029";
      Length = 3;
      break;
    }
    default:
      break;
    }
    if (New.empty())
      continue;
    Out << Rest.slice(Done, I) << New;
    Done = I + Length;
    I = Done - 1;
  }
  Out << Rest.drop_front(Done);
  Pending.clear();
}

} // namespace raddle::cli
