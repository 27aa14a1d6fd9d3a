// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Texts as SARIF 2.1.0 wants them (sections 3.11, message, and 3.49.7, a rule's
// name).
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
