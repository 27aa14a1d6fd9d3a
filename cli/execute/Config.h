// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// .raddle.yaml
#ifndef RADDLE_CLI_EXECUTE_CONFIG_H
#define RADDLE_CLI_EXECUTE_CONFIG_H

#include "lockorder/model/LockModel.h"
#include "llvm/Support/Error.h"
#include <optional>

namespace raddle::cli {

struct Config {
  std::optional<std::string> Checks, WarningsAsErrors, HeaderFilterRegex;
  std::vector<std::pair<std::string, std::string>> CheckOptions;
  model::LockModel Locks;
};

/// Reads the text of a configuration file. Every error is
/// "file:line:column: sentence"; a key that does not exist is one, with the key
/// that was most likely meant.
llvm::Expected<Config> parseConfig(llvm::StringRef Text, llvm::StringRef File);

} // namespace raddle::cli

#endif
