// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a sanitizer printed, as data. Reads the text of ThreadSanitizer, of
// clang and gcc; of AddressSanitizer, LeakSanitizer and
// UndefinedBehaviorSanitizer only kind and stack.
#ifndef RADDLE_STRESS_RUNNER_SANITIZERREPORT_H
#define RADDLE_STRESS_RUNNER_SANITIZERREPORT_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace raddle::stress {

struct ReportFrame {
  std::string Function, File; ///< File is empty where only a module is known.
  unsigned Line = 0, Column = 0;
  std::string Module;
  uint64_t Offset = 0;
};

struct ReportStack {
  /// As printed: "Write of size 4 at 0x... by thread T1 (mutexes: write M0)".
  std::string Title;
  enum Role : uint8_t {
    Access,
    Allocation,
    ThreadCreation,
    MutexCreation,
    Acquisition,
    Other
  } What = Other;
  std::string Thread;               ///< "T1", "main thread".
  std::vector<std::string> Mutexes; ///< "M0".
  bool Write = false, Atomic = false, Previous = false;
  unsigned Size = 0;
  std::vector<ReportFrame> Frames; ///< Innermost first.
};

struct SanitizerReport {
  std::string Tool; ///< "ThreadSanitizer"
  std::string Kind; ///< "data race", "heap-use-after-free"
  std::vector<ReportStack> Stacks;
  std::string Location; ///< "global 'x' of size 4", "heap block of size 8".
  std::string Summary;  ///< The SUMMARY line's text.
  std::string Text;     ///< All of it, as printed.
  /// Equal for reports of the same bug in other runs: kind, and the functions
  /// and files of the first frames that are the user's own, in an order that
  /// does not depend on which thread came first.
  std::string Key;
};

/// All reports in \p Text, which may hold anything else, be cut off, or be made
/// to harm.
std::vector<SanitizerReport> parseSanitizerReports(llvm::StringRef Text);

} // namespace raddle::stress

#endif
