// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NOLINT at the loop.
#include <atomic>

std::atomic<bool> ready;

void silenced() {
  while (!ready.load()) { // NOLINT(raddle-busy-spin)
  }
}
void silencedOnNextLine() {
  // NOLINTNEXTLINE(raddle-busy-spin)
  while (!ready.load()) {
  }
}
void notSilenced() {
  while (!ready.load()) { // NOLINT(raddle-double-lock) expect: raddle-busy-spin
  }
}
