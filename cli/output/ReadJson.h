// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads what the JSON writer wrote, so that a report can be made of a run that
// has ended.
#ifndef RADDLE_CLI_OUTPUT_READJSON_H
#define RADDLE_CLI_OUTPUT_READJSON_H

#include "cli/findings/Finding.h"
#include "llvm/Support/Error.h"

namespace raddle::cli {

/// \p Name is the file, for the error, which says where in the document it is.
/// Root is left empty: the document does not say where the sources are.
llvm::Expected<Results> readJson(llvm::StringRef Text, llvm::StringRef Name);

} // namespace raddle::cli

#endif
