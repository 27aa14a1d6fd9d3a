// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RADDLE_CLI_COMMANDS_DURATIONS_H
#define RADDLE_CLI_COMMANDS_DURATIONS_H

#include <chrono>
#include <string>

namespace CLI {
class App;
}

namespace raddle::cli {

/// An option that takes "500ms", "10s", "2min"; also a number of milliseconds,
/// if one of its names ends in "-ms".
void addDuration(CLI::App &Command, const std::string &Name,
                 std::chrono::milliseconds &To, const char *What);

} // namespace raddle::cli

#endif
