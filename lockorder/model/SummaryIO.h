// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TU summaries as files: a fixed header, then zstd-compressed content.
#ifndef RADDLE_LOCKORDER_MODEL_SUMMARYIO_H
#define RADDLE_LOCKORDER_MODEL_SUMMARYIO_H

#include "lockorder/model/TUSummary.h"
#include "llvm/Support/Error.h"

namespace raddle::model {

/// The summary as bytes: equal summaries give equal bytes.
std::string writeSummary(const TUSummary &Summary);

/// Reads what writeSummary wrote. \p Name is the file, for the error's text.
/// Never trusts the bytes: every index is checked against its table, so that
/// users of the result need not.
llvm::Expected<TUSummary> readSummary(llvm::StringRef Bytes,
                                      llvm::StringRef Name);

/// Content address: the name a summary's file gets (32 hex digits).
std::string contentAddress(llvm::StringRef Bytes);

} // namespace raddle::model

#endif
