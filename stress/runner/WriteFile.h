// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Files that are whole or not there.
#ifndef RADDLE_STRESS_RUNNER_WRITEFILE_H
#define RADDLE_STRESS_RUNNER_WRITEFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace raddle::stress {

/// Beside \p Path, then renamed: whoever is killed half-way leaves the old
/// content. The error names the file.
llvm::Error writeFile(llvm::StringRef Path, llvm::StringRef Bytes);

} // namespace raddle::stress

#endif
