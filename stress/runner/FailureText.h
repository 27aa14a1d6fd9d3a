// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Why a program says that it gave up, where no sanitizer is at work: the texts
// of assert(), of uncaught exceptions, of glibc's own checks, of GoogleTest and
// Catch2.
#ifndef RADDLE_STRESS_RUNNER_FAILURETEXT_H
#define RADDLE_STRESS_RUNNER_FAILURETEXT_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace raddle::stress {

struct FailureText {
  /// "assertion", "uncaught exception", "heap corruption", "test failure".
  std::string Kind;
  std::string Says; ///< One line: "assertion 'size_ > 0' failed in pop()".
  std::string Test; ///< GoogleTest: "Suite.Test".
  std::string File; ///< Empty: not said.
  unsigned Line = 0;
  std::string Function;
  /// Equal for the same failure in other runs: without lines and numbers.
  std::string Key;
};

/// In order; \p Text may hold anything, and is read once.
std::vector<FailureText> findFailureTexts(llvm::StringRef Text);

} // namespace raddle::stress

#endif
