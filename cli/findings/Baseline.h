// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The findings a project has decided to live with for now. A text file, so
// that a review shows what is added to it; one fingerprint a line:
//
//   # raddle baseline 1
//   3f2a...  raddle-double-lock src/queue.cpp:12: 'Queue::mutex_' is ...
//
// What follows the fingerprint, empty lines and lines that start with '#' are
// for people; they survive pruning.
#ifndef RADDLE_CLI_FINDINGS_BASELINE_H
#define RADDLE_CLI_FINDINGS_BASELINE_H

#include "cli/findings/Finding.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace raddle::cli {

class Baseline {
public:
  struct Entry {
    std::string Fingerprint; ///< Empty: a line for people only.
    std::string Text;        ///< The whole line.
  };
  /// What has changed since the baseline was written.
  struct Difference {
    std::vector<const Finding *> New; ///< Not in the baseline.
    std::vector<const Entry *> Gone;  ///< In it, but no longer found.
  };

  /// A baseline of all \p Findings.
  static Baseline of(const std::vector<Finding> &Findings);
  /// \p Name stands for the file in the error.
  static llvm::Expected<Baseline> parse(llvm::StringRef Text,
                                        llvm::StringRef Name);
  static llvm::Expected<Baseline> read(llvm::StringRef File);

  void print(llvm::raw_ostream &Out) const;
  /// Replaces \p File at once: a reader sees the old or the new one.
  llvm::Error write(llvm::StringRef File) const;

  bool contains(llvm::StringRef Fingerprint) const {
    return Known.contains(Fingerprint);
  }
  size_t size() const { return Known.size(); }

  /// Takes what is known out of \p Findings; returns how many that were.
  size_t removeKnown(std::vector<Finding> &Findings) const;
  /// Takes entries out that are not in \p Findings; returns how many.
  size_t prune(const std::vector<Finding> &Findings);
  /// Points into \p Findings and into this.
  Difference diff(const std::vector<Finding> &Findings) const;

private:
  void add(Entry E);

  std::vector<Entry> Entries;
  llvm::StringSet<> Known;
};

} // namespace raddle::cli

#endif
