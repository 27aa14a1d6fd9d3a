// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Texts compared without libc, whose functions may be a sanitizer's.
#ifndef RADDLE_RUNTIME_CORE_MATCH_H
#define RADDLE_RUNTIME_CORE_MATCH_H

#include <stddef.h>

namespace raddle {

inline bool sameText(const char *A, const char *B) {
  while (*A && *A == *B)
    ++A, ++B;
  return *A == *B;
}

inline bool startsWith(const char *Text, const char *With) {
  while (*With && *Text == *With)
    ++Text, ++With;
  return !*With;
}

inline bool contains(const char *Text, const char *What) {
  for (; *Text; ++Text)
    if (startsWith(Text, What))
      return true;
  return false;
}

/// '*' stands for any text, '?' for one character. No time grows beyond the
/// product of both lengths.
inline bool matchesGlob(const char *Glob, const char *Text) {
  const char *Star = nullptr, *Resume = nullptr;
  while (*Text) {
    if (*Glob == '*') {
      Star = ++Glob;
      Resume = Text;
    } else if (*Glob && (*Glob == '?' || *Glob == *Text)) {
      ++Glob, ++Text;
    } else if (Star) {
      Glob = Star;
      Text = ++Resume;
    } else {
      return false;
    }
  }
  while (*Glob == '*')
    ++Glob;
  return !*Glob;
}

/// Where the parameter list of a demangled name begins, or its end.
inline size_t withoutParameters(const char *Name) {
  size_t Length = 0;
  while (Name[Length])
    ++Length;
  size_t End = Length;
  while (End && Name[End - 1] != ')')
    --End;
  unsigned Depth = 0;
  for (; End; --End) {
    if (Name[End - 1] == ')')
      ++Depth;
    if (Name[End - 1] == '(' && --Depth == 0)
      return End - 1 ? End - 1 : Length;
  }
  return Length;
}

} // namespace raddle

#endif
