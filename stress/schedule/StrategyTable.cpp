// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The strategies by their names in the option "schedule". "replay" is none of
// them: it makes no choice (Replay.cpp).
#include "stress/schedule/Strategies.h"

namespace raddle::stress {

namespace {

struct Row {
  const char *Name;
  Strategy &(*Get)();
};
constexpr Row Rows[] = {
    {"random", randomWalk},
    {"pct", pct},
    {"pos", pos},
    {"surw", surw},
    {"orders", conflictOrders},
    {"portfolio", portfolio},
};

bool equal(const char *A, const char *B) {
  while (*A && *A == *B)
    ++A, ++B;
  return *A == *B;
}

} // namespace

Strategy *findStrategy(const char *Name) {
  for (const Row &R : Rows)
    if (equal(R.Name, Name))
      return learnFrom ? &learnFrom(R.Get()) : &R.Get();
  return nullptr;
}

} // namespace raddle::stress

// There is no C++ library to bring it; nothing calls it.
extern "C" __attribute__((visibility("hidden"))) void __cxa_pure_virtual() {
  __builtin_trap();
}
