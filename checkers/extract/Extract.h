// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a translation unit's AST to its summary.
#ifndef RADDLE_CHECKERS_EXTRACT_EXTRACT_H
#define RADDLE_CHECKERS_EXTRACT_EXTRACT_H

#include "lockorder/model/LockModel.h"
#include "lockorder/model/TUSummary.h"

namespace clang {
class ASTContext;
}

namespace raddle::checkers {

struct ExtractOptions {
  /// Files are named relative to this folder (absolute path).
  std::string Root;
  model::LockModel Locks;
};

/// Summarises every function of \p Context that has a body outside system
/// headers. Deterministic: the same AST gives the same summary.
model::TUSummary extractSummary(clang::ASTContext &Context,
                                const ExtractOptions &Options);

} // namespace raddle::checkers

#endif
