// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/commands/Durations.h"
#include "llvm/ADT/StringRef.h"
#include <CLI/CLI.hpp>

using namespace llvm;

namespace raddle::cli {

void addDuration(CLI::App &Command, const std::string &Name,
                 std::chrono::milliseconds &To, const char *What) {
  Command
      .add_option_function<std::string>(
          Name,
          [&To, Name](const std::string &Text) {
            StringRef Rest = Text;
            double Value = 0;
            size_t End = Rest.find_first_not_of("0123456789.");
            // 5 could be anything, unless the option's name says what it is.
            StringRef Unit = End != StringRef::npos ? Rest.substr(End)
                             : StringRef(Name).contains("-ms") ? "ms"
                                                               : "";
            if (Rest.substr(0, End).getAsDouble(Value) ||
                (Unit != "ms" && Unit != "s" && Unit != "min"))
              throw CLI::ValidationError(
                  Name + ": '" + Text +
                  "' is no time; write 500ms, 10s or 2min");
            To = std::chrono::milliseconds(
                uint64_t(Value * (Unit == "ms"  ? 1
                                  : Unit == "s" ? 1e3
                                                : 6e4)));
          },
          What)
      ->type_name("TIME");
}

} // namespace raddle::cli
