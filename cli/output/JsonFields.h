// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads fields of JSON that anybody may have written. What is not as it should
// be is reported at its path, and the answer is false.
#ifndef RADDLE_CLI_OUTPUT_JSONFIELDS_H
#define RADDLE_CLI_OUTPUT_JSONFIELDS_H

#include "cli/findings/RunTime.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/JSON.h"

namespace raddle::cli {

class JsonFields {
public:
  using Item =
      llvm::function_ref<bool(const llvm::json::Object &, llvm::json::Path)>;

  /// Null for a field that is not there.
  static const llvm::json::Value &field(const llvm::json::Object &O,
                                        llvm::StringRef Key);
  template <typename T>
  static bool get(const llvm::json::Object &O, llvm::StringRef Key, T &Into,
                  llvm::json::Path P) {
    return llvm::json::fromJSON(field(O, Key), Into, P.field(Key));
  }
  static bool object(const llvm::json::Object &O, llvm::StringRef Key,
                     llvm::json::Path P, Item Read);
  /// Null or not there: nothing is read.
  static bool optional(const llvm::json::Object &O, llvm::StringRef Key,
                       llvm::json::Path P, Item Read);
  static bool array(const llvm::json::Object &O, llvm::StringRef Key,
                    llvm::json::Path P, Item Read);
  static bool number(const llvm::json::Object &O, llvm::StringRef Key,
                     unsigned &Into, llvm::json::Path P);
  /// Null, or a number below \p Size.
  static bool index(const llvm::json::Object &O, llvm::StringRef Key,
                    Index &Into, size_t Size, llvm::json::Path P);
  static bool place(const llvm::json::Object &O, lockorder::Place &Into,
                    llvm::json::Path P);
};

/// The part "run" of docs/formats/findings-json.md. \p LockOf: the graph's
/// locks by name.
bool readRun(const llvm::json::Object &O, llvm::json::Path P,
             const llvm::StringMap<uint32_t> &LockOf, RunTime &Into);

/// Its part "stress"; Into.Stacks must have been read. Earlier versions did not
/// write it.
bool readStress(const llvm::json::Object &O, llvm::json::Path P, RunTime &Into);

} // namespace raddle::cli

#endif
