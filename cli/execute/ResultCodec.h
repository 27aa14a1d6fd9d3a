// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The outcome of linking as bytes, for the cache.
#ifndef RADDLE_CLI_EXECUTE_RESULTCODEC_H
#define RADDLE_CLI_EXECUTE_RESULTCODEC_H

#include "cli/findings/Finding.h"

namespace raddle::cli {

struct Linked {
  std::vector<Finding> Findings;
  lockorder::LockOrderGraph Graph;
  uint64_t Functions = 0;
};

std::string writeLinked(const Linked &L);

/// Nothing if the bytes are not what writeLinked wrote.
std::optional<Linked> readLinked(llvm::StringRef Bytes);

} // namespace raddle::cli

#endif
