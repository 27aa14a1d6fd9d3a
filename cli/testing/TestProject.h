// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small project in a temporary folder, and the real program run on it.
#ifndef RADDLE_CLI_TESTING_TESTPROJECT_H
#define RADDLE_CLI_TESTING_TESTPROJECT_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <sys/types.h>
#include <vector>

namespace raddle::cli::testing {

struct Ran {
  int Code = -1; ///< Exit code, or 128 + signal.
  std::string Out, Err;
};

class TestProject {
public:
  TestProject();
  ~TestProject(); ///< Removes the folder.
  TestProject(const TestProject &) = delete;

  const std::string &folder() const { return Folder; }
  std::string path(llvm::StringRef Name) const;
  /// Writes a file, with the folders above it.
  void write(llvm::StringRef Name, llvm::StringRef Text) const;
  std::string read(llvm::StringRef Name) const;
  bool exists(llvm::StringRef Name) const;
  /// build/compile_commands.json for \p Sources, each compiled as C++20.
  void database(const std::vector<std::string> &Sources) const;

  /// Runs raddle in the folder and waits.
  Ran raddle(const std::vector<std::string> &Arguments) const;
  /// Runs any program.
  Ran run(const std::vector<std::string> &Argv) const;
  /// Starts raddle in a process group of its own and does not wait. What it
  /// says on standard error can be read from the file \p Err.
  pid_t start(const std::vector<std::string> &Arguments,
              llvm::StringRef Err = "said") const;

private:
  std::string Folder;
};

/// Sources with one inversion, one per function: a.cpp and b.cpp, both
/// including locks.h.
void writeInversion(const TestProject &P);

} // namespace raddle::cli::testing

#endif
