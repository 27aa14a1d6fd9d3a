// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests: runs programs without and with the runtime.
#ifndef RADDLE_RUNTIME_GUESTRUN_H
#define RADDLE_RUNTIME_GUESTRUN_H

#include "runtime/trace/TraceFormat.h"
#include <filesystem>
#include <string>
#include <vector>

namespace raddle::testing {

struct Outcome {
  int Status = -1; ///< As waitpid gives it.
  std::string Out, Err;
};

/// A folder of its own, removed at the end.
class Folder {
public:
  Folder();
  ~Folder();
  Folder(const Folder &) = delete;
  std::string operator/(const std::string &Name) const { return Path / Name; }

private:
  std::filesystem::path Path;
};

/// Runs \p Command (the program's path first) in the environment of the test
/// with \p Environment ("NAME=value") added. After \p Seconds it is killed with
/// its whole process group.
Outcome run(const std::vector<std::string> &Command,
            const std::vector<std::string> &Environment = {},
            unsigned Seconds = 300);

/// What \p Command has to be run with to be observed: LD_PRELOAD and
/// RADDLE_OPTIONS.
std::vector<std::string> preload(const std::string &Options,
                                 const std::string &MoreLibraries = "",
                                 const std::string &LibrariesBefore = "");

/// The path of one of testdata/programs/runtime.
std::string guest(const std::string &Name);

std::string contents(const std::string &Path);

/// A trace, read the simplest way. Good: it can be read from the header to the
/// end of what was written, and no record is cut off.
struct RawTrace {
  explicit RawTrace(const std::string &Path);
  bool Good = false;
  trace::Header Head = {};
  /// The records' bytes.
  std::vector<std::string> Records;

  template <typename Record>
  std::vector<const Record *> all(trace::RecordType Type) const {
    std::vector<const Record *> Result;
    for (const std::string &R : Records) {
      auto *Plain = reinterpret_cast<const trace::Record *>(R.data());
      if (Plain->Type == Type && R.size() >= sizeof(Record))
        Result.push_back(reinterpret_cast<const Record *>(R.data()));
    }
    return Result;
  }
};

} // namespace raddle::testing

#endif
