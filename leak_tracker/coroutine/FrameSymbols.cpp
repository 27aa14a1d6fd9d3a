// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "leak_tracker/coroutine/FrameSymbols.h"
#include <string.h>

namespace raddle::leaks {

namespace {

bool isDigit(char C) { return C >= '0' && C <= '9'; }

bool cut(const char *Name, size_t &Length, const char *End) {
  size_t Size = strlen(End);
  if (Length <= Size || memcmp(Name + Length - Size, End, Size) != 0)
    return false;
  Length -= Size;
  return true;
}

/// ".llvm.123" and ".lto_priv.0" of link-time optimisation.
void cutLinkSuffix(const char *Name, size_t &Length) {
  size_t At = Length;
  while (At && isDigit(Name[At - 1]))
    --At;
  if (At == Length)
    return;
  if (cut(Name, At, ".llvm.") || cut(Name, At, ".lto_priv."))
    Length = At;
}

constexpr const char *GccFrame = ".Frame";

} // namespace

FrameSymbol readFrameSymbol(const char *Name) {
  size_t Length = strlen(Name);
  cutLinkSuffix(Name, Length);
  if (cut(Name, Length, ".resume"))
    return {FramePart::Resume, Length};
  size_t Stem = Length;
  if (cut(Name, Length, ".actor"))
    return cut(Name, Stem = Length, GccFrame)
               ? FrameSymbol{FramePart::Resume, Length}
               : FrameSymbol{FramePart::None, 0};
  if (cut(Name, Length, ".destroy") || cut(Name, Length, ".cleanup"))
    return {FramePart::Destroy, Length};
  return {FramePart::None, 0};
}

bool areFrameSymbols(const char *Resume, const char *Destroy) {
  FrameSymbol R = readFrameSymbol(Resume), D = readFrameSymbol(Destroy);
  return R.Part == FramePart::Resume && D.Part == FramePart::Destroy &&
         R.Stem == D.Stem && memcmp(Resume, Destroy, R.Stem) == 0;
}

bool isGccSymbol(const char *Resume) {
  size_t Length = readFrameSymbol(Resume).Stem;
  return Length && cut(Resume, Length, GccFrame);
}

void findCoroutineName(const char *Resume, const char *&Name, size_t &Length) {
  Name = Resume;
  Length = readFrameSymbol(Resume).Stem;
  // gcc's is a function of its own, whose parameter is a pointer to a local
  // type that is called as the coroutine: <length>_Z....Frame
  size_t Stem = Length;
  if (!cut(Resume, Stem, GccFrame))
    return;
  for (size_t At = Stem; At-- > 1;) {
    if (Resume[At] != '_' || Resume[At + 1] != 'Z')
      continue;
    size_t Want = Length - At, Digits = At;
    while (Want && Digits && Resume[Digits - 1] == char('0' + Want % 10)) {
      --Digits;
      Want /= 10;
    }
    if (Want == 0 && Digits != At) {
      Name = Resume + At;
      Length = Stem - At;
      return;
    }
  }
}

} // namespace raddle::leaks
