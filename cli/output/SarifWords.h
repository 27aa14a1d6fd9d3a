// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RADDLE_CLI_OUTPUT_SARIFWORDS_H
#define RADDLE_CLI_OUTPUT_SARIFWORDS_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace raddle::cli::output {

/// In a message's text "[a](1)" is a link and "{0}" stands for an argument.
std::string messageText(llvm::StringRef Text);

/// "raddle-busy-spin" to "BusySpin".
std::string ruleName(llvm::StringRef Id);

} // namespace raddle::cli::output

#endif
